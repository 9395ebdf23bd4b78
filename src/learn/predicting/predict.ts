/**
 * Predicting: what a trained network says of pictures.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { classesOf, type Task } from '../../data/index.js'
import { readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { activate, argMax } from '../../interpret/index.js'
import { type HasFiles, type HasImages, parallel } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { finiteOutputs } from '../loop/finite.js'
import { settingError } from '../LearnError.js'
import { inputOf, nameOf, type Picture, pixelsOf } from './networkInput.js'
import type { Predictor } from './Predictor.js'
import { type Asking, type TtaBlend, ttaOfPixels } from './ttaOfPixels.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * What a network says of one picture.
 *
 * @since 0.1.0
 */
export interface Prediction {
  readonly image: string
  /** The most probable class; of many labels, those above the threshold, between `;`; of a regression, its numbers. */
  readonly class: string
  /** Of the most probable class. */
  readonly index: number
  /** The labels above the threshold; of one class an image, that class; of a regression, none. */
  readonly labels: ReadonlyArray<string>
  /** One per class, after the loss's activation; of a regression, its numbers. */
  readonly probabilities: ReadonlyArray<number>
}

/**
 * Options of `predictAll`.
 *
 * @since 0.1.0
 */
export interface PredictAllOptions {
  /** Pictures in a batch. Default 64. */
  readonly bs?: number
  /** From which probability on a label is predicted, where an image has many. Default 0.5. */
  readonly thresh?: number
  /** Blend with the predictions of zoomed and flipped views. Default: no. */
  readonly tta?: TtaBlend
}

// -------------------------------------------------------------------------------------
// predicting
// -------------------------------------------------------------------------------------

const said = (
  task: Task,
  probabilities: ReadonlyArray<number>,
  index: number,
  thresh: number
): Pick<Prediction, 'class' | 'labels'> => {
  if (task._tag === 'Regression') return { class: probabilities.join(', '), labels: [] }
  const names = classesOf(task)
  const labels =
    task._tag === 'MultiLabel' ? names.filter((_, c) => probabilities[c]! >= thresh) : [names[index] ?? String(index)]
  return { class: labels.join(';'), labels }
}

const predictionOf =
  (p: Predictor, thresh: number) =>
  (image: string, probabilities: ReadonlyArray<number>): Prediction => {
    const index = argMax(probabilities, 0, probabilities.length)
    return { image, ...said(p.task, probabilities, index, thresh), index, probabilities }
  }

/** Raw outputs of `n` pictures, activated, a row each. */
const activatedRows = (p: Predictor, outputs: Float32Array, n: number): ReadonlyArray<ReadonlyArray<number>> => {
  const width = p.plan.output.reduce((a, b) => a * b, 1)
  const flat = activate(p.activation, width)(outputs)
  return Array.from({ length: n }, (_, i) => [...flat.subarray(i * width, (i + 1) * width)])
}

/** Rows of raw outputs as predictions. */
export const predictionsOf = (
  p: Predictor,
  outputs: Float32Array,
  images: ReadonlyArray<string>,
  thresh = 0.5
): ReadonlyArray<Prediction> =>
  activatedRows(p, outputs, images.length).map((row, i) => predictionOf(p, thresh)(images[i]!, row))

/** The network is compiled when it is first asked, after the pictures were decoded. */
const asking =
  (p: Predictor, { engine }: HasEngine, images: ReadonlyArray<string>): Asking =>
  (pixels) =>
    pipe(
      readyInference(engine)(p.plan, p.state),
      E.chainW((network) => network.predict(inputOf(p, pixels), pixels.length)),
      E.chainW(finiteOutputs(images)),
      E.map((outputs) => activatedRows(p, outputs, pixels.length))
    )

/**
 * Predicts pictures, `bs` (64) at a time, in the order given; with `tta` blended with the predictions of eight zoomed
 * and flipped views of each, without the transforms of training, which a saved network does not know. Of many labels,
 * those are predicted whose probability is `thresh` (0.5) or more. A network that makes a picture of one is a
 * `SettingError`: use `predictImage`, or `segment` for a class of each pixel.
 *
 * Pictures are decoded first: one that can't be is an error before anything is compiled. The engine keeps the last four
 * networks compiled, so later predictions of the same predictor, or of the same learner's, compile nothing.
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
 * @since 0.1.0
 */
export const predictAll =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<PredictEnv, GraftError, ReadonlyArray<Prediction>> =>
    pipe(predictGroups(pictures, options, 'stops')(p), RTE.chainEitherK(E.sequenceArray))

/**
 * `predictAll` that goes on past pictures that can't be read: each has its own prediction, or its own error. What fails
 * for all of them, a network that cannot be compiled for instance, is an error of the whole.
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
 * @since 0.1.0
 */
export const predictEach =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<PredictEnv, GraftError, ReadonlyArray<E.Either<GraftError, Prediction>>> =>
    predictGroups(pictures, options, 'is left out')(p)

type PredictEnv = HasEngine & HasFiles & HasImages

/** A group at a time. A picture that can't be read ends it all, before its group is predicted, or is left out of it. */
const predictGroups =
  (pictures: ReadonlyArray<Picture>, options: PredictAllOptions, unreadable: 'stops' | 'is left out') =>
  (p: Predictor) =>
  (env: PredictEnv) =>
  async (): Promise<E.Either<GraftError, ReadonlyArray<E.Either<GraftError, Prediction>>>> => {
    const { tta, bs = 64, thresh = 0.5 } = options
    if (p.task._tag === 'ImageRegression' || p.task._tag === 'Segmentation') {
      const instead = p.task._tag === 'Segmentation' ? 'use segment' : 'use predictImage'
      return E.left(settingError('predict', 'a network that says something of a picture', p.task._tag, instead))
    }
    const sides = p.plan.input.slice(1) as unknown as readonly [number, number]
    const way =
      tta === undefined ? E.right((ask: Asking) => ask) : ttaOfPixels(tta, { sides, resize: p.resize }, p.task)
    if (E.isLeft(way)) return way
    const decode = parallel(env.images.workers, (picture: Picture) =>
      pixelsOf(p, picture, { cut: tta === undefined })(env)
    )
    const predictionFor = (name: string) => (row: ReadonlyArray<number>) => predictionOf(p, thresh)(name, row)
    const found: Array<E.Either<GraftError, Prediction>> = []
    for (const group of RA.chunksOf(bs)(pictures)) {
      const decoded = await decode(group)()
      const broken = decoded.find(E.isLeft)
      if (broken !== undefined && unreadable === 'stops') return broken
      const pixels = RA.rights(decoded)
      const ask = way.right(asking(p, env, group.filter((_, i) => E.isRight(decoded[i]!)).map(nameOf)))
      const rows = pixels.length === 0 ? E.right([]) : ask(pixels)
      if (E.isLeft(rows)) return rows
      const next = rows.right.values()
      found.push(
        ...decoded
          .map(E.map(() => next.next().value as ReadonlyArray<number>))
          .map((row, i) => E.map(predictionFor(nameOf(group[i]!)))(row))
      )
    }
    return E.right(found)
  }

/**
 * Predicts one picture: its class, the class's index, and every class's probability; of many labels, those whose
 * probability is `thresh` (0.5) or more.
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
 * @since 0.1.0
 */
export const predict =
  (picture: Picture, options: { readonly thresh?: number } = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Prediction> =>
    pipe(
      predictAll([picture], options)(p),
      RTE.map(([first]) => first!)
    )
