/**
 * `Learner`: data, a planned model and its current parameters, as one immutable value. Training takes a learner and
 * returns another. Tensors exist only during training, so a program may be run twice.
 *
 * @category learners
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { Task as AsTask } from 'fp-ts/lib/Task.js'
import { type BatchView, foldTask, type Stats, statsPerChannel, type Task } from '../../data/index.js'
import { freshOptimiser, initialState, type OptimiserState, type StateDict } from '../../engine/index.js'
import { defaultTraining } from '../../format/index.js'
import { type GraftError, mistakes, mistakesOf } from '../../GraftError.js'
import {
  accuracy,
  accuracyThresh,
  fbeta,
  foregroundAccuracy,
  meanIou,
  meanSquaredError,
  type Metric,
  rootMeanSquaredError
} from '../../interpret/index.js'
import type { Data } from '../../io/index.js'
import { type Arch, type Model, showModel } from '../../model/index.js'
import { plan, type Plan } from '../../plan/index.js'
import {
  adam,
  adamW,
  bceWithLogits,
  crossEntropy,
  emptyHistory,
  type Event,
  type History,
  type Loss,
  momentumOf,
  type Verdict,
  mse,
  type Optimiser
} from '../../recipe/index.js'
import type { Seed } from '../../Seed.js'
import { targetMistakes } from '../loop/finite.js'
import { settingErrors } from './settings.js'
import { type LearnerEnv, loadWeights, statsOfWeights } from '../weights/weights.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * Settings of training: the arguments of fastai's `Learner`.
 *
 * @category learners
 * @since 0.1.0
 */
export interface Settings {
  readonly loss: Loss
  readonly opt: Optimiser
  readonly metrics: ReadonlyArray<Metric>
  readonly wd: number
  /** Whether biases and batch-norm parameters are decayed too. */
  readonly bnWd: boolean
  /** Whether weight decay is decoupled from the gradient. */
  readonly trueWd: boolean
  /** Maximum global norm of the gradients; null: no clipping. */
  readonly clip: number | null
  readonly seed: Seed
  /** The folder that contains `modelDir`. */
  readonly path: string
  /** Folder of the files of `save` and `load`. */
  readonly modelDir: string
  readonly callbacks: ReadonlyArray<Callback>
  /** Views applied to training batches, in order. */
  readonly batchViews: ReadonlyArray<BatchView>
}

/** The part of a learner that training changes. */
export interface Progress {
  readonly state: StateDict
  readonly optimiser: OptimiserState
  /** Momentum (β1) left in the optimiser. */
  readonly mom: number
  /** Total number of training steps; part of the seeds of dropout masks. */
  readonly steps: number
  /** Total number of epochs begun; part of the seed of the data's order. */
  readonly epochs: number
  readonly history: History
}

export interface Learner extends Progress {
  readonly _tag: 'Learner'
  readonly data: Data
  readonly model: Model
  readonly plan: Plan
  readonly settings: Settings
}

/**
 * The learner at this point of training; its parameters are read from the engine when this is called.
 *
 * @category training
 * @since 0.1.0
 */
export type LearnerNow = IO<E.Either<GraftError, Learner>>

/**
 * A handler that may be asynchronous (training waits for it) and may read the current learner, for example to predict
 * some images after each epoch. A `Handler` does neither.
 *
 * @category training
 * @since 0.1.0
 */
export type Callback = (event: Event, now: LearnerNow) => IO<Verdict> | AsTask<Verdict>

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * Options of `learner`; all but `data` and `model` have a default.
 *
 * @category learners
 * @since 0.1.0
 */
export interface LearnerOptions {
  readonly data: Data
  readonly model: Model
  /** Default none. */
  readonly metrics?: ReadonlyArray<Metric>
  /** Default by task: cross entropy, binary cross entropy on logits, or mean squared error. */
  readonly loss?: Loss
  /**
   * Default: `adamW()`, Adam with betas (0.9, 0.99) and decoupled weight decay; with `trueWd: false`, Adam with the
   * same betas and L2 decay.
   */
  readonly opt?: Optimiser
  /** Default 0.01. */
  readonly wd?: number
  /** Default true. */
  readonly bnWd?: boolean
  /** Default true. */
  readonly trueWd?: boolean
  /** Default: as the model says; false means `batchNormUnderFreeze('statisticsOnly')`. */
  readonly trainBn?: boolean
  /** Default: none. */
  readonly clip?: number
  /** Default 42. */
  readonly seed?: Seed
  /** Default '.'. */
  readonly path?: string
  /** Default 'models'. */
  readonly modelDir?: string
  /** Handlers of this learner, in addition to the environment's. */
  readonly callbacks?: ReadonlyArray<Callback>
  /** Views applied to training batches, e.g. `[mixup()]`; default: none. */
  readonly batchViews?: ReadonlyArray<BatchView>
}

