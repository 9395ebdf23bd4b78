/** A small network with recorded numbers in it, run forwards, backwards and for one step. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  compile,
  type Engine,
  type EngineError,
  freshOptimiser,
  initialState,
  lossPerSample,
  type Mode,
  type Program,
  runNetwork,
  type StateDict,
  type StepOptions,
  engineShape,
  toEngine
} from '../../../src/engine/index.js'
import { powerSteps } from '../../../src/engine/program/normedWeights.js'
import { arch, flatten, type Layer, sequential, type Shape, sizeOf } from '../../../src/model/index.js'
import { type Plan, plan } from '../../../src/plan/index.js'
import { customLoss, sgd } from '../../../src/recipe/index.js'
import { flatOf, fromChannelsLast, type Nested, shapeOf, toChannelsLast } from './arrays.js'

/** By path; `num_batches_tracked` only counts and is not ours. */
export type RecordedState = Readonly<Record<string, Nested>>

export interface Network {
  readonly plan: Plan
  readonly state: StateDict
  /** The sum of outputs × targets is each sample's loss, so that the targets are the outputs' gradient. */
  readonly input: Nested
}

const planInput = (input: Nested): Shape => {
  const [, ...shape] = shapeOf(input)
  return shape.length === 3 ? shape : [shape.reduce((a, b) => a * b, 1), 1, 1]
}

const recordedState = (recorded: RecordedState): StateDict =>
  new Map(
    Object.entries(recorded)
      .filter(([path]) => !path.endsWith('num_batches_tracked'))
      .map(([path, values]) => [path, Float32Array.from(flatOf(values))])
  )

/** Throws when the network does not fit its input: the check has built the wrong one. */
export const networkOf = (layer: Layer, input: Nested, recorded: RecordedState): Network => {
  const shape = planInput(input)
  const network = shapeOf(input).length === 4 ? layer : sequential(flatten, layer)
  return pipe(
    arch({ name: 'recorded', network }),
    plan({ input: shape }),
    E.match(
      (errors) => {
        throw new Error(JSON.stringify(errors))
      },
      (p) => ({ plan: p, state: new Map([...initialState(p, 0), ...recordedState(recorded)]), input })
    )
  )
}

const dot = customLoss('dot', 'identity', (outputs, targets) =>
  tf.sum(tf.mul(tf.reshape(outputs, [outputs.shape[0], -1]), tf.reshape(targets, [outputs.shape[0], -1])), 1)
)

const options: StepOptions = {
  loss: dot,
  optimiser: sgd(),
  trueWd: true,
  bnWd: true,
  clip: null,
  seed: 0
}

const program = (engine: Engine, { plan: p, state }: Network, changed: Partial<StepOptions>): Program =>
  pipe(
    compile(engine)(p, { state, optimiser: freshOptimiser }, { ...options, ...changed }),
    E.match(
      (e) => {
        throw new Error(JSON.stringify(e))
      },
      (made) => made
    )
  )

/** Flat, in the order of [N, C, H, W]. */
type Values = ReadonlyArray<number>

const batchSize = ({ input }: Network): number => shapeOf(input)[0]!

/** The outputs in evaluation mode. */
export const evaluate = (engine: Engine, network: Network): E.Either<EngineError, Values> => {
  const made = program(engine, network, {})
  const n = batchSize(network)
  const y = new Float32Array(n * sizeOf(network.plan.output))
  const result = made.evaluate({ x: toChannelsLast(network.input), y, n })
  made.dispose()
  return E.map(({ outputs }: { readonly outputs: Float32Array }) =>
    fromChannelsLast(outputs, [n, ...network.plan.output])
  )(result)
}

const asTensor = (values: Nested): tf.Tensor => {
  const [n, ...rest] = shapeOf(values)
  const [c, h, w] = rest
  return tf.tensor(toChannelsLast(values), rest.length === 3 ? [n!, h!, w!, c!] : [n!, 1, 1, rest[0] ?? 1])
}

const arraysOf = ({ plan: p, state }: Network) => {
  const shapes = new Map([...p.parameters, ...p.buffers].map(({ path, shape }) => [path, shape]))
  return (path: string): tf.Tensor =>
    tf.tensor(toEngine(state.get(path)!, shapes.get(path)!), engineShape(shapes.get(path)!))
}

const training: Mode = {
  _tag: 'Training',
  dropout: () => {
    throw new Error('a recorded training has no dropout')
  },
  statistics: () => undefined
}

/** The outputs in training mode, and the gradient of the input for a gradient of the outputs. */
export const train = (
  engine: Engine,
  network: Network,
  outputGradient: Nested | null
): { readonly outputs: Values; readonly inputGradient: Values } => {
  const { plan: p, input } = network
  const n = batchSize(network)
  const run = (x: tf.Tensor): tf.Tensor => {
    const arrays = arraysOf(network)
    const moved = new Map(powerSteps(p, arrays))
    return runNetwork(p, x, (path) => moved.get(path) ?? arrays(path), training)
  }
  const read = (f: () => tf.Tensor): Float32Array =>
    engine.use(() => tf.tidy(() => Float32Array.from(f().dataSync<'float32'>())))
  const gradient = (dy: Nested): tf.Tensor =>
    tf.grad((x: tf.Tensor) => tf.sum(lossPerSample(dot, run(x), tf.tensor(toChannelsLast(dy), [n, sizeOf(p.output)]))))(
      asTensor(input)
    )
  return {
    outputs: fromChannelsLast(
      read(() => run(asTensor(input))),
      [n, ...p.output]
    ),
    inputGradient:
      outputGradient === null
        ? []
        : fromChannelsLast(
            read(() => gradient(outputGradient)),
            shapeOf(input)
          )
  }
}

/** The network after a training step at rate 1 of plain gradient descent: what moved is minus the gradient. */
export const step = (
  engine: Engine,
  network: Network,
  outputGradient: Nested | null,
  changed: Partial<StepOptions> = {}
): E.Either<EngineError, StateDict> => {
  const made = program(engine, network, changed)
  const n = batchSize(network)
  // the loss is the mean over samples
  const y =
    outputGradient === null
      ? new Float32Array(n * sizeOf(network.plan.output))
      : toChannelsLast(outputGradient).map((v) => v * n)
  const lrs = Array.from({ length: network.plan.groups }, () => 1)
  const stepped = pipe(
    made.step({ x: toChannelsLast(network.input), y, n }, { lrs, mom: 0, wd: 0, step: 0 }),
    E.chain(() => made.state())
  )
  made.dispose()
  return stepped
}
