/**
 * Prediction of images with a trained network.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { classesOf, type Pixels, type Points, type Task } from '../../data/index.js'
import { type PointFrame, unframedPoints } from '../../data/pixel/index.js'
import { readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { activate, argMax, type CertaintyKind } from '../../interpret/index.js'
import { type Batch, type HasFiles, type HasImages, parallel } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { finiteOutputs } from '../loop/finite.js'
import { settingError } from '../LearnError.js'
import { certaintiesOfPixels, cooled, temperatureOf } from './certainty.js'
import { frameOf, inputOf, nameOf, type Picture, pixelsOf, type ScaledPicture } from './networkInput.js'
import type { Predictor } from './Predictor.js'
import { type Asking, type Rows, type TtaBlend, ttaOfPixels } from './ttaOfPixels.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A network's prediction for one image.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Prediction {
  readonly image: string
  /**
   * The most probable class; for multi-label, those above the threshold, separated by `;`; for a regression, its
   * numbers; for points, each with its coordinates.
   */
  readonly class: string
  /** Index of the most probable class. */
  readonly index: number
  /** For multi-label, the labels above the threshold; for one class per image, that class; otherwise none. */
  readonly labels: ReadonlyArray<string>
  /** One per class, after the loss's activation; for a regression, its numbers; for points, x and y of each in turn. */
  readonly probabilities: ReadonlyArray<number>
  /** For points, the position of each. */
  readonly points?: ReadonlyArray<NamedPoint>
  /** Why there is no class, of a network that abstains; absent: there is one. */
  readonly abstained?: NoneOfThese
}

/**
 * The answer of a network that abstains: its certainty of an image is below the threshold (`abstain`). `class` is then
 * "none of these" and `labels` is empty; `index` and `probabilities` are those of the network.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface NoneOfThese {
  readonly _tag: 'NoneOfThese'
  readonly by: CertaintyKind
  readonly certainty: number
  readonly threshold: number
}

/**
 * A named point, in pixels of the original image, turned upright as in training; the centre of the first pixel is (0, 0).
 *
 * @category prediction
 * @since 0.1.0
 */
export interface NamedPoint {
  readonly name: string
  readonly x: number
  readonly y: number
}

/**
 * Options of `predictAll`.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface PredictAllOptions {
  /** Batch size. Default 64. */
  readonly bs?: number
  /** For multi-label, the probability from which a label is predicted. Default 0.5. */
  readonly thresh?: number
  /** Test-time augmentation. Default: none. */
  readonly tta?: TtaBlend
}

// -------------------------------------------------------------------------------------
// predicting
// -------------------------------------------------------------------------------------

/** Points from x and y of each in turn. */
export const namedPoints = ({ names }: Points, xy: ReadonlyArray<number>): ReadonlyArray<NamedPoint> =>
  names.map((name, i) => ({ name, x: xy[2 * i]!, y: xy[2 * i + 1]! }))

const showPoint = ({ name, x, y }: NamedPoint): string => `${name} ${x.toFixed(1)}, ${y.toFixed(1)}`

/**
 * The answer for one row of probabilities, of which `index` is the most probable: its text and its labels.
 *
 * @internal
 */
export const answerOf = (
  task: Task,
  probabilities: ReadonlyArray<number>,
  index: number,
  thresh: number
): Pick<Prediction, 'class' | 'labels' | 'points'> => {
  if (task._tag === 'Regression') return { class: probabilities.join(', '), labels: [] }
  if (task._tag === 'Points') {
    const points = namedPoints(task, probabilities)
    return { class: points.map(showPoint).join('; '), labels: [], points }
  }
  const names = classesOf(task)
  const labels =
    task._tag === 'MultiLabel' ? names.filter((_, c) => probabilities[c]! >= thresh) : [names[index] ?? String(index)]
  return { class: labels.join(';'), labels }
}

/** The answer of a network that is too uncertain. */
const noneOfThese = (p: Predictor, certainty: number | undefined): Partial<Prediction> => {
  const abstention = p.calibration?.abstention ?? null
  if (abstention === null || certainty === undefined || certainty >= abstention.threshold) return {}
  const { by, threshold } = abstention
  return { class: 'none of these', labels: [], abstained: { _tag: 'NoneOfThese', by, certainty, threshold } }
}