/**
 * fastai's default loss of a task: cross entropy for classes of images or of pixels; binary cross entropy on logits for
 * multi-label; mean squared error for regression, of numbers or images.
 *
 * @example
 * import { classification, multiLabel, regression } from 'graft-vision'
 * import { defaultLoss } from 'graft-vision/node'
 *
 * const losses = [classification(['a', 'b']), multiLabel(['a', 'b']), regression(1)].map(defaultLoss)
 * assert.deepStrictEqual(losses.map(({ _tag }) => _tag), ['CrossEntropy', 'BceWithLogits', 'Mse'])
 *
 * @category learners
 * @since 0.1.0
 */
export const defaultLoss: (task: Task) => Loss = foldTask<Loss>({
  classification: () => crossEntropy(),
  multiLabel: () => bceWithLogits,
  regression: () => mse,
  segmentation: () => crossEntropy(),
  imageRegression: () => mse
})

/**
 * The default metrics of a task. Classification: accuracy. Segmentation: accuracy of the pixels that are not ignored,
 * and mean IoU. Multi-label: accuracy and F2 above a threshold. Regression: root mean squared error of numbers, mean
 * squared error of images.
 *
 * @example
 * import { classification, multiLabel, regression } from 'graft-vision'
 * import { defaultMetrics } from 'graft-vision/node'
 *
 * const names = [classification(['a', 'b']), multiLabel(['a', 'b']), regression(1)].map((task) => defaultMetrics(task)[0]?.name)
 * assert.deepStrictEqual(names, ['accuracy', 'accuracy_thresh', 'root_mean_squared_error'])
 *
 * @category learners
 * @since 0.1.0
 */
export const defaultMetrics: (task: Task) => ReadonlyArray<Metric> = foldTask<ReadonlyArray<Metric>>({
  classification: () => [accuracy],
  multiLabel: () => [accuracyThresh(), fbeta()],
  regression: () => [rootMeanSquaredError()],
  // ignored pixels have a negative target
  segmentation: (codes) => [foregroundAccuracy(-1), meanIou(codes)],
  imageRegression: () => [meanSquaredError]
})

const settingsOf = (options: LearnerOptions): Settings => ({
  loss: options.loss ?? defaultLoss(options.data.task),
  // AdamW's decay is decoupled whatever `trueWd` says, so without `trueWd` the default is Adam, as in fastai
  opt: options.opt ?? (options.trueWd === false ? adam({ betas: [0.9, 0.99] }) : adamW()),
  metrics: options.metrics ?? [],
  wd: options.wd ?? defaultTraining.wd,
  bnWd: options.bnWd ?? defaultTraining.bnWd,
  trueWd: options.trueWd ?? defaultTraining.trueWd,
  clip: options.clip ?? defaultTraining.clip,
  seed: options.seed ?? defaultTraining.seed,
  path: options.path ?? '.',
  modelDir: options.modelDir ?? 'models',
  callbacks: options.callbacks ?? [],
  batchViews: options.batchViews ?? []
})

const policyOf = (options: LearnerOptions): Model =>
  options.trainBn === undefined
    ? options.model
    : { ...options.model, batchNorm: options.trainBn ? 'trains' : 'statisticsOnly' }

export const planned = (model: Model, data: Data): E.Either<GraftError, Plan> =>
  pipe(
    plan({ input: data.shape, task: data.task })(model),
    E.mapLeft((errors) => mistakes(showModel.show(model), errors))
  )

/** Normalises data as the weights expect, unless its description says how. */
export const normalisedBy =
  ({ mean, std }: Stats) =>
  (data: Data): Data =>
    data.spec.normalise._tag === 'ForWeights' ? { ...data, stats: statsPerChannel(3)({ mean, std }) } : data

/** The data normalised as the model's weights expect, unless its description says how. */
const dataFor = (model: Model, data: Data): Data => {
  const stats = statsOfWeights(model)
  return stats === null ? data : normalisedBy(stats)(data)
}

