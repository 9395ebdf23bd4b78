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
import type { Engine, Replay } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import { attempt } from './attempt.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { type Arrays, forward } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import type { StateDict } from './StateDict.js'
import { fitting, read, readOnce, scoped, uploadAll, type Values } from './tensors.js'

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

/** One output for each sample's loss, and their mean. */
const evaluated = (plan: Plan, loss: Loss, arrays: Arrays, x: tf.Tensor, y: tf.Tensor): ReadonlyArray<tf.Tensor> => {
  const outputs = forward(plan, x, arrays, { _tag: 'Evaluation' })
  const each = lossPerSample(loss, outputs, y)
  return [outputs, each, meanLoss(loss, each, y)]
}

/**
 * A computation that is traced through tfjs once for each structure, and run again where the engine can. `values` come
 * from outside: whether they are the same in every run, so that what depends on them alone is computed once, the caller
 * knows.
 */
const kept = (engine: Engine, values: Values, unchanging: boolean) => {
  const replays = new Map<string, Replay | undefined>()
  return (
    structure: string,
    inputs: ReadonlyArray<tf.Tensor>,
    f: () => ReadonlyArray<tf.Tensor>
  ): ReadonlyArray<tf.Tensor> => {
    const given = unchanging ? inputs : [...inputs, ...values.values()]
    const known = replays.get(structure)
    if (known !== undefined) return known(given)
    const capture = engine.capture()
    const outputs = scoped(f, (made) => made)
    if (replays.has(structure)) return outputs
    const replay = capture({ inputs: given, outputs })
    replays.set(structure, replay)
    if (replay === undefined) return outputs
    tf.dispose([...outputs])
    return replay(given)
  }
}

/** Reads tensors that somebody else may change, unless they are `unchanging`. */
export const inferenceOn = (engine: Engine, plan: Plan, values: Values, unchanging: boolean): Inference => {
  const run = attempt(engine)
  const again = kept(engine, values, unchanging)
  const arrays: Arrays = (path) => values.get(path)!
  return {
    plan,
    predict: (x, n) =>
      run('prediction', () => {
        const input = inputTensor(plan, { x, n })
        return readOnce([input], () => {
          const outputs = again(`predict ${n}`, [input], () => [forward(plan, input, arrays, { _tag: 'Evaluation' })])
          return readOnce(outputs, () => read(outputs[0]!))
        })
      }),
    evaluate: (loss) => {
      const own = loss._tag === 'CustomLoss'
      return (batch) =>
        run('evaluation', () => {
          const [x, y] = [inputTensor(plan, batch), targetTensor(batch)]
          return readOnce([x, y], () => {
            const f = () => evaluated(plan, loss, arrays, x, y)
            const structure = `${JSON.stringify(loss)} ${y.dtype} ${y.shape.join()} ${batch.n}`
            // a loss of one's own may do something else each time
            const tensors = own ? scoped(f, (made) => made) : again(structure, [x, y], f)
            const [outputs, losses, mean] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor]
            return readOnce(tensors, () => ({
              outputs: read(outputs),
              losses: read(losses),
              loss: mean.dataSync()[0]!
            }))
          })
        })
    },
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
      E.map((values) => inferenceOn(engine, plan, values, true))
    )
