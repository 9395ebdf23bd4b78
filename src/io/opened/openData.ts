/**
 * `openData`: opens the data of a description: lists, verifies, labels and counts its files.
 *
 * @since 0.1.0
 */
import { isAbsolute, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { absurd, flow, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  checkSpec,
  dataError,
  dataLayout,
  dataWarning,
  holdoutByList,
  holdoutOf,
  imagenetStats,
  kindOfSource,
  sidesOf,
  someOf,
  statsOf,
  statsPerChannel,
  trainOrder,
  withSize,
  type Annotations,
  type Arranged,
  type DataError,
  type DataLayout,
  type DataSpec,
  type DataWarning,
  type Listing,
  type Place,
  type Settled,
  type Size,
  type Shard,
  type Stats
} from '../../data/index.js'
import { contentsOf } from './contents.js'
import type { Data, Dataset } from './Data.js'
import { digitsFolder } from './digits.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'
import { look, sidesOfAll, skippedOf } from './look.js'
import { parallel } from '../workers/parallel.js'
import type { Pictures } from './pictures.js'
import { pointsOutside } from './pointsOutside.js'
import { picturesFor } from '../workers/remotePictures.js'
import { readPlace } from './readPlace.js'
import { annotatedImages } from '../shards/annotatedImages.js'
import { shardIndex } from '../shards/shardIndex.js'
import { untarData, type UntarEnv } from '../network/untarData.js'
import type { HasWorkers } from '../workers/Workers.js'

/**
 * The capabilities for opening data.
 *
 * @category data
 * @since 0.1.0
 */
export type DataEnv = UntarEnv & HasImages & HasWorkers

type Failure = DataError | IoError

/** The folder of a source. */
interface Root {
  readonly root: string
  readonly generated: boolean
}

const rootOf =
  (place: Place) =>
  (env: DataEnv): TE.TaskEither<Failure, Root> => {
    switch (place._tag) {
      case 'Drawn':
        return TE.map((root: string) => ({ root, generated: true }))(digitsFolder(place)(env))
      case 'Fetched':
        return TE.map((root: string) => ({ root, generated: false }))(untarData(place.url)(env))
      case 'Folder':
        return TE.right({ root: place.path, generated: false })
    }
  }

/** Files that no listing contains must exist too: those outside of the root, or all of an unlisted source. */
const allThere =
  (root: string, unlisted: boolean, { train, valid, test, placeOf }: Arranged) =>
  (env: DataEnv): TE.TaskEither<Failure, void> =>
  async () => {
    if (placeOf !== undefined) return E.right(undefined)
    const files = [...[...train, ...valid].map(({ file }) => file), ...test]
    const outside = unlisted ? files : files.filter((file) => isAbsolute(file) || file.startsWith('../'))
    const there = await parallel(2 * env.images.workers, (file: string) => env.files.exists(resolve(root, file)))(
      outside
    )()
    const missing = outside.filter((_, i) => !E.exists((is: boolean) => is)(there[i]!))
    return missing.length === 0
      ? E.right(undefined)
      : E.left(
          dataError.missingFolder(
            isAbsolute(missing[0]!) ? missing[0]! : join(root, missing[0]!),
            'a file for every row',
            `${missing.length} missing: ${someOf(missing)}`,
            'correct the paths, or say which folder they are relative to'
          )
        )
  }

const listingOf =
  (root: string) =>
  (env: DataEnv): TE.TaskEither<Failure, Listing> =>
    pipe(
      env.files.walk(root),
      TE.mapLeft((error): Failure =>
        error._tag === 'NotFound'
          ? dataError.missingFolder(root, 'a folder of images', 'nothing', 'check the path')
          : error
      )
    )

/** The source with the holdout's file of names read. */
const withListRead =
  ({ source }: DataSpec, root: string) =>
  (env: DataEnv): TE.TaskEither<Failure, DataSpec['source']> => {
    const holdout = holdoutOf(source)
    const { withHoldout } = kindOfSource(source)
    if (holdout?._tag !== 'ByFile' || withHoldout === null) return TE.right(source)
    const at = join(root, holdout.file)
    return pipe(
      env.files.read(at),
      TE.bimap(
        (error): Failure =>
          error._tag === 'NotFound'
            ? dataError.missingFolder(at, 'a file that lists the images to hold out', 'nothing', 'check its name')
            : error,
        (bytes) => withHoldout(holdoutByList(new TextDecoder().decode(bytes).split(/\r?\n/)))(source)
      )
    )
  }

const arranged =
  (spec: DataSpec, { root }: Root) =>
  (env: DataEnv): TE.TaskEither<Failure, Arranged> =>
    pipe(
      withListRead(spec, root)(env),
      TE.chain((source) => arrangedAs(source, root)(env))
    )

const annotationsOf =
  ({ annotations }: DataLayout, root: string, listing: Listing) =>
  (env: DataEnv): TE.TaskEither<Failure, ReadonlyArray<Annotations>> =>
    annotations === undefined
      ? TE.right([])
      : pipe(
          annotations.files(listing),
          TE.traverseSeqArray((file) => {
            const at = `${root}/${file}`
            return annotatedImages(resolve(root, file), at, annotations.reader(at))(env)
          })
        )

const arrangedAs =
  (source: DataSpec['source'], root: string) =>
  (env: DataEnv): TE.TaskEither<Failure, Arranged> => {
    const layout = dataLayout(source)
    const unlisted = layout.unlisted === true
    return pipe(
      unlisted ? TE.right({ files: [], folders: [] }) : listingOf(root)(env),
      TE.bindTo('listing'),
      TE.bindW('contents', ({ listing }) =>
        pipe(
          layout.reads(listing),
          TE.traverseArray((file) => env.files.read(join(root, file)))
        )
      ),
      TE.bindW('indexes', ({ listing }) => async () => {
        const shards = layout.shards?.(listing) ?? []
        const each = await parallel(2 * env.images.workers, (shard: Shard) =>
          shardIndex(resolve(root, shard.file), shard)(env)
        )(shards)()
        return E.sequenceArray(each)
      }),
      TE.bindW('annotations', ({ listing }) => annotationsOf(layout, root, listing)(env)),
      TE.chainEitherKW(({ contents, indexes, annotations, listing }) =>
        layout.arrange(root, contents, indexes, annotations)(listing)
      ),
      TE.chainFirst((found) => allThere(root, unlisted, found)(env))
    )
  }

// -------------------------------------------------------------------------------------------------------------------
// opening
// -------------------------------------------------------------------------------------------------------------------

const resolveStats =
  (spec: DataSpec, train: Dataset) =>
  (env: DataEnv): TE.TaskEither<Failure, Stats> => {
    switch (spec.normalise._tag) {
      // replaced by the statistics of the weights once these are known
      case 'ForWeights':
        return TE.right(imagenetStats)
      case 'Given':
        return TE.right(statsPerChannel(3)(spec.normalise.stats))
      case 'None':
        return TE.right({ mean: [0, 0, 0], std: [1, 1, 1] })
      case 'FromBatch':
        return pipe(
          TE.fromEither<Failure, ReadonlyArray<ReadonlyArray<number>>>(trainOrder(spec, train.length)(0)),
          TE.chain((batches) => TE.sequenceArray(batches[0]!.map((i) => train.item(i)(env)))),
          TE.chainEitherKW((items) => statsOf(items.map((item) => item.pixels)))
        )
    }
  }

const warningsOf = (
  { root, generated }: Root,
  parts: ReadonlyArray<Pick<Settled, 'warnings'>>
): ReadonlyArray<DataWarning> => [
  ...(generated
    ? [
        dataWarning.generatedData(
          root,
          'real images',
          'images generated by graft',
          'use imageFolder(path) for images of your own'
        )
      ]
    : []),
  ...parts.flatMap(({ warnings }) => warnings)
]

/** What images are read by. */
type Found = Pick<Arranged, 'train' | 'placeOf' | 'codes'>

const picturesIn =
  ({ root }: Root, spec: DataSpec, found: Found) =>
  (env: DataEnv): TE.TaskEither<never, Pictures> =>
    picturesFor(
      { spec, root, ...(found.codes === undefined ? {} : { codes: found.codes }) },
      found.placeOf,
      found.train[0]?.file
    )(env)

/** The same images in another size, which decodes them anew. */
const inSize =
  (spec: DataSpec, { train, valid, task }: Settled, open: (spec: DataSpec) => TE.TaskEither<never, Pictures>) =>
  (size: Size): ReturnType<NonNullable<Data['resized']>> => {
    const [own, sides] = [withSize(size)(spec), sidesOf(size)]
    return pipe(
      open(own),
      T.map(E.getOrElseW(absurd<never>)),
      T.map((pictures) => ({
        spec: own,
        shape: [3, ...sides] as const,
        train: pictures.dataset(train, sides, task),
        valid: pictures.dataset(valid, sides, task)
      }))
    )
  }

const opened =
  (spec: DataSpec, at: Root) =>
  (env: DataEnv): TE.TaskEither<Failure, Data> =>
    pipe(
      arranged(spec, at)(env),
      TE.bindTo('found'),
      TE.let('items', ({ found }) => [...found.train, ...found.valid]),
      TE.bindW('from', ({ found }) => picturesIn(at, spec, found)(env)),
      TE.bind('looked', ({ items, from }) => look(spec, items, from)(env)),
      TE.filterOrElse(
        ({ looked }) => !spec.strict || looked.unreadable.size === 0,
        ({ looked }): Failure => [...looked.unreadable.values()][0]!
      ),
      TE.bind('settled', ({ found, looked }) =>
        TE.fromEither<Failure, Settled>(found.settle((file) => !looked.unreadable.has(file)))
      ),
      TE.filterOrElse(
        ({ settled }) => spec.sampling._tag !== 'Balanced' || settled.task._tag === 'Classification',
        ({ settled }): Failure =>
          dataError.badSpec(
            'data.sampling',
            'one class for each image, to balance',
            settled.task._tag,
            'leave it out; a loss can weigh labels: classWeights'
          )
      ),
      TE.bindW('outside', ({ settled, looked }) => TE.fromEither(pointsOutside(spec, at.root, settled, looked))),
      TE.bindW('sides', ({ looked }) => TE.fromEither(sidesOfAll(spec, at.root, looked))),
      TE.bind('train', ({ from, settled, sides }) => TE.right(from.dataset(settled.train, sides, settled.task))),
      TE.bind('stats', ({ train }) => resolveStats(spec, train)(env)),
      TE.bindW('contents', ({ found, settled }) => contentsOf(spec, at.root, settled, found.placeOf)(env)),
      TE.bindW('legend', ({ from, settled }) =>
        settled.task._tag === 'Segmentation' ? from.legend(env) : TE.right(null)
      ),
      // the rest of what was found is not kept
      TE.let('places', ({ found: { train, placeOf, codes } }): Found => ({
        train: train.slice(0, 1),
        ...(placeOf && { placeOf }),
        ...(codes && { codes })
      })),
      TE.map(({ found, places, from, looked, settled, outside, sides, train, stats, contents, legend }): Data => ({
        spec,
        resized: inSize(spec, settled, (its) => picturesIn(at, its, places)(env)),
        root: at.root,
        task: settled.task,
        generated: at.generated,
        shape: [3, sides[0], sides[1]],
        train,
        valid: from.dataset(settled.valid, sides, settled.task),
        test: found.test,
        ...(found.placeOf === undefined
          ? {}
          : { placeOf: found.placeOf, bytesOf: flow(found.placeOf, readPlace(at.root)) }),
        ...(legend === null ? {} : { legend }),
        stats,
        contents: contents.hash,
        warnings: warningsOf(at, [settled, { warnings: outside }, looked, contents]),
        skipped: skippedOf(looked)
      }))
    )

/**
 * Opens data: finds the files (generating or downloading them first if necessary), infers the classes, reads images,
 * masks and targets as far as `verify` asks, and leaves out unreadable ones, listed in `skipped` (with `strictly`, the
 * first of them is an error). Decoded images are cached up to the description's `cacheBytes`.
 *
 * Errors: `BadSpec`, `MissingFolder`, `NoImages`, `AmbiguousFolders`, `EmptyClass`, `OneClass`, `BadTable`,
 * `Contradiction`, `MixedSizes`, `BadMask`, `UnreadableImage` and points outside of their image (strict), `TooFewItems` and `FlatChannel` (statistics of
 * a batch), and those of the file system and the network.
 *
 * @example
 * import { classesOf, digits } from 'graft-vision'
 * import { nodeIo, openData } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { isAbsolute, join, resolve } from 'node:path'
 *
 * const env = nodeIo()
 * const path = join(mkdtempSync(join(tmpdir(), 'graft-')), 'digits')
 * const data = await openData(digits({ n: 8, valid: 4, path }))(env)()
 * if (data._tag === 'Left') throw new Error(data.left.found)
 * assert.deepStrictEqual(classesOf(data.right.task), ['3', '7'])
 * assert.deepStrictEqual([data.right.train.length, data.right.valid.length, data.right.generated], [8, 4, true])
 * const item = await data.right.train.item(0)(env)()
 * assert.ok(item._tag === 'Right' && item.right.label === '3')
 *
 * @category data
 * @since 0.1.0
 */
export const openData =
  (spec: DataSpec): ReaderTaskEither<DataEnv, Failure, Data> =>
  (env) =>
    pipe(
      checkSpec(spec),
      RA.head,
      O.match(
        () => TE.right<Failure, DataSpec>(spec),
        (error) => TE.left(error)
      ),
      TE.chain(({ source }) => rootOf(kindOfSource(source).place(source))(env)),
      TE.chain((at) => opened(spec, at)(env))
    )