/** The plan, or every mistake in the model and the settings. */
const checkedPlan = (model: Model, data: Data, settings: Settings): E.Either<GraftError, Plan> => {
  const wrong = [...settingErrors(settings, data.task), ...targetMistakes(data)]
  const result = planned(model, data)
  const [first, ...rest] = [...(E.isLeft(result) ? mistakesOf(result.left) : []), ...wrong]
  return first === undefined ? result : E.left(mistakes('the learner', [first, ...rest]))
}

/**
 * A learner with all parameters initialised from the seed, whatever weights the model asks for; the caller loads those.
 */
export const fromSeed = (options: LearnerOptions): E.Either<GraftError, Learner> => {
  const settings = settingsOf(options)
  const model = policyOf(options)
  const data = dataFor(model, options.data)
  return pipe(
    checkedPlan(model, data, settings),
    E.map((plan) => ({
      _tag: 'Learner',
      data,
      model,
      plan,
      settings,
      state: initialState(plan, settings.seed),
      optimiser: freshOptimiser,
      mom: momentumOf(settings.opt),
      steps: 0,
      epochs: 0,
      history: emptyHistory
    }))
  )
}

/**
 * Makes a learner: plans the model for the data, loads the weights that it asks for, and initialises the other
 * parameters from the seed. All mistakes in the model are reported at once. Data whose description does not say how to
 * normalise is normalised as the weights expect.
 *
 * @example
 * import { accuracy, cut, digits, head, squeezenet1_1, withHead } from 'graft-vision'
 * import { learner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const model = pipe(squeezenet1_1, cut, withHead(head({ linFtrs: [] })))
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => learner({ data, model, metrics: [accuracy] }))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual([result.right.steps, result.right.settings.wd], [0, 0.01])
 *
 * @category learners
 * @since 0.1.0
 */
export const learner = (options: LearnerOptions): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> =>
  pipe(
    RTE.fromEither(fromSeed(options)),
    RTE.chain((l) =>
      pipe(
        loadWeights(l.plan, archOf(l)),
        RTE.map(({ state, notes, stats }) => ({
          ...l,
          data: stats === null ? l.data : normalisedBy(stats)(l.data),
          plan: { ...l.plan, warnings: [...l.plan.warnings, ...notes] },
          state: new Map([...l.state, ...state])
        }))
      )
    )
  )

/**
 * Changes the freeze of a learner: the model is planned again and the optimiser is reset, as in fastai; parameters
 * stay. A group that does not exist is a `FreezeError`.
 *
 * @example
 * import { digits, freezeToGroup, squeezenet1_1 } from 'graft-vision'
 * import { refreeze } from '../index.js'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, bnFinal: true })),
 *   RTE.chainEitherKW(refreeze(freezeToGroup(-1)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * const trained = result.right.plan.parameters.filter((p) => p.trainable).map((p) => p.path)
 * assert.ok(trained.length > 0 && trained.every((path) => path.startsWith('head.')))
 *
 * @since 0.1.0
 */
export const refreeze =
  (freeze: Model['freeze']) =>
  (l: Learner): E.Either<GraftError, Learner> => {
    const model: Model = { ...l.model, freeze }
    return pipe(
      planned(model, l.data),
      // warnings were given when the learner was made; the parameters may have been trained since
      E.map((p) => ({
        ...l,
        model,
        plan: { ...p, warnings: [] },
        optimiser: freshOptimiser,
        mom: momentumOf(l.settings.opt)
      }))
    )
  }

/**
 * A copy of the parameter or buffer at a path, in torch's layout.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, parameterAt, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map(parameterAt('body.features.0.weight'))
 * )
 * const weight = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(weight) && O.isSome(weight.right))
 * assert.strictEqual(weight.right.value.length, 64 * 3 * 3 * 3)
 *
 * @category learners
 * @since 0.1.0
 */
export const parameterAt =
  (path: string) =>
  (l: Learner): O.Option<Float32Array> =>
    pipe(
      O.fromNullable(l.state.get(path)),
      O.map((values) => values.slice())
    )

/**
 * The architecture of a learner.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { archOf } from '../index.js'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map((l) => archOf(l).name)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right('squeezenet1_1'))
 *
 * @since 0.1.0
 */
export const archOf = (l: Learner): Arch => l.model.body.arch
