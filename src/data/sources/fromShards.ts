import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { noImages, someOf } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { type ImagePlace, wholeFiles } from '../images/ImagePlace.js'
import { type TableChoices, tableOptions } from '../tables/ImageTable.js'
import { type Listing, tidied } from '../folders/Listing.js'
import type { Records } from '../tables/records.js'
import { type SetName, setNamed } from '../holdouts/SetName.js'
import type { FromShards } from './Source.js'
import { byRecords, recordTable } from './byRecords.js'
import { classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import type { ImageIndex, Shard, SourceKind } from './SourceKind.js'

/**
 * Options of `fromShards`.
 *
 * @category data
 * @since 0.1.0
 */
export interface ShardOptions extends Pick<
  TableChoices,
  'labelCol' | 'validCol' | 'labels' | 'holdout' | 'classes' | 'swap'
> {
  /** The files, relative to the path; default: all files below it with the ending of a supported format. */
  readonly files?: ReadonlyArray<string>
  /** The column of images in Parquet files; default: the column of bytes. */
  readonly imageCol?: string
}

/**
 * Images in files that hold many, below a folder: Parquet files (`.parquet`) with the bytes of images in a column, tar
 * archives of samples (`.tar`, `.tar.gz`, WebDataset), NumPy's arrays (`.npz`), and MNIST's `ubyte` files
 * (`train-images-idx3-ubyte`, also `.gz`). The names of files, such as `train-00000.parquet` and
 * `t10k-images-idx3-ubyte`, determine their sets. Opening reads only labels and positions, and loading an image reads
 * only its bytes, so batches are shuffled over all files. Files that are compressed as a whole are first unpacked to
 * the cache.
 *
 * Opening fails with `BadTable` for a damaged file or a row without a label, which it names, and with `NoImages`.
 *
 * @example
 * import { fromShards } from 'graft-vision'
 *
 * assert.strictEqual(fromShards('pets', { labelCol: 'breed' }).source._tag, 'FromShards')
 *
 * @category data
 * @since 0.1.0
 */
export const fromShards = (path: string, options: ShardOptions = {}): DataSpec => ({
  source: {
    _tag: 'FromShards',
    path,
    files: O.fromNullable(options.files),
    imageCol: O.fromNullable(options.imageCol),
    ...tableOptions(options)
  },
  ...defaultData
})

const formats: ReadonlyArray<readonly [ending: RegExp, format: Shard['format']]> = [
  [/\.parquet$/i, 'parquet'],
  [/\.(tar|tar\.gz|tgz)$/i, 'tar'],
  [/\.npz$/i, 'npz'],
  [/images?[-_.]idx3([-_.]ubyte)?(\.gz)?$/i, 'idx']
]

/** The format of a file that holds many images, by its name. */
export const shardFormat = (file: string): O.Option<Shard['format']> =>
  O.fromNullable(formats.find(([ending]) => ending.test(file))?.[1])

const shardsIn = ({ files, imageCol }: FromShards, listing: Listing): ReadonlyArray<Shard> =>
  O.getOrElse(() => tidied(listing).files)(files).flatMap((file) => {
    const format = shardFormat(file)
    return O.isSome(format) ? [{ file, format: format.value, imageCol: O.toUndefined(imageCol) }] : []
  })

/** The set that a file's name or one of its folders says. */
const setOfShard = (file: string): O.Option<SetName> => {
  const words = file.split('/').flatMap((part) => [part, ...part.split(/[-_.]/)])
  const sets = words.map((word) => (/^t\d+k$/i.test(word) ? O.some<SetName>('test') : setNamed(word)))
  return sets.find(O.isSome) ?? O.none
}

const saysSet = ({ length, at }: ImageIndex): boolean => {
  for (let i = 0; i < length; i++) if ('set' in at(i).columns) return true
  return false
}

/** The names of all images, and a record of each. */
const recordsOf = (
  shards: ReadonlyArray<Shard>,
  indexes: ReadonlyArray<ImageIndex>
): { readonly names: ReadonlyArray<string>; readonly records: Records } => {
  const sets = shards.map(({ file }) => O.toNullable(setOfShard(file)))
  const bySets = sets.some((set) => set !== null) || indexes.some(saysSet)
  const starts: Array<number> = []
  const names: Array<string> = []
  for (const [i, { length, at }] of indexes.entries()) {
    starts.push(names.length)
    for (let k = 0; k < length; k++) names.push(`${shards[i]!.file}/${at(k).name}`)
  }
  const shardOf = (line: number): number => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= line) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    names,
    records: {
      length: names.length,
      at: (line) => {
        const i = shardOf(line)
        const { columns } = indexes[i]!.at(line - starts[i]!)
        const set = bySets ? { set: columns['set'] ?? sets[i] ?? 'train' } : {}
        return { line, record: { ...columns, file: names[line]!, ...set } }
      }
    }
  }
}

export const fromShardsKind: SourceKind<FromShards> = {
  what: 'files that hold images',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => ({
    reads: () => [],
    shards: (listing) => shardsIn(source, listing),
    arrange:
      (root, _, indexes = []) =>
      (listing) => {
        const shards = shardsIn(source, listing)
        const { names, records } = recordsOf(shards, indexes)
        if (names.length === 0)
          return E.left(
            noImages(
              root,
              'images in .parquet, .tar, .npz or idx files',
              shards.length === 0 ? 'no such file' : `none in ${someOf(shards.map(({ file }) => file))}`,
              'check the path; unpack other archives'
            )
          )
        const { _tag, path: __, files: ___, imageCol: ____, ...options } = source
        const table = recordTable(root, 'images', { ...options, fnCol: O.some('file') })
        const places = indexes.map(({ placeOf }) => placeOf)
        return pipe(
          byRecords(table, { place: (line) => `${root}/${names[line]!}`, call: 'fromShards(path' }, records, 'found'),
          E.map((arranged) => ({
            ...arranged,
            placeOf: (file: string): ImagePlace => {
              const i = shards.findIndex((shard) => file.startsWith(`${shard.file}/`))
              return i === -1 ? wholeFiles(file) : places[i]!(file.slice(shards[i]!.file.length + 1))
            }
          }))
        )
      }
  }),
  mistakes: (source) => mistakesAmong([...holdoutChecks(source.holdout, 'table'), ...classesChecks(source.classes)]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: () => 'values'
}
