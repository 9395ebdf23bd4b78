/**
 * `openData`: from a description to data - files are listed, looked into, labelled and counted.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrange,
  arrangeImages,
  arrangeMasks,
  arrangeTable,
  checkSpec,
  dataError,
  dataWarning,
  foldSource,
  folderLayout,
  imageRegression,
  segmentation,
  settle,
  settleTable,
  someOf,
  imagenetStats,
  statsOf,
  statsPerChannel,
  tableOf,
  trainOrder,
  type Arrangement,
  type DataError,
  type DataSpec,
  type DataWarning,
  type FolderLayout,
  type ImageCsv,
  type ImageMasks,
  type Labelled,
  type Listing,
  type Settled,
  type Stats,
  type Table,
  type Task
} from '../data/index.js'
import { readCsv } from '../format/index.js'
import type { Data, Dataset } from './Data.js'
import { digitsFolder } from './digits.js'
import type { HasImages } from './Images.js'
import type { IoError } from './IoError.js'
import { look, sidesOfAll, type Looked } from './look.js'
import { pictures, type Pictures } from './pictures.js'
import { untarData, type UntarEnv } from './untarData.js'

/**
 * What opening data needs.
 *
 * @category model
 * @since 0.1.0
 */
export type DataEnv = UntarEnv & HasImages

type Failure = DataError | IoError

/** The folder a source comes down to. */
interface Place {
  readonly root: string
  readonly generated: boolean
  readonly arrange: (listing: Listing) => E.Either<DataError, Arrangement>
  readonly settle: (isReadable: (file: string) => boolean) => (arranged: Arrangement) => E.Either<DataError, Settled>
}

const labelledByFolder = (root: string, layout: FolderLayout, generated: boolean): Place => ({
  root,
  generated,
  arrange: arrange(layout, root),
  settle: (isReadable) => settle(layout.classes, root, isReadable)
})

/** Each image labelled by the file of its mask or target. */
const labelledByPairs = (root: string, arranging: Place['arrange'], task: Task): Place => ({
  root,
  generated: false,
  arrange: arranging,
  settle: (isReadable) => (arranged) => {
    const items = (all: ReadonlyArray<Labelled>) =>
      all.filter(({ file }) => isReadable(file)).map((item) => ({ ...item, target: 0 }))
    const [train, valid] = [items(arranged.train), items(arranged.valid)]
    return train.length === 0
      ? E.left(dataError.noImages(root, 'an image to train on', 'none that can be read', 'repair the files'))
      : E.right({ task, train, valid, warnings: arranged.warnings })
  }
})

/** A name on each line; empty lines are none. */
const codesIn = (bytes: Uint8Array): ReadonlyArray<string> =>
  new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const codesOf =
  ({ path, codes }: ImageMasks) =>
  (env: DataEnv): TE.TaskEither<IoError, ReadonlyArray<string>> =>
    typeof codes === 'string' ? TE.map(codesIn)(env.files.read(join(path, codes))) : TE.right(codes)

const tableIn =
  (source: ImageCsv) =>
  (bytes: Uint8Array): E.Either<DataError, Table> => {
    const rows = readCsv(new TextDecoder().decode(bytes), source.delimiter)
    return E.isRight(rows)
      ? tableOf(source)(rows.right)
      : E.left(
          dataError.badTable(
            `${source.path}/${source.csv}: ${rows.left[0].path}`,
            rows.left[0].expected,
            rows.left[0].found,
            rows.left[0].hint
          )
        )
  }

const labelledByTable =
  (source: ImageCsv) =>
  (env: DataEnv): TE.TaskEither<Failure, Place> =>
    pipe(
      env.files.read(join(source.path, source.csv)),
      TE.chainEitherKW(tableIn(source)),
      TE.map((table) => ({
        root: source.path,
        generated: false,
        arrange: arrangeTable(source, table),
        settle: (isReadable) => settleTable(source, table, isReadable)
      }))
    )

