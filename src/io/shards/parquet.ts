/** Parquet files with images in a column: their other columns, and the bytes of one image at a time. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, type DataError, type ImageIndex, wholeFiles } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import { messageOf, type IoError } from '../IoError.js'

/** Carries an error of the file system through the reader, which knows only exceptions. */
class FileFailure extends Error {
  constructor(readonly error: IoError) {
    super(error.found)
  }
}

const readers = async () => {
  const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors')
  ])
  return { parquetMetadataAsync, parquetReadObjects, compressors }
}

const orThrow = <A>(result: E.Either<IoError, A>): A => {
  if (E.isLeft(result)) throw new FileFailure(result.left)
  return result.right
}

interface Opened {
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
}

const opened = async (path: string, { files }: HasFiles): Promise<Opened> => {
  const { bytes } = orThrow(await files.stat(path)())
  const file: AsyncBuffer = {
    byteLength: bytes,
    slice: async (from, to = bytes) => {
      const read = orThrow(await files.readRange(path, from, to - from)())
      return read.slice().buffer
    }
  }
  const { parquetMetadataAsync } = await readers()
  return { file, metadata: await parquetMetadataAsync(file) }
}

const attempt = <A>(path: string, run: () => Promise<A>): TE.TaskEither<DataError | IoError, A> =>
  TE.tryCatch(run, (cause) =>
    cause instanceof FileFailure
      ? cause.error
      : dataError.badTable(path, 'a Parquet file', messageOf(cause), 'write the file again, or check the path')
  )

// -------------------------------------------------------------------------------------------------------------------
// index
// -------------------------------------------------------------------------------------------------------------------

interface Feature {
  readonly _type?: string
  readonly names?: ReadonlyArray<string>
  readonly feature?: Feature
}

/** What Hugging Face's `datasets` says of the columns. */
const featuresOf = ({ key_value_metadata }: FileMetaData): Readonly<Record<string, Feature>> => {
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  const parsed = E.tryCatch(
    () =>
      JSON.parse(text ?? '{}') as { readonly info?: { readonly features?: Readonly<Record<string, Feature>> | null } },
    () => null
  )
  return (E.isRight(parsed) ? parsed.right.info?.features : undefined) ?? {}
}

/** The columns of a file, and whether each has images: bytes, or a record with bytes. */
const columnsOf = (metadata: FileMetaData): ReadonlyArray<readonly [name: string, isImage: boolean]> => {
  const [root, ...all] = metadata.schema
  const columns: Array<readonly [string, boolean]> = []
  let at = 0
  const skip = (): void => {
    const { num_children = 0 } = all[at++]!
    for (let i = 0; i < num_children; i++) skip()
  }
  for (let i = 0; i < (root?.num_children ?? 0); i++) {
    const from = at
    skip()
    const its = all.slice(from, at)
    const isBytes = ({ type, converted_type, logical_type }: (typeof all)[number]): boolean =>
      type === 'BYTE_ARRAY' && converted_type === undefined && logical_type === undefined
    const isImage =
      its.length === 1 ? isBytes(its[0]!) : its.length === 3 && its.some((one) => one.name === 'bytes' && isBytes(one))
    columns.push([its[0]!.name, isImage])
  }
  return columns
}

const plain = (value: unknown, feature: Feature | undefined): unknown => {
  if (Array.isArray(value)) return value.map((one) => plain(one, feature?.feature ?? feature))
  const names = feature?.names
  const number = typeof value === 'bigint' ? Number(value) : value
  return names !== undefined && typeof number === 'number' ? (names[number] ?? null) : number
}

/** The rows of a file without the column of images. */
const otherColumns = async (
  { file, metadata }: Opened,
  image: string | null
): Promise<Pick<ImageIndex, 'length' | 'at'>> => {
  const { parquetReadObjects, compressors } = await readers()
  const columns = columnsOf(metadata).flatMap(([name, isImage]) => (isImage || name === image ? [] : [name]))
  const features = featuresOf(metadata)
  const read = columns.length === 0 ? [] : await parquetReadObjects({ file, metadata, columns, compressors })
  const values = columns.map((key) => [key, read.map((row) => plain(row[key], features[key]))] as const)
  return {
    length: Number(metadata.num_rows),
    at: (i) => ({ name: String(i), columns: Object.fromEntries(values.map(([key, all]) => [key, all[i]])) })
  }
}

