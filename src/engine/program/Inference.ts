/**
 * `Inference`: a plan in an engine for prediction and evaluation, without training. It holds a network's parameters and
 * buffers, and no optimiser.
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Plan } from '../../plan/index.js'
import type { Loss } from '../../recipe/index.js'
import type { Engine, LoadedModel, Replay } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import type { Arrays } from './Arrays.js'
import { attempt } from './attempt.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { runNetwork } from './forward.js'
import { channelsLast, modelToLoad } from './modelToLoad.js'
import { lossPerSample, meanLoss } from './losses.js'
import type { StateDict } from './StateDict.js'
import { fitting, read, readOnce, scoped, uploadAll, type Values } from './tensors.js'

/**
 * Raw outputs and losses of one batch.
 *
 * @category programs
 * @since 0.1.0
 */
export interface Evaluation {
  /** `[n, outputs]`, row by row, before any activation. */
  readonly outputs: Float32Array
  /** One per sample. */
  readonly losses: Float32Array
  /** The mean over the batch, as the loss defines it. */
  readonly loss: number
}

/**
 * A network in an engine, for prediction only.
 *
 * @category programs
 * @since 0.1.0
 */
export interface Inference {
  readonly plan: Plan
  /** Raw outputs, `[n, outputs]`, for images `[n, height, width, channels]`. */
  readonly predict: (x: Float32Array, n: number) => E.Either<EngineError, Float32Array>
  readonly evaluate: (loss: Loss) => (batch: EngineBatch) => E.Either<EngineError, Evaluation>
  /** Frees its tensors; it cannot be used afterwards. */
  readonly dispose: () => void
}

/** Each sample's loss, and their mean. */
const lossesOf = (loss: Loss, outputs: tf.Tensor, y: tf.Tensor): ReadonlyArray<tf.Tensor> => {
  const each = lossPerSample(loss, outputs, y)
  return [each, meanLoss(loss, each, y)]
}

/**
 * A computation that is traced through tfjs once for each structure, and replayed if the engine supports it. `values`
 * come from the caller, who knows whether they are constant, so that what depends on them alone is computed once.
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

/** A network in an engine: what is computed by tfjs, and what outside of it. */
interface Network {
  readonly predict: (x: Float32Array, n: number) => Float32Array
  /** What tfjs receives of a batch: its images, or their precomputed outputs. */
  readonly given: (x: Float32Array, n: number) => tf.Tensor
  /** Undefined: tfjs receives the outputs. */
  readonly outputs: ((given: tf.Tensor) => tf.Tensor) | undefined
  readonly kept: ReturnType<typeof kept>
  readonly dispose: () => void
}

const inferenceOf = (engine: Engine, plan: Plan, network: Network): Inference => {
  const run = attempt(engine)
  return {
    plan,
    predict: (x, n) => run('prediction', () => network.predict(x, n)),
    evaluate: (loss) => {
      const own = loss._tag === 'CustomLoss'
      return (batch) =>
        run('evaluation', () => {
          const [x, y] = [network.given(batch.x, batch.n), targetTensor(plan, batch)]
          return readOnce([x, y], () => {
            const f = () => {
              const made = network.outputs?.(x)
              return made === undefined ? lossesOf(loss, x, y) : [...lossesOf(loss, made, y), made]
            }
            const structure = `${JSON.stringify(loss)} ${y.dtype} ${y.shape.join()} ${batch.n}`
            // a user-defined loss may do something different each time
            const tensors = own ? scoped(f, (made) => made) : network.kept(structure, [x, y], f)
            const [losses, mean, outputs = x] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor?]
            return readOnce(tensors, () => ({
              outputs: read(outputs),
              losses: read(losses),
              loss: mean.dataSync()[0]!
            }))
          })
        })
    },
    dispose: network.dispose
  }
}

/** Reads tensors that others may change, unless they are `unchanging`. `arrays` finds the plan's among them. */
export const inferenceOn = (
  engine: Engine,
  plan: Plan,
  values: Values,
  unchanging: boolean,
  arrays: () => Arrays = () => (path) => values.get(path)!
): Inference => {
  const again = kept(engine, values, unchanging)
  const outputs = (x: tf.Tensor) => runNetwork(plan, x, arrays(), { _tag: 'Evaluation' })
  const given = (x: Float32Array, n: number) => inputTensor(plan, { x, n })
  return inferenceOf(engine, plan, {
    kept: again,
    given,
    outputs,
    predict: (x, n) => {
      const input = given(x, n)
      return readOnce([input], () => {
        const made = again(`predict ${n}`, [input], () => [outputs(input)])
        return readOnce(made, () => read(made[0]!))
      })
    },
    dispose: () => {
      tf.dispose([...values.values()])
      values.clear()
    }
  })
}

/** A network that the engine runs as an exported ONNX model. */
const inferenceIn = (engine: Engine, plan: Plan, model: LoadedModel): Inference => {
  const [c, h, w] = plan.input as readonly [number, number, number]
  const predict = (x: Float32Array, n: number) => model.run(x, [n, h, w, c])
  return inferenceOf(engine, plan, {
    kept: kept(engine, new Map(), true),
    predict,
    given: (x, n) => tf.tensor(predict(x, n), [n, ...channelsLast(plan.output)]),
    outputs: undefined,
    dispose: model.dispose
  })
}

/**
 * Loads a plan's parameters into an engine for prediction and evaluation. `state` must have every parameter and buffer
 * of the plan in its size; otherwise an `EngineFailure` names the first wrong one.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { arch, nn, plan } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('cpu')()
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'pool', network: nn.sequential(nn.named('pool', nn.avgPool2d(2))) }))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const inference = Engine.compileInference(engine.right)(planned.right, new Map())
 * if (E.isLeft(inference)) throw new Error(inference.left.found)
 * const outputs = inference.right.predict(new Float32Array([1, 2, 3, 6]), 1)
 * assert.deepStrictEqual(outputs, E.right(new Float32Array([3])))
 * inference.right.dispose()
 *
 * @category programs
 * @since 0.1.0
 */
export const compileInference =
  (engine: Engine) =>
  (plan: Plan, state: StateDict): E.Either<EngineError, Inference> =>
    pipe(
      fitting(plan, state),
      E.chain((fits) =>
        attempt(engine)('loading parameters', () => {
          const model = engine.load === undefined ? undefined : modelToLoad(plan, fits)
          return model === undefined
            ? inferenceOn(engine, plan, uploadAll(plan, fits), true)
            : inferenceIn(engine, plan, engine.load!(model))
        })
      )
    )
