/**
 * Top losses as images, optionally with heat maps.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pixels } from '../../data/index.js'
import { compileGradCam } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  type Heatmap,
  heatmapThreshold,
  type ImageGrid,
  missedGrid,
  overlayHeatmap,
  type Shown,
  topLossesGrid
} from '../../interpret/draw/index.js'
import {
  type Interpretation,
  interpretationError,
  labelledLosses,
  type LossLabel,
  type Misclassified,
  misclassified
} from '../../interpret/index.js'
import { type HasFiles, type HasImages, parallel } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { dataUrl } from './dataUrl.js'
import { inputOf, type Picture, pixelsOf } from '../predicting/networkInput.js'
import type { Predictor } from '../predicting/Predictor.js'

// -------------------------------------------------------------------------------------
// heat maps
// -------------------------------------------------------------------------------------

/**
 * Grad-CAM heat maps of images, one class (an index) for each, for any architecture. Uses the body's last feature map
 * with at least `least` (1) cells, and one backward pass for all images.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, gradCam, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => gradCam([blank], [1], { least: 9 })(predictorOf(l))),
 *   RTE.map((maps) => maps[0]?.values.length)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(9))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const gradCam =
  (pictures: ReadonlyArray<Picture>, classes: ReadonlyArray<number>, options: { readonly least?: number } = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, ReadonlyArray<Heatmap>> =>
  (env) =>
  async () => {
    const width = p.plan.output[0]!
    if (classes.length !== pictures.length || !classes.every((c) => Number.isInteger(c) && c >= 0 && c < width))
      return E.left(
        interpretationError(
          'classes',
          `a class index below ${width} for each of ${pictures.length} images`,
          classes.join(', '),
          'pass e.g. the targets'
        )
      )
    if (pictures.length === 0) return E.right([])
    const decoded = await parallel(env.images.workers, (picture: Picture) => pixelsOf(p, picture)(env))(pictures)()
    const pixels = E.sequenceArray(decoded)
    if (E.isLeft(pixels)) return pixels
    const cam = compileGradCam(env.engine)(p.plan, p.state, options)
    if (E.isLeft(cam)) return cam
    const maps = cam.right.heatmaps(inputOf(p, pixels.right), Int32Array.from(classes))
    cam.right.dispose()
    return pipe(
      maps,
      E.map(({ height, width, values }) =>
        pictures.map((_, i) => ({
          height,
          width,
          values: Array.from(values.subarray(i * height * width, (i + 1) * height * width))
        }))
      )
    )
  }

// -------------------------------------------------------------------------------------
// pictures
// -------------------------------------------------------------------------------------

const nothing: Shown = { image: null, height: 0, width: 0 }

/** Pixels of the original images, or as the network sees them. */
const pixelsIn =
  (file: string, as: Predictor | undefined) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Pixels> =>
    as !== undefined
      ? pixelsOf(as, file)(env)
      : pipe(
          env.files.read(file),
          TE.chainW((bytes) => env.images.decode(file, bytes, { size: O.none, resize: 'crop' }))
        )

const shownOf =
  (file: string | null, as?: Predictor, change: (pixels: Pixels) => Pixels = (pixels) => pixels) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Shown> =>
    file === null
      ? TE.right(nothing)
      : pipe(
          pixelsIn(file, as)(env),
          TE.chain((pixels) => dataUrl(change(pixels))(env))
        )

// -------------------------------------------------------------------------------------
// plots
// -------------------------------------------------------------------------------------

/**
 * Options of `plotTopLosses`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface TopLossesPlotOptions {
  /** Whether to show the largest losses or the smallest; default true. */
  readonly largest?: boolean
  /** Width and height in inches; default [12, 12]. */
  readonly figsize?: readonly [width: number, height: number]
  /** A network whose heat maps for the actual class are overlaid; default: none. */
  readonly heatmap?: Predictor
  /** Minimum number of cells of a heat map; default 16. */
  readonly heatmapThresh?: number
  /** Opacity of the heat map, in [0, 1]; default 0.6. */
  readonly alpha?: number
  /** Default true. */
  readonly showText?: boolean
}