const predictionOf =
  (p: Predictor, thresh: number) =>
  (image: string, probabilities: ReadonlyArray<number>, certainty?: number): Prediction => {
    const index = argMax(probabilities, 0, probabilities.length)
    const answer = { image, ...answerOf(p.task, probabilities, index, thresh), index, probabilities }
    return { ...answer, ...noneOfThese(p, certainty) }
  }

/** Raw outputs after the activation, one row for each image; of points, in pixels, by the frame of each image. */
const activatedRows = (
  p: Predictor,
  outputs: Float32Array,
  n: number,
  frames: ReadonlyArray<PointFrame> | undefined
): ReadonlyArray<ReadonlyArray<number>> => {
  const width = p.plan.output.reduce((a, b) => a * b, 1)
  const flat = activate(p.activation, width)(cooled(temperatureOf(p).temperature)(outputs))
  const rows = Array.from({ length: n }, (_, i) => flat.subarray(i * width, (i + 1) * width))
  const { task } = p
  return task._tag === 'Points' && frames !== undefined
    ? rows.map((row, i) => unframedPoints(task, frames[i]!)(row))
    : rows.map((row) => [...row])
}

/** Predictions from rows of raw outputs; the network does not abstain. */
export const predictionsOf = (
  p: Predictor,
  outputs: Float32Array,
  { files, frames }: Pick<Batch, 'files' | 'frames'>
): ReadonlyArray<Prediction> =>
  activatedRows(p, outputs, files.length, frames).map((row, i) => predictionOf(p, 0.5)(files[i]!, row))

/** The network is compiled at the first prediction, after the images were decoded. */
const asking =
  (
    p: Predictor,
    { engine }: HasEngine,
    images: ReadonlyArray<string>,
    scaled: ReadonlyArray<ScaledPicture>,
    onOutputs: (pixels: ReadonlyArray<Pixels>, outputs: Float32Array) => void
  ): Asking =>
  (pixels, view) =>
    pipe(
      readyInference(engine)(p.plan, p.state),
      E.chainW((network) => network.predict(inputOf(p, pixels), pixels.length)),
      E.chainW(finiteOutputs(images)),
      E.map((outputs) => {
        onOutputs(pixels, outputs)
        return activatedRows(
          p,
          outputs,
          pixels.length,
          p.task._tag === 'Points' ? scaled.map((picture) => frameOf(p, picture)(view)) : undefined
        )
      })
    )

/** The pixels of a batch without test-time augmentation, and the raw outputs. */
interface Plain {
  readonly pixels: ReadonlyArray<Pixels>
  readonly outputs: Float32Array
}

/** How certain the network is of each image; empty if it does not abstain. */
const certainties = (
  p: Predictor,
  env: HasEngine,
  images: ReadonlyArray<string>,
  probabilities: Rows,
  plain: Plain | undefined
): E.Either<GraftError, ReadonlyArray<number>> => {
  const abstention = p.calibration?.abstention ?? null
  if (abstention === null || plain === undefined) return E.right([])
  const width = plain.outputs.length / images.length
  const outputs = images.map((_, i) => [...plain.outputs.subarray(i * width, (i + 1) * width)])
  return certaintiesOfPixels(p, abstention, env, plain.pixels, { images, outputs, probabilities })
}

/**
 * Predicts images, `bs` (64) at a time, in the given order. With `tta`, predictions are averaged with those of eight
 * zoomed and flipped views of each image; training transforms are not applied, because a saved network does not contain
 * them. For multi-label, labels with a probability of at least `thresh` (0.5) are predicted. A network whose output is
 * an image is a `SettingError`: use `predictImage`, or `segment` for a class per pixel.
 *
 * All images of a batch are decoded first, so an unreadable one is an error before anything is compiled. The engine
 * caches the last four compiled networks, so predicting again with the same predictor or learner compiles nothing.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictAll, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { join } from 'node:path'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.bindTo('data'),
 *   RTE.bindW('l', ({ data }) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(({ data, l }) => predictAll(data.valid.items.map(({ file }) => join(data.root, file)))(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.ok(result.right.length === 3 && result.right.every((p) => ['3', '7'].includes(p.class)))
 *
 * @category prediction
 * @since 0.1.0
 */
