/**
 * `showBatch`: a training batch as the network sees it.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, type Pixels, trainOrder } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { gridOf, type ImageGrid } from '../../interpret/draw/index.js'
import { type Batch, type HasFiles, type HasImages, openBatches } from '../../io/index.js'
import { settingError } from '../LearnError.js'
import { type Batched, batchingOf, trainViews, viewed } from '../loop/training.js'
import { captionOf, pictureOf } from './batchCells.js'
import { dataUrl } from './dataUrl.js'

/**
 * Options of `showBatch`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ShowBatchOptions {
  /** How many images, at most a batch. Default 9. */
  readonly k?: number
  /** The epoch whose first batch is shown; its transforms differ from those of others. Default 0. */
  readonly epoch?: number
  /** Width and height in inches. Default: about two for each image. */
  readonly figsize?: readonly [width: number, height: number]
}

/** The first batch of an epoch, after transforms and views. */
const firstBatch =
  (l: Batched, epoch: number) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Batch> =>
    pipe(
      TE.fromEither<GraftError, ReadonlyArray<ReadonlyArray<number>>>(
        // an incomplete batch is shown, too
        trainOrder({ ...batchingOf(l), dropLast: false }, l.data.train.length)(epoch)
      ),
      TE.chain((batches) => async (): Promise<E.Either<GraftError, Batch>> => {
        const of = { dataset: l.data.train, batches: batches.slice(0, 1), stats: l.data.stats, prefetch: 1 }
        const reader = openBatches({ ...of, ...trainViews(l, epoch, batches) })(env)()
        const batch = await reader.next()
        await reader.close()
        return pipe(
          batch,
          E.chainW(
            E.fromOption(() => dataError.noSuchItem('data.train', 'a training batch', 'none', 'add images to train on'))
          ),
          E.map(viewed(l, epoch * batches.length))
        )
      })
    )

/** An image of a training batch as pixels, with its label. */
export interface BatchPicture {
  readonly pixels: Pixels
  readonly caption: string
  /** Index of the training item. */
  readonly index: number
}

/** The first `k` images of an epoch's first batch. */
export const batchPictures =
  (k: number, epoch: number) =>
  (l: Batched): RTE.ReaderTaskEither<HasFiles & HasImages, GraftError, ReadonlyArray<BatchPicture>> => {
    const [, height, width] = l.data.shape
    const { task, stats } = l.data
    return pipe(
      firstBatch(l, epoch),
      RTE.map((batch) =>
        Array.from({ length: Math.min(k, batch.n) }, (_, i) => ({
          pixels: pictureOf(batch, i, [height, width], task, stats),
          caption: captionOf(batch, i, task),
          index: batch.indices[i]!
        }))
      )
    )
  }

/**
 * Draws the first images of a training batch as the network sees them: transformed, mixed, and denormalised. Masks are
 * laid over their images, points are marked, target images are beside them, and captions name the labels, with shares where images are
 * mixed. Equal to the batch that training sees. Errors: those of loading, and `k` or `epoch` out of range.
 *
 * @example
 * import { digits, squeezenet1_1, withBatchSize } from 'graft-vision'
 * import { cnnLearner, openData, showBatch, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(withBatchSize(8)(digits({ n: 8 }))),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(showBatch({ k: 4 })),
 *   RTE.map(({ columns, cells }) => [columns, cells.length])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right([2, 4]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const showBatch =
  (options: ShowBatchOptions = {}) =>
  (l: Batched): RTE.ReaderTaskEither<HasFiles & HasImages, GraftError, ImageGrid> => {
    const { k = 9, epoch = 0 } = options
    const whole = (path: string, n: number, least: number): E.Either<GraftError, number> =>
      Number.isSafeInteger(n) && n >= least
        ? E.right(n)
        : E.left(settingError(path, `an integer of at least ${least}`, String(n), 'leave it out'))
    const { task } = l.data
    return pipe(
      RTE.fromEither(whole('k', k, 1)),
      RTE.chainEitherK(() => whole('epoch', epoch, 0)),
      RTE.chain(() => batchPictures(k, epoch)(l)),
      RTE.chainW(
        RTE.traverseSeqArray(({ pixels, caption, index }) =>
          pipe(
            dataUrl(pixels),
            RTE.map((shown) => ({ ...shown, index, caption: [caption] }))
          )
        )
      ),
      RTE.map((cells): ImageGrid => {
        const { columns, rows } = gridOf(cells.length)
        const [first] = cells
        const tall = first === undefined ? 1 : first.height / first.width
        const wide = task._tag === 'ImageRegression' ? 4 : 2.2
        return {
          _tag: 'ImageGrid',
          title: `Training batch, epoch ${epoch}`,
          columns,
          figsize: options.figsize ?? [columns * wide, 0.5 + rows * (0.4 + wide * tall)],
          cells
        }
      })
    )
  }
