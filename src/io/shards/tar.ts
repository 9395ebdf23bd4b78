/** Tar archives of samples (WebDataset): the files of a sample share a name up to its first dot. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  dataError,
  isImageName,
  wholeFiles,
  type DataError,
  type ImageIndex,
  type ImagePlace
} from '../../data/index.js'
import type { HasCache } from '../../Cache.js'
import type { HasFiles } from '../Files.js'
import { messageOf, type IoError } from '../IoError.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { inflated } from './inflated.js'

/** Size of a header, and of what contents are padded to. */
const block = 512

/** Bytes to read at once: a header and small labels after it, or many small images. */
const [narrow, wide] = [8 * block, 128 * block]

/** Longest label to read. */
const longest = 2 ** 20

/** An archive's bytes, read in windows. */
const windows = (path: string, { files }: HasFiles) => {
  let [start, held]: [number, Uint8Array] = [0, new Uint8Array(0)]
  return async (from: number, length: number, more: number): Promise<E.Either<IoError, Uint8Array>> => {
    if (from < start || from + length > start + held.length) {
      const read = await files.readRange(path, from, Math.max(length, more))()
      if (E.isLeft(read)) return read
      ;[start, held] = [from, read.right]
    }
    return E.right(held.subarray(from - start, from - start + length))
  }
}

interface Sample {
  columns: Readonly<Record<string, unknown>>
  image?: { readonly name: string; readonly from: number; readonly length: number }
}

const damaged = (path: string, at: number, expected: string, found: string): E.Either<DataError, never> =>
  E.left(dataError.badTable(`${path}: byte ${at}`, expected, found, 'make the archive again, uncompressed'))

/** The columns that a member says: those of a JSON object, or a text under its extension. */
const columnsIn = (extension: string, text: string): Record<string, unknown> => {
  if (extension !== 'json') return { [extension === 'cls' ? 'label' : extension]: text.trim() }
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { label: value }
}

const noColumns: Sample['columns'] = {}

/** The same for equal texts, because many samples may have them. */
const columnsOfTexts = () => {
  const known = new Map<string, Sample['columns']>()
  return (extension: string, text: string): Sample['columns'] => {
    const key = `${extension} ${text}`
    const found = known.get(key) ?? columnsIn(extension, text)
    if (known.size < 1000) known.set(key, found)
    return found
  }
}

const isText = (extension: string): boolean => /^(cls|cls2|txt|label|class|json)$/i.test(extension)

/** What the members of a sample share, and how they differ. */
const keyOf = (name: string): { readonly key: string; readonly extension: string } => {
  const [, key = name, extension = ''] = /^((?:.*\/)?[^/.]+)\.(.*)$/s.exec(name) ?? []
  return { key, extension }
}

/** The samples of an archive; images are not read. A compressed one is unpacked to the cache first. */
export const tarIndex =
  (file: string) =>
  (env: HasFiles & HasCache): TE.TaskEither<DataError | IoError, ImageIndex> =>
    pipe(
      /\.t?gz$/i.test(file)
        ? inflated(file, (bytes) => ({
            from: 0,
            length: bytes,
            by: 'gzip',
            name: `${file.replace(/\.t?gz$/i, '')}.tar`
          }))(env)
        : TE.right(file),
      TE.chain((unpacked) => indexOf(file, unpacked)(env))
    )

/** The samples of `file`, whose bytes are those of `unpacked`. */
const indexOf =
  (path: string, unpacked: string) =>
  (env: HasFiles): TE.TaskEither<DataError | IoError, ImageIndex> =>
  async () => {
    const { Header, Pax } = await import('tar')
    const read = windows(unpacked, env)
    const samples = new Map<string, Sample>()
    const columnsOf = columnsOfTexts()
    let [at, longName, small]: [number, string | undefined, boolean] = [0, undefined, true]
    for (;;) {
      const bytes = await read(at, block, small ? wide : narrow)
      if (E.isLeft(bytes)) return bytes
      if (bytes.right.length < block) {
        if (bytes.right.length > 0 || at === 0)
          return damaged(path, at, 'a header of 512 bytes', `${bytes.right.length}`)
        break
      }
      if (bytes.right.every((byte) => byte === 0)) break
      const header = new Header(Buffer.from(bytes.right))
      if (!header.cksumValid) return damaged(path, at, 'the header of a member', 'other bytes')
      const [from, size] = [at + block, header.size ?? 0]
      at = from + Math.ceil(size / block) * block
      const content = async (): Promise<E.Either<DataError | IoError, string>> => {
        if (size > longest) return damaged(path, from, `at most ${longest} bytes of text`, `${size}`)
        const held = await read(from, size, size)
        return E.map((its: Uint8Array) => new TextDecoder().decode(its))(held)
      }
      if (header.type === 'ExtendedHeader' || header.type === 'NextFileHasLongPath') {
        const text = await content()
        if (E.isLeft(text)) return text
        longName =
          header.type === 'ExtendedHeader' ? (Pax.parse(text.right).path ?? longName) : text.right.replace(/\0.*$/s, '')
        continue
      }
      const name = (longName ?? header.path ?? '').replace(/^\.\//, '')
      longName = undefined
      const { key, extension } = keyOf(name)
      if (header.type !== 'File' && header.type !== 'OldFile') continue
      const sample: Sample = samples.get(key) ?? { columns: noColumns }
      if (isImageName(name)) {
        if (sample.image !== undefined)
          return damaged(path, from, `one image for ${key}`, `${sample.image.name} and ${name}`)
        sample.image = { name, from, length: size }
        small = size < wide / 8
      } else if (isText(extension)) {
        const text = await content()
        if (E.isLeft(text)) return text
        const said = E.tryCatch(() => columnsOf(extension.toLowerCase(), text.right), messageOf)
        if (E.isLeft(said)) return damaged(path, from, `JSON in ${name}`, said.left)
        sample.columns = sample.columns === noColumns ? said.right : { ...sample.columns, ...said.right }
      } else continue
      samples.set(key, sample)
    }
    const withImages = [...samples.values()].filter(({ image }) => image !== undefined)
    return E.right({
      length: withImages.length,
      at: (i) => ({ name: withImages[i]!.image!.name, columns: withImages[i]!.columns }),
      placeOf: (name): ImagePlace => {
        const its = samples.get(keyOf(name).key)?.image
        return its === undefined
          ? wholeFiles(name)
          : { _tag: 'Range', path: unpacked, from: its.from, length: its.length }
      }
    })
  }
