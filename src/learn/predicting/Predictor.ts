/**
 * `Predictor`: a trained network without its training data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Decoding, decodingOf, type Resize, resizeOf, type Size, type Stats, type Task } from '../../data/index.js'
import type { StateDict } from '../../engine/index.js'
import { modelOf, type ResolvedModel } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Calibration } from '../../interpret/index.js'
import type { HasFiles } from '../../io/index.js'
import { plan, type Plan } from '../../plan/index.js'
import { activationOf, type OutputActivation } from '../../recipe/index.js'
import { readSaved } from '../saved/readSaved.js'
import { mistakesIn } from '../inFile.js'
import { calibrationOf, type Learner } from '../learner/Learner.js'
import { modelTensors, stateOf } from '../saved/restore.js'

/**
 * A network that can predict: its plan, its parameters, and the preprocessing of images.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Predictor {
  readonly plan: Plan
  readonly state: StateDict
  readonly task: Task
  readonly stats: Stats
  readonly resize: Resize
  readonly decoding: Decoding
  readonly activation: OutputActivation
  /** A fitted temperature, and when to answer "none of these" (`calibrate`); absent: neither. */
  readonly calibration?: Calibration
}

/**
 * What computes the features of images: a network and the preprocessing of images. Every `Predictor` is one.
 *
 * @category prediction
 * @since 0.1.0
 */
export type Embedder = Pick<Predictor, 'plan' | 'state' | 'stats' | 'resize' | 'decoding'>

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
        decoding: resolved.preprocessing.decoding,
        activation: resolved.loss.activation,
        ...(resolved.calibration === undefined ? {} : { calibration: resolved.calibration })
      }))(numbers(p))
    )
  )

/**
 * The current network of a learner, with the preprocessing of its training data.
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
 * @category prediction
 * @since 0.1.0
 */
export const predictorOf = (l: Learner): Predictor => ({
  plan: l.plan,
  state: l.state,
  task: l.data.task,
  stats: l.data.stats,
  resize: resizeOf(l.data.spec),
  decoding: decodingOf(l.data.spec),
  activation: activationOf(l.settings.loss),
  ...calibrationOf(l)
})

/**
 * Loads a saved network from its file alone. A file that graft did not save is an error that says what is missing.
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
 * @category prediction
 * @since 0.1.0
 */
export const loadPredictor = (file: string): RTE.ReaderTaskEither<HasFiles, GraftError, Predictor> =>
  pipe(
    readSaved(file),
    RTE.chainEitherKW((saved) =>
      predictorFrom(file, saved.model, (p) => stateOf(file, [...p.parameters, ...p.buffers], modelTensors(saved)))
    )
  )
