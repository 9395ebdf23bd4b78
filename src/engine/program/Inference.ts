/**
 * `Inference`: what an engine executes of a plan without training it: predictions and losses. It holds a network's
 * parameters and buffers, and no optimiser.
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Plan } from '../../plan/index.js'
import type { Loss } from '../../recipe/index.js'
import type { Engine } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import { attempt } from './attempt.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { forward } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import type { StateDict } from './StateDict.js'
import { fitting, read, readOnce, uploadAll, type Values } from './tensors.js'

/**
 * Raw outputs and losses of one batch.
 *
 * @since 0.1.0
 */
export interface Evaluation {
  /** `[n, outputs]`, row by row, before any activation. */
  readonly outputs: Float32Array
  /** One per sample. */
  readonly losses: Float32Array
  /** The batch's mean, as the loss takes it. */
  readonly loss: number
}

/**
 * A network in an engine, to be asked and not trained.
 *
 * @category model
 * @since 0.1.0
 */
export interface Inference {
  readonly plan: Plan
  /** Raw outputs, `[n, outputs]`, of `[n, height, width, channels]`. */
  readonly predict: (x: Float32Array, n: number) => E.Either<EngineError, Float32Array>
  readonly evaluate: (loss: Loss) => (batch: EngineBatch) => E.Either<EngineError, Evaluation>
  /** Frees its tensors; it is of no use after that. */
  readonly dispose: () => void
}

/** Reads tensors that somebody else may change. */
export const inferenceOn = (engine: Engine, plan: Plan, values: Values): Inference => {
  const run = attempt(engine)
  const outputsOf = (batch: Pick<EngineBatch, 'x' | 'n'>): tf.Tensor =>
    forward(plan, inputTensor(plan, batch), (path) => values.get(path)!, { _tag: 'Evaluation' })
  return {
    plan,
    predict: (x, n) =>
      run('prediction', () => {
        const outputs = tf.tidy(() => outputsOf({ x, n }))
        return readOnce([outputs], () => read(outputs))
      }),
    evaluate: (loss) => (batch) =>
      run('evaluation', () => {
        const [outputs, losses, mean] = tf.tidy(() => {
          const y = targetTensor(batch)
          const out = outputsOf(batch)
          const each = lossPerSample(loss, out, y)
          return [out, each, meanLoss(loss, each, y)] as const
        })
        return readOnce([outputs, losses, mean], () => ({
          outputs: read(outputs),
          losses: read(losses),
          loss: mean.dataSync()[0]!
        }))
      }),
    dispose: () => {
      tf.dispose([...values.values()])
      values.clear()
    }
  }
}

/**
 * Loads a plan's numbers into an engine to predict and evaluate. `state` must have every parameter and buffer of the
 * plan, in its size; else an `EngineFailure` names the first that is wrong.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { arch, avgPool2d, named, plan, sequential } from 'graft-vision'
 * import { acquireEngine, compileInference } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('cpu')()
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'pool', network: sequential(named('pool', avgPool2d(2))) }))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const inference = compileInference(engine.right)(planned.right, new Map())
 * if (E.isLeft(inference)) throw new Error(inference.left.found)
 * const outputs = inference.right.predict(new Float32Array([1, 2, 3, 6]), 1)
 * assert.deepStrictEqual(outputs, E.right(new Float32Array([3])))
 * inference.right.dispose()
 *
 * @category constructors
 * @since 0.1.0
 */
export const compileInference =
  (engine: Engine) =>
  (plan: Plan, state: StateDict): E.Either<EngineError, Inference> =>
    pipe(
      fitting(plan, state),
      E.chain((fits) => attempt(engine)('loading parameters', () => uploadAll(plan, fits))),
      E.map((values) => inferenceOn(engine, plan, values))
    )
