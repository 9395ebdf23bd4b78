/**
 * `learner`: plans a model for data and gives it its first parameters.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type BatchView, type ClassWeights, classWeightsOf, type Stats, statsPerChannel } from '../../data/index.js'
import { freshOptimiser, initialState } from '../../engine/index.js'
import { defaultTraining } from '../../format/index.js'
import { type GraftError, mistakes, mistakesOf } from '../../GraftError.js'
import type { Metric } from '../../interpret/index.js'
import type { Data } from '../../io/index.js'
import { type Model, showModel } from '../../model/index.js'
import { plan, type Plan } from '../../plan/index.js'
import {
  adam,
  adamW,
  emptyHistory,
  type Loss,
  momentumOf,
  type Optimiser,
  withClassWeights
} from '../../recipe/index.js'
import type { Seed } from '../../Seed.js'
import { targetMistakes } from '../loop/finite.js'
import { settingError } from '../LearnError.js'
import { optionShapes } from './optionShapes.js'
import type { FeatureCaching } from './FeatureCaching.js'
import { settingErrors } from './settings.js'
import { type LearnerEnv, loadWeights, statsOfWeights } from '../weights/weights.js'
import { type Callback, type Settings, type Learner, archOf } from './Learner.js'
import { defaultLoss } from './taskDefaults.js'

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
   * Weights of the classes in the loss: numbers, or a rule that computes them from the training images, such as
   * 'balanced'. The learner's loss then contains the numbers. Default: those of the loss.
   */
  readonly classWeights?: ClassWeights
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
  /** Whether the outputs of frozen layers are computed once for every image; default 'auto'. */
  readonly cacheFeatures?: FeatureCaching
}

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
  batchViews: options.batchViews ?? [],
  cacheFeatures: options.cacheFeatures ?? 'auto'
})

/** The settings with the weights of classes in the loss. */
const weighed = ({ classWeights, data }: LearnerOptions, settings: Settings): E.Either<GraftError, Settings> =>
  classWeights === undefined
    ? E.right(settings)
    : pipe(
        classWeightsOf(classWeights)(data.task, data.train.items),
        E.chainW((weights) =>
          E.fromOption(() =>
            settingError(
              'classWeights',
              'a loss with weights of classes',
              settings.loss._tag,
              'use crossEntropy(), labelSmoothing(), focal() or bceWithLogits, or leave them out'
            )
          )(withClassWeights(weights)(settings.loss))
        ),
        E.map((loss) => ({ ...settings, loss }))
      )

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
  const mixed = settings.batchViews.length > 0 && data.train.items.some(({ weight }) => weight !== undefined)
  const wrong = [
    ...settingErrors(settings, data.task),
    ...targetMistakes(data),
    ...(mixed
      ? [
          settingError(
            'batchViews',
            'no view of batches beside weights of images',
            'both',
            'leave out the views or the column of weights: an image that is mixed has no weight of its own'
          )
        ]
      : [])
  ]
  const result = planned(model, data)
  const [first, ...rest] = [...(E.isLeft(result) ? mistakesOf(result.left) : []), ...wrong]
  return first === undefined ? result : E.left(mistakes('the learner', [first, ...rest]))
}

/**
 * A learner with all parameters initialised from the seed, whatever weights the model asks for; the caller loads those.
 */
export const fromSeed = (options: LearnerOptions): E.Either<GraftError, Learner> => {
  const [first, ...rest] = optionShapes(options)
  if (first !== undefined) return E.left(mistakes('the learner', [first, ...rest]))
  const model = policyOf(options)
  const data = dataFor(model, options.data)
  return pipe(
    weighed(options, settingsOf(options)),
    E.bindTo('settings'),
    E.bind('plan', ({ settings }) => checkedPlan(model, data, settings)),
    E.map(({ plan, settings }) => ({
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
