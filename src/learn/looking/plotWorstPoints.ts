/**
 * Predicted points against actual ones, as images.
 *
 * @since 0.1.0
 */
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Decoding, defaultDecoding } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { gridOf, type ImageGrid, overlayPoints, type Shown } from '../../interpret/draw/index.js'
import { type Interpretation, type PointsDistance, worstPoints } from '../../interpret/index.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import { dataUrl } from './dataUrl.js'

/**
 * Options of `plotWorstPoints`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface WorstPointsPlotOptions {
  /** Whether to show the largest distances or the smallest; default true. */
  readonly largest?: boolean
  /** Width and height in inches; default [12, 12]. */
  readonly figsize?: readonly [width: number, height: number]
  /** How the images were decoded; default `defaultDecoding`. */
  readonly decoding?: Decoding
}

const nothing: Shown = { image: null, height: 0, width: 0 }

const marked =
  ({ predictions, targets }: Interpretation, { index, file }: PointsDistance, decoding: Decoding) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Shown> =>
    file === null
      ? TE.right(nothing)
      : pipe(
          env.files.read(file),
          TE.chainW((bytes) => env.images.decode(file, bytes, { size: O.none, resize: 'crop', decoding })),
          TE.map(flow(overlayPoints([targets[index]!].flat(), { mark: 'ring' }), overlayPoints(predictions[index]!))),
          TE.chainW((pixels) => dataUrl(pixels)(env))
        )

/**
 * Plots the `k` images whose points are furthest from their targets (or nearest, with `largest: false`) in a grid, each
 * with its mean distance in pixels. Predicted points are discs and targets are rings, in one colour per name. Other tasks
 * are an `OtherTask` error.
 *
 * @example
 * import { interpretation, points } from 'graft-vision'
 * import { plotWorstPoints, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const i = interpretation({ task: points(['nose']), preds: [[3, 4]], targets: [[0, 0]], losses: [0.4] })
 * if (E.isLeft(i)) throw new Error(i.left[0].found)
 * const plotted = await withNodeEnv({ engine: 'cpu' })(plotWorstPoints(1)(i.right))()
 * assert.ok(E.isRight(plotted))
 * assert.deepStrictEqual(plotted.right.cells[0]?.caption, ['5.0 px'])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const plotWorstPoints =
  (k: number, { figsize = [12, 12], decoding = defaultDecoding, ...options }: WorstPointsPlotOptions = {}) =>
  (i: Interpretation): RTE.ReaderTaskEither<HasFiles & HasImages, GraftError, ImageGrid> =>
    pipe(
      RTE.fromEither<GraftError, ReadonlyArray<PointsDistance>>(worstPoints(k, options)(i)),
      RTE.chain(
        RTE.traverseSeqArray((worst) =>
          pipe(
            marked(i, worst, decoding),
            RTE.map((shown) => ({
              index: worst.index,
              caption: [
                `${worst.distance.toFixed(1)} px`,
                ...(worst.file === null ? [] : [worst.file.split(/[/\\]/).slice(-2).join('/')])
              ],
              ...shown
            }))
          )
        )
      ),
      RTE.map((cells) => ({
        _tag: 'ImageGrid',
        title: 'Predicted points (discs) and actual ones (rings)',
        columns: gridOf(cells.length).columns,
        figsize,
        cells
      }))
    )