/** The rows of a file without their images, which are not read. */
export const parquetIndex =
  (path: string, imageCol: string | undefined) =>
  (env: HasFiles): TE.TaskEither<DataError | IoError, ImageIndex> =>
    pipe(
      attempt(path, () => opened(path, env)),
      TE.bindTo('at'),
      TE.bind('image', ({ at: { metadata } }) => {
        const columns = columnsOf(metadata)
        const images = columns.filter(([name, isImage]) => (imageCol === undefined ? isImage : name === imageCol))
        return images.length === 1
          ? TE.right(images[0]![0])
          : TE.left(
              dataError.badTable(
                path,
                imageCol === undefined ? 'one column of images, as bytes' : `a column ${JSON.stringify(imageCol)}`,
                `columns ${columns.map(([name]) => name).join(', ')}`,
                'name the column of images: fromShards(path, { imageCol })'
              )
            )
      }),
      TE.chain(({ at, image }) =>
        attempt(path, async (): Promise<ImageIndex> => ({
          ...(await otherColumns(at, image)),
          placeOf: (name) => ({ _tag: 'Cell', path, column: image, row: Number(name) })
        }))
      )
    )

/** The rows of a file that names images which are files. */
export const parquetRows =
  (path: string) =>
  (env: HasFiles): TE.TaskEither<DataError | IoError, ImageIndex> =>
    attempt(path, async () => ({ ...(await otherColumns(await opened(path, env), null)), placeOf: wholeFiles }))

// -------------------------------------------------------------------------------------------------------------------
// images
// -------------------------------------------------------------------------------------------------------------------

/** Memory for the images of row groups that were decompressed for one of them, in bytes. */
const budget = 64 * 2 ** 20

const bytesIn = (value: unknown): Uint8Array | undefined => {
  if (value instanceof Uint8Array) return value
  return typeof value === 'object' && value !== null && 'bytes' in value ? bytesIn(value.bytes) : undefined
}

type Images = ReadonlyArray<Uint8Array | undefined>

const sizeOf = (images: Images): number => images.reduce((sum, image) => sum + (image?.length ?? 0), 0)

/**
 * Reads the image of a row. With a page index only its page is read; without one its row group is, the latest of which
 * are kept.
 */
export const parquetCells = () => {
  const files = new Map<string, Promise<Opened>>()
  const groups = new Map<string, Promise<Images>>()
  const openedOnce = (path: string, env: HasFiles): Promise<Opened> => {
    const known = files.get(path) ?? opened(path, env)
    files.set(path, known)
    known.catch(() => files.delete(path))
    return known
  }
  const read = async ({ file, metadata }: Opened, column: string, rowStart: number, rowEnd: number) => {
    const { parquetReadObjects, compressors } = await readers()
    const options = {
      file,
      metadata,
      columns: [column],
      rowStart,
      rowEnd,
      compressors,
      useOffsetIndex: true,
      utf8: false
    }
    return (await parquetReadObjects(options)).map((row) => bytesIn(row[column]))
  }
  const keep = async (key: string, images: Promise<Images>): Promise<void> => {
    groups.set(key, images)
    const sizes = await Promise.all([...groups.values()].map(async (one) => sizeOf(await one)))
    let total = sizes.reduce((a, b) => a + b, 0)
    for (const [i, oldest] of [...groups.keys()].entries()) {
      if (total <= budget || oldest === key) break
      groups.delete(oldest)
      total -= sizes[i]!
    }
  }
  const imageAt = async (at: Opened, path: string, column: string, row: number) => {
    let start = 0
    for (const [i, group] of at.metadata.row_groups.entries()) {
      const rows = Number(group.num_rows)
      if (row >= start + rows) {
        start += rows
        continue
      }
      if (group.columns.some(({ offset_index_offset }) => offset_index_offset !== undefined))
        return (await read(at, column, row, row + 1))[0]
      const key = `${i} ${column} ${path}`
      const known = groups.get(key) ?? read(at, column, start, start + rows)
      groups.delete(key)
      keep(key, known).catch(() => groups.delete(key))
      return (await known)[row - start]
    }
    return undefined
  }
  return (path: string, column: string, row: number) =>
    (env: HasFiles): TE.TaskEither<DataError | IoError, Uint8Array> =>
      pipe(
        attempt(path, async () => imageAt(await openedOnce(path, env), path, column, row)),
        TE.chainW((bytes) =>
          bytes === undefined
            ? TE.left(
                dataError.unreadableImage(
                  `${path}: row ${row}`,
                  `the bytes of an image in ${column}`,
                  'none',
                  'write the images themselves into the column, not only their paths'
                )
              )
            : TE.right(bytes)
        )
      )
}