const heated = (
  i: Interpretation,
  top: ReadonlyArray<{ readonly index: number; readonly file: string | null }>,
  predictor: Predictor,
  { heatmapThresh = heatmapThreshold, alpha = 0.6 }: TopLossesPlotOptions
): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, ReadonlyArray<Shown>> => {
  const withFile = top.flatMap(({ index, file }) =>
    file === null ? [] : [{ file, target: i.targets[index] as number }]
  )
  return pipe(
    predictor,
    gradCam(
      withFile.map(({ file }) => file),
      withFile.map(({ target }) => target),
      { least: heatmapThresh }
    ),
    RTE.chainW((maps) =>
      pipe(
        withFile,
        RTE.traverseSeqArrayWithIndex((k, { file }) => shownOf(file, predictor, overlayHeatmap({ alpha })(maps[k]!)))
      )
    ),
    RTE.map((shown) => (shown.length === 0 ? top.map(() => nothing) : shown))
  )
}

/**
 * Plots the `k` largest (or smallest) losses of a classification in a grid, each image titled `predicted/actual / loss
 * / probability of the actual class`, with a heat map if asked for. If the body's last feature map has fewer cells than
 * `heatmapThresh`, an earlier one is used. Other tasks are an `OtherTask` error.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, interpret, openData, plotTopLosses, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 5 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.bindTo('l'),
 *   RTE.bindW('i', ({ l }) => interpret(l)),
 *   RTE.chainW(({ i, l }) => plotTopLosses(5, { heatmap: predictorOf(l), heatmapThresh: 9 })(i)),
 *   RTE.map(({ columns, cells }) => [columns, cells.length])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right([3, 5]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const plotTopLosses =
  (k: number, options: TopLossesPlotOptions = {}) =>
  (i: Interpretation): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, ImageGrid> =>
    pipe(
      RTE.fromEither<GraftError, ReadonlyArray<LossLabel>>(labelledLosses(k, options)(i)),
      RTE.bindTo('labels'),
      RTE.bindW('pictures', ({ labels }) =>
        options.heatmap === undefined
          ? pipe(
              labels,
              RTE.traverseSeqArray(({ file }) => shownOf(file))
            )
          : heated(i, labels, options.heatmap, options)
      ),
      RTE.map(({ labels, pictures }) => topLossesGrid(labels, pictures, options))
    )

/**
 * The misclassified images of a multi-label task, as a plot.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface MultiTopLosses {
  readonly grid: ImageGrid
  /** How many images were misclassified, of how many. */
  readonly message: string
  /** With `saveMisclassified`, every misclassified image, the largest loss first; otherwise empty. */
  readonly misclassified: ReadonlyArray<Misclassified>
}

/**
 * Plots misclassified images of a multi-label task, those whose most probable class is not among their labels: the
 * `samples` (default 3, at most 20) with the largest losses, one per row, with predicted class, actual classes, loss
 * and probability of the predicted class. With `saveMisclassified` (default false) all of them are returned as well.
 * Other tasks are an `OtherTask` error.
 *
 * @example
 * import { interpretation, multiLabel } from 'graft-vision'
 * import { plotMultiTopLosses, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const task = multiLabel(['clear', 'cloudy'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [[1, 0], [0, 1]], losses: [0.1, 0.7] })
 * if (E.isLeft(i)) throw new Error(i.left[0].found)
 * const plot = await withNodeEnv({ engine: 'cpu' })(plotMultiTopLosses(3, { saveMisclassified: true })(i.right))()
 * assert.ok(E.isRight(plot))
 * assert.deepStrictEqual([plot.right.grid.cells.length, plot.right.misclassified[0]?.index], [1, 1])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const plotMultiTopLosses =
  (
    samples = 3,
    {
      figsize = [8, 8],
      saveMisclassified = false
    }: { readonly figsize?: ImageGrid['figsize']; readonly saveMisclassified?: boolean } = {}
  ) =>
  (i: Interpretation): RTE.ReaderTaskEither<HasFiles & HasImages, GraftError, MultiTopLosses> =>
    pipe(
      RTE.fromEither<GraftError, ReadonlyArray<Misclassified>>(misclassified(i)),
      RTE.filterOrElseW(
        () => Number.isInteger(samples) && samples >= 0 && samples <= 20,
        (): GraftError => interpretationError('samples', 'an integer up to 20', String(samples), 'use a smaller number')
      ),
      RTE.bindTo('missed'),
      RTE.bindW('pictures', ({ missed }) =>
        pipe(
          missed.slice(0, samples),
          RTE.traverseSeqArray(({ file }) => shownOf(file))
        )
      ),
      RTE.map(({ missed, pictures }) => {
        const message = `${missed.length} misclassified samples over ${i.targets.length} samples in the validation set.`
        return {
          grid: missedGrid(missed.slice(0, samples), pictures, message, figsize),
          message,
          misclassified: saveMisclassified ? missed : []
        }
      })
    )