export const predictAll =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<PredictEnv, GraftError, ReadonlyArray<Prediction>> =>
    pipe(predictGroups(pictures, options, 'stops')(p), RTE.chainEitherK(E.sequenceArray))

/**
 * `predictAll` that continues after unreadable images: each image has its own prediction or error. A failure that
 * concerns all of them, such as a network that cannot be compiled, is an error of the whole.
 *
 * @example
 * import { squeezenet1_1 } from 'graft-vision'
 * import { archPredictor, predictEach, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RA from 'fp-ts/lib/ReadonlyArray.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const white = { height: 224, width: 224, channels: 3, data: new Uint8Array(224 * 224 * 3).fill(255) }
 * const program = pipe(archPredictor(squeezenet1_1), RTE.chainW(predictEach([new Uint8Array(9), white], { bs: 2 })))
 * const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right.map(E.isRight), [false, true])
 *
 * @category prediction
 * @since 0.1.0
 */
export const predictEach =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<PredictEnv, GraftError, ReadonlyArray<E.Either<GraftError, Prediction>>> =>
    predictGroups(pictures, options, 'is left out')(p)

type PredictEnv = HasEngine & HasFiles & HasImages

/**
 * Predicts one batch at a time. An unreadable image either ends everything before its batch is predicted, or is left
 * out.
 */
const predictGroups =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions, unreadable: 'stops' | 'is left out') =>
  (p: Predictor) =>
  (env: PredictEnv) =>
  async (): Promise<E.Either<GraftError, ReadonlyArray<E.Either<GraftError, Prediction>>>> => {
    const { tta, bs = 64, thresh = 0.5 } = options
    if (p.task._tag === 'ImageRegression' || p.task._tag === 'Segmentation') {
      const instead = p.task._tag === 'Segmentation' ? 'use segment' : 'use predictImage'
      return E.left(settingError('predict', 'a network that predicts classes or numbers', p.task._tag, instead))
    }
    const sides = p.plan.input.slice(1) as unknown as readonly [number, number]
    const way =
      tta === undefined ? E.right((ask: Asking) => ask) : ttaOfPixels(tta, { sides, resize: p.resize }, p.task)
    if (E.isLeft(way)) return way
    const decode = parallel(env.images.workers, (picture: Picture) =>
      pixelsOf(p, picture, { cut: tta === undefined })(env)
    )
    const predictionFor = predictionOf(p, thresh)
    const found: Array<E.Either<GraftError, Prediction>> = []
    for (const group of RA.chunksOf(bs)(pictures)) {
      const decoded = await decode(group)()
      const broken = decoded.find(E.isLeft)
      if (broken !== undefined && unreadable === 'stops') return broken
      const pixels = RA.rights(decoded)
      const names = group.filter((_, i) => E.isRight(decoded[i]!)).map(nameOf)
      // the first view is the plain one
      const seen: Array<Plain> = []
      const ask = asking(p, env, names, pixels, (looked, outputs) => seen.push({ pixels: looked, outputs }))
      const rows = pixels.length === 0 ? E.right([]) : way.right(ask)(pixels, [])
      if (E.isLeft(rows)) return rows
      const certain = certainties(p, env, names, rows.right, seen[0])
      if (E.isLeft(certain)) return certain
      const next = rows.right.entries()
      found.push(
        ...decoded
          .map(E.map(() => next.next().value as [number, ReadonlyArray<number>]))
          .map((one, i) =>
            E.map(([k, row]: [number, ReadonlyArray<number>]) =>
              predictionFor(nameOf(group[i]!), row, certain.right[k])
            )(one)
          )
      )
    }
    return E.right(found)
  }

/**
 * Predicts one image: its class, the index of the class, and every class's probability. For multi-label, the labels
 * with a probability of at least `thresh` (0.5). For points, the position of each in pixels of the original image.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predict, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => predict(blank)(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.ok(Math.abs(result.right.probabilities.reduce((a, b) => a + b) - 1) < 1e-6)
 *
 * @category prediction
 * @since 0.1.0
 */
export const predict =
  (picture: Picture, options: { readonly thresh?: number } = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Prediction> =>
    pipe(
      predictAll([picture], options)(p),
      RTE.map(([first]) => first!)
    )