const place = (spec: DataSpec): ReaderTaskEither<DataEnv, Failure, Place> =>
  foldSource<ReaderTaskEither<DataEnv, Failure, Place>>({
    imageFolder: (layout) => () => TE.right(labelledByFolder(layout.path, layout, false)),
    digits: (source) => (env) =>
      pipe(
        digitsFolder(source)(env),
        TE.map((root) => labelledByFolder(root, folderLayout({}), true))
      ),
    archive:
      ({ url, layout }) =>
      (env) =>
        pipe(
          untarData(url)(env),
          TE.map((root) => labelledByFolder(root, layout, false))
        ),
    imageMasks: (source) => (env) =>
      TE.map((codes: ReadonlyArray<string>) =>
        labelledByPairs(source.path, arrangeMasks(source, source.path), segmentation(codes))
      )(codesOf(source)(env)),
    imageImages: (source) => () =>
      TE.right(labelledByPairs(source.path, arrangeImages(source, source.path), imageRegression(source.channels))),
    imageCsv: labelledByTable
  })(spec.source)

// -------------------------------------------------------------------------------------------------------------------
// opening
// -------------------------------------------------------------------------------------------------------------------

const resolveStats =
  (spec: DataSpec, train: Dataset) =>
  (env: DataEnv): TE.TaskEither<Failure, Stats> => {
    switch (spec.normalise._tag) {
      // whoever knows the weights puts theirs in place of these
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
  { root, generated }: Place,
  { unreadable }: Looked,
  { warnings }: Settled
): ReadonlyArray<DataWarning> => [
  ...(generated
    ? [
        dataWarning.generatedData(
          root,
          'real images',
          'drawings generated by graft',
          'use imageFolder(path) for images of your own'
        )
      ]
    : []),
  ...warnings,
  ...(unreadable.size === 0
    ? []
    : [
        dataWarning.skippedFiles(
          root,
          'images that can be read',
          `${unreadable.size} that cannot, left out: ${someOf([...unreadable.keys()])}`,
          'repair or remove them; data.skipped says what is wrong with each'
        )
      ])
]

const opened =
  (spec: DataSpec, at: Place, from: Pictures) =>
  (env: DataEnv): TE.TaskEither<Failure, Data> =>
    pipe(
      env.files.walk(at.root),
      TE.mapLeft((error): Failure =>
        error._tag === 'NotFound'
          ? dataError.missingFolder(at.root, 'a folder of images', 'nothing', 'check the path')
          : error
      ),
      TE.chainEitherKW(at.arrange),
      TE.map((arranged) => ({ arranged })),
      TE.bind('looked', ({ arranged }) =>
        look(
          spec,
          [...arranged.train, ...arranged.valid].map((item) => item.file),
          from
        )(env)
      ),
      TE.filterOrElseW(
        ({ looked }) => !spec.strict || looked.unreadable.size === 0,
        ({ looked }): Failure => [...looked.unreadable.values()][0]!
      ),
      TE.bindW('settled', ({ arranged, looked }) =>
        TE.fromEither(at.settle((file) => !looked.unreadable.has(file))(arranged))
      ),
      TE.bindW('sides', ({ looked }) => TE.fromEither(sidesOfAll(spec, at.root, looked))),
      TE.bind('train', ({ settled, sides }) => TE.right(from.dataset(settled.train, sides, settled.task))),
      TE.bind('stats', ({ train }) => resolveStats(spec, train)(env)),
      TE.map(({ arranged, looked, settled, sides, train, stats }): Data => ({
        spec,
        root: at.root,
        task: settled.task,
        generated: at.generated,
        shape: [3, sides[0], sides[1]],
        train,
        valid: from.dataset(settled.valid, sides, settled.task),
        test: arranged.test,
        stats,
        warnings: warningsOf(at, looked, settled),
        skipped: [...looked.unreadable].map(([file, error]) => ({ file, reason: `${error.found} (${error._tag})` }))
      }))
    )

/**
 * Opens data: finds the files (generating or fetching them first where the source says so), infers the classes, looks
 * into every image as far as `verify` asks, and leaves out those that cannot be read, naming them in `skipped` (with
 * `strictly`, the first of them is the error). Decoded images stay in memory, up to the description's `cacheBytes`.
 *
 * Errors: `BadSpec`, `MissingFolder`, `NoImages`, `EmptyClass`, `OneClass`, `MixedSizes`, `UnreadableImage` (strict),
 * `TooFewItems` and `FlatChannel` (statistics of a batch), and those of the file system and the network.
 *
 * @example
 * import { classesOf, digits } from 'graft-vision'
 * import { nodeIo, openData } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
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
      TE.chain((ok): TE.TaskEither<Failure, Place> => place(ok)(env)),
      TE.chain((at) => opened(spec, at, pictures(spec, at.root))(env))
    )
