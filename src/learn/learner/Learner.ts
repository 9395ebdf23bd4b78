/**
 * `Learner`: data, a planned model and its current parameters, as one immutable value. Training takes a learner and
 * returns another. Tensors exist only during training, so a program may be run twice.
 *
 * @category learners
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import type { BatchView } from '../../data/index.js'
import type { OptimiserState, StateDict } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Calibration, Metric } from '../../interpret/index.js'
import type { Data } from '../../io/index.js'
import type { Arch, Model } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import type { Event, History, Loss, Verdict, Optimiser } from '../../recipe/index.js'
import type { Seed } from '../../Seed.js'
import type { FeatureCaching } from './FeatureCaching.js'

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
  readonly cacheFeatures: FeatureCaching
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
  /** What was fitted to these parameters by `calibrate`; ignored after further training. */
  readonly calibrated?: { readonly calibration: Calibration; readonly state: StateDict }
}

/** What was fitted to the current parameters. */
export const calibrationOf = ({ calibrated, state }: Learner): { readonly calibration?: Calibration } =>
  calibrated?.state === state ? { calibration: calibrated.calibration } : {}

/**
 * The learner at this point of training; its parameters are read from the engine when this is called.
 *
 * @category training
 * @since 0.1.0
 */
export type LearnerNow = IO<E.Either<GraftError, Learner>>

type Answer = Verdict | E.Either<GraftError, Verdict>

/**
 * A handler that may be asynchronous (training waits for it), may read the current learner, for example to predict some
 * images after each epoch, and may fail: training then ends with its error. A `Handler` does none of this.
 * It returns an `IO`, a `Task` or a `TaskEither` of a verdict.
 *
 * @category training
 * @since 0.1.0
 */
export type Callback = (event: Event, now: LearnerNow) => IO<Answer | Promise<Answer>>

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
