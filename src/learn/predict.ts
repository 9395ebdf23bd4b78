/**
 * Predicting: a trained network without its training data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  classesOf,
  dataError,
  normaliseInto,
  type Pixels,
  type Resize,
  resizeOf,
  type Size,
  type Stats,
  type Task
} from '../data/index.js'
import { compileInference, type Inference, type StateDict } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import { activate, argMax } from '../interpret/index.js'
import type { HasFiles, HasImages } from '../io/index.js'
import { parallel } from '../io/index.js'
import { showShape, sizeOf } from '../model/index.js'
import { plan, type Plan } from '../plan/index.js'
import { activationOf, type OutputActivation } from '../recipe/index.js'
import { modelOf, type ResolvedModel } from '../format/index.js'
import { readSaved } from './checkpoint.js'
import { stateOf } from './restore.js'
import type { HasEngine } from './Env.js'
import { mistakesIn } from './inFile.js'
import { settingError } from './LearnError.js'
import type { Learner } from './Learner.js'
import { type Asking, type TtaBlend, ttaOfPixels } from './ttaOfPixels.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A network that can predict: its plan, its numbers, and how pictures are prepared for it.
 *
 * @since 0.1.0
 */
export interface Predictor {
  readonly plan: Plan
  readonly state: StateDict
  readonly task: Task
  readonly stats: Stats
  readonly resize: Resize
  readonly activation: OutputActivation
}

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
 * A picture: a file, its bytes, or its pixels; files and bytes are brought to the network's height and width, pixels
 * must have them, and three channels, already.
 *
 * @since 0.1.0
 */
export type Picture = string | Uint8Array | Pixels

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

const pairOf = (size: Size): readonly [number, number] => (typeof size === 'number' ? [size, size] : size)

const plainStats: Stats = { mean: [0, 0, 0], std: [1, 1, 1] }

const predictorFrom = (
  what: string,
  resolved: ResolvedModel,
  numbers: (plan: Plan) => E.Either<GraftError, StateDict>
): E.Either<GraftError, Predictor> =>
  pipe(
    plan({ input: [resolved.input.channels, ...pairOf(resolved.preprocessing.size)], task: resolved.task })(
      modelOf(resolved)
    ),
    E.mapLeft((errors) => mistakesIn(what, errors)),
    E.chain((p) =>
      E.map((state: StateDict) => ({
        plan: p,
        state,
        task: resolved.task,
        stats: resolved.preprocessing.stats ?? plainStats,
        resize: resolved.preprocessing.resize,
        activation: resolved.loss.activation
      }))(numbers(p))
    )
  )

/**
 * A learner's network as it is now, its pictures prepared as those it was trained on.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map(predictorOf)
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.strictEqual(result.right.activation, 'softmax')
 *
 * @since 0.1.0
 */
export const predictorOf = (l: Learner): Predictor => ({
  plan: l.plan,
  state: l.state,
  task: l.data.task,
  stats: l.data.stats,
  resize: resizeOf(l.data.spec),
  activation: activationOf(l.settings.loss)
})

/**
 * A saved network, from its file alone. A file that graft did not save is an error that says what it lacks.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, loadPredictor, openData, withNodeEnv, writeSaved } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => writeSaved('to-load.safetensors', l, null)),
 *   RTE.chainW(() => loadPredictor('to-load.safetensors')),
 *   RTE.map(({ plan, task }) => [plan.name, task._tag])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(['squeezenet1_1', 'Classification']))
 *
 * @since 0.1.0
 */
export const loadPredictor = (file: string): RTE.ReaderTaskEither<HasFiles, GraftError, Predictor> =>
  pipe(
    readSaved(file),
    RTE.chainEitherKW(({ model, tensors }) =>
      predictorFrom(file, model, (p) => stateOf(file, [...p.parameters, ...p.buffers], tensors))
    )
  )

// -------------------------------------------------------------------------------------
// predicting
// -------------------------------------------------------------------------------------

export const nameOf = (picture: Picture): string => (typeof picture === 'string' ? picture : 'image')

