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
  const isHeld = (from: number, length: number): boolean => from >= start && from + length <= start + held.length
  const at = (from: number, length: number): Uint8Array => held.subarray(from - start, from - start + length)
  return {
    /** The bytes, if they are in the window, without waiting. */
    held: (from: number, length: number): E.Either<IoError, Uint8Array> | undefined =>
      isHeld(from, length) ? E.right(at(from, length)) : undefined,
    read: async (from: number, length: number, more: number): Promise<E.Either<IoError, Uint8Array>> => {
      const read = await files.readRange(path, from, Math.max(length, more))()
      if (E.isLeft(read)) return read
      ;[start, held] = [from, read.right]
      return E.right(at(from, length))
    }
  }
}

type Columns = Readonly<Record<string, unknown>>

/** The samples of an archive, as lists of their fields: there may be a million. */
const sampleLists = () => {
  const places = new Map<string, number>()
  const keys: Array<string> = []
  /** Endings of images; undefined for samples without one. */
  const endings: Array<string | undefined> = []
  const columns: Array<Columns> = []
  const [starts, lengths]: [Array<number>, Array<number>] = [[], []]
  return {
    places,
    keys,
    endings,
    columns,
    starts,
    lengths,
    /** The position of a sample, a new one at the end. */
    placeOf: (key: string): number => {
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, keys.length)
      endings.push(undefined)
      columns.push(noColumns)
      starts.push(0)
      lengths.push(0)
      return keys.push(key) - 1
    }
  }
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

const noColumns: Columns = {}

/** The same string for equal endings. */
const sameEndings = () => {
  const known = new Map<string, string>()
  return (ending: string): string => {
    const found = known.get(ending) ?? ending
    known.set(ending, found)
    return found
  }
}

/** The same for equal texts, because many samples may have them. */
const columnsOfTexts = () => {
  const known = new Map<string, Columns>()
  return (extension: string, text: string): Columns => {
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
    const window = windows(unpacked, env)
    const samples = sampleLists()
    const { keys, endings, columns, starts, lengths } = samples
    const nameAt = (i: number): string => `${keys[i]!}${endings[i] ?? ''}`
    const columnsOf = columnsOfTexts()
    const endingOf = sameEndings()
    let [at, longName, small]: [number, string | undefined, boolean] = [0, undefined, true]
    for (;;) {
      const bytes: E.Either<IoError, Uint8Array> =
        window.held(at, block) ?? (await window.read(at, block, small ? wide : narrow))
      if (E.isLeft(bytes)) return bytes
      if (bytes.right.length < block) {
        if (bytes.right.length > 0 || at === 0)
          return damaged(path, at, 'a header of 512 bytes', `${bytes.right.length}`)
        break
      }
      if (bytes.right.every((byte) => byte === 0)) break
      const header: InstanceType<typeof Header> = new Header(Buffer.from(bytes.right))
      if (!header.cksumValid) return damaged(path, at, 'the header of a member', 'other bytes')
      const [from, size] = [at + block, header.size ?? 0]
      at = from + Math.ceil(size / block) * block
      const content = async (): Promise<E.Either<DataError | IoError, string>> => {
        if (size > longest) return damaged(path, from, `at most ${longest} bytes of text`, `${size}`)
        const held = window.held(from, size) ?? (await window.read(from, size, size))
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
      if (isImageName(name)) {
        const i = samples.placeOf(key)
        if (endings[i] !== undefined) return damaged(path, from, `one image for ${key}`, `${nameAt(i)} and ${name}`)
        endings[i] = endingOf(name.slice(key.length))
        starts[i] = from
        lengths[i] = size
        small = size < wide / 8
      } else if (isText(extension)) {
        const text = await content()
        if (E.isLeft(text)) return text
        const said = E.tryCatch(() => columnsOf(extension.toLowerCase(), text.right), messageOf)
        if (E.isLeft(said)) return damaged(path, from, `JSON in ${name}`, said.left)
        const i = samples.placeOf(key)
        columns[i] = columns[i] === noColumns ? said.right : { ...columns[i], ...said.right }
      }
    }
    const withImages = Uint32Array.from(keys.keys()).filter((i) => endings[i] !== undefined)
    return E.right({
      length: withImages.length,
      at: (position) => {
        const i = withImages[position]!
        return { name: nameAt(i), columns: columns[i]! }
      },
      placeOf: (name): ImagePlace => {
        const i = samples.places.get(keyOf(name).key)
        return i === undefined || endings[i] === undefined
          ? wholeFiles(name)
          : { _tag: 'Range', path: unpacked, from: starts[i]!, length: lengths[i]! }
      }
    })
  }