const fittingPixels = (pixels: Pixels, input: readonly [number, number, number]): TE.TaskEither<GraftError, Pixels> => {
  const found = [pixels.channels, pixels.height, pixels.width]
  return showShape(found) === showShape(input) && pixels.data.length === sizeOf(input)
    ? TE.right(pixels)
    : TE.left(
        dataError.mixedSizes(
          'image',
          `pixels of ${showShape(input)}`,
          `${showShape(found)} with ${pixels.data.length} samples`,
          'resize them, or give the file or its bytes'
        )
      )
}

/** A picture as a network sees it, not yet normalised; `cut: false`: scaled alone. */
export const pixelsOf =
  (p: Predictor, picture: Picture, { cut = true }: { readonly cut?: boolean } = {}) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Pixels> => {
    const [channels, height, width] = p.plan.input as readonly [number, number, number]
    if (channels !== 3)
      return TE.left(
        settingError('predict', 'a network of 3 input channels', `${channels}`, 'pictures are red, green and blue')
      )
    if (typeof picture === 'object' && 'channels' in picture) return fittingPixels(picture, [channels, height, width])
    const bytes = typeof picture === 'string' ? env.files.read(picture) : TE.right(picture)
    return pipe(
      bytes as TE.TaskEither<GraftError, Uint8Array>,
      TE.chainW((content) =>
        env.images.decode(nameOf(picture), content, { size: O.some([height, width]), resize: p.resize, cut })
      )
    )
  }

/** Pictures side by side, normalised. */
export const inputOf = (p: Predictor, pixels: ReadonlyArray<Pixels>): Float32Array => {
  const size = p.plan.input.reduce((a, b) => a * b, 1)
  const x = new Float32Array(pixels.length * size)
  const into = normaliseInto(p.stats)
  pixels.forEach((image, i) => into(x, i * size, image.data))
  return x
}

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

const asking =
  (p: Predictor, program: Inference): Asking =>
  (pixels) =>
    E.map((outputs: Float32Array) => activatedRows(p, outputs, pixels.length))(
      program.predict(inputOf(p, pixels), pixels.length)
    )

/** Loads a predictor's numbers into an engine. */
export const programOf = (p: Predictor, env: HasEngine): E.Either<GraftError, Inference> =>
  compileInference(env.engine)(p.plan, p.state)

/**
 * Predicts pictures, `bs` (64) at a time, in the order given; with `tta` blended with the predictions of eight zoomed
 * and flipped views of each, without the transforms of training, which a saved network does not know. Of many labels,
 * those are predicted whose probability is `thresh` (0.5) or more. A network that makes a picture of one is a
 * `SettingError`: use `predictImage`, or `segment` for a class of each pixel.
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
  (
    pictures: ReadonlyArray<Picture>,
    options: {
      readonly bs?: number
      readonly thresh?: number
      readonly tta?: TtaBlend
    } = {}
  ) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, ReadonlyArray<Prediction>> =>
  (env) =>
  async () => {
    const { tta } = options
    if (p.task._tag === 'ImageRegression' || p.task._tag === 'Segmentation') {
      const instead = p.task._tag === 'Segmentation' ? 'use segment' : 'use predictImage'
      return E.left(settingError('predict', 'a network that says something of a picture', p.task._tag, instead))
    }
    const sides = p.plan.input.slice(1) as unknown as readonly [number, number]
    const way =
      tta === undefined ? E.right((ask: Asking) => ask) : ttaOfPixels(tta, { sides, resize: p.resize }, p.task)
    if (E.isLeft(way)) return way
    const program = programOf(p, env)
    if (E.isLeft(program)) return program
    const ask = way.right(asking(p, program.right))
    try {
      const found: Array<Prediction> = []
      for (const group of RA.chunksOf(options.bs ?? 64)(pictures)) {
        const decode = parallel(env.images.workers, (picture: Picture) =>
          pixelsOf(p, picture, { cut: tta === undefined })(env)
        )
        const pixels = E.sequenceArray(await decode(group)())
        if (E.isLeft(pixels)) return pixels
        const rows = ask(pixels.right)
        if (E.isLeft(rows)) return rows
        found.push(...rows.right.map((row, i) => predictionOf(p, options.thresh ?? 0.5)(nameOf(group[i]!), row)))
      }
      return E.right(found)
    } finally {
      program.right.dispose()
    }
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
