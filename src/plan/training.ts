/**
 * Memory of a training step of a plan, computed without running it.
 *
 * @since 0.1.0
 */
import { isUnder, sizeOf } from '../model/index.js'
import { foldPlan } from './foldPlan.js'
import type { Plan, PlanLayer } from './Plan.js'

/**
 * Bytes of a training step, float32.
 *
 * @category plans
 * @since 0.1.0
 */
export interface TrainingBytes {
  /** Parameters and buffers. */
  readonly parameters: number
  /** Optimiser state of the trained parameters. */
  readonly moments: number
  /** Gradients of the trained parameters. */
  readonly gradients: number
  /** Images and layer outputs, all kept for the backward pass. */
  readonly activations: number
  /** Gradients of the activations, down to the first trained layer. */
  readonly backward: number
  /** Peak memory: at the end of the backward pass, or in the optimiser step, where old and new state coexist. */
  readonly peak: number
  /**
   * `peak` as `tf.memory().numBytes` counts it on the `cpu` engine, where an array counts once for every tensor that
   * shares it: TensorFlow.js keeps each activation for the backward pass as a tensor of its own.
   */
  readonly counted: number
}

/**
 * How many tensors of its output's size a layer creates: adding a bias, and normalising by running statistics, are
 * operations of their own.
 */
const mapsOf = ({ layer, batchNorm }: PlanLayer): number => {
  switch (layer._tag) {
    case 'Identity':
    case 'Flatten':
      return 0
    case 'Tokens':
      return 0
    case 'Conv2d':
    case 'Linear':
    case 'Linear2d':
      return layer.bias ? 2 : 1
    case 'WeightNorm':
    case 'SpectralNorm':
      return layer.layer.bias ? 2 : 1
    case 'BatchNorm':
      return batchNorm === 'batch' ? 1 : 2
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'AdaptiveMaxPool2d':
    case 'AdaptiveConcatPool2d':
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'LearnedTokens':
    case 'PositionEmbedding':
    case 'TakeToken':
    case 'MeanTokens':
    case 'PatchMerging':
    case 'LayerNorm':
    case 'GroupNorm':
    case 'LayerScale':
    case 'StochasticDepth':
    case 'Gelu':
    case 'Silu':
    case 'HardSigmoid':
    case 'HardSwish':
    case 'Attention':
    case 'WindowAttention':
    case 'PixelShuffle':
    case 'Blur':
    case 'ResizeNearest':
    case 'SelfAttention':
    case 'Dropout':
    case 'Scale':
    case 'PadChannels':
      return 1
  }
}

/** The tensors that a layer, or the end of a combination, creates for one image. */
interface Made {
  /** The layer; null at the end of a combination. */
  readonly path: string | null
  readonly values: number
}

/** The tensors created for one image, in data-flow order. */
const madeBy: (plan: Plan) => ReadonlyArray<Made> = foldPlan<ReadonlyArray<Made>>({
  leaf: (leaf) => [{ path: leaf.path, values: mapsOf(leaf) * sizeOf(leaf.output) }],
  sequential: (parts) => parts.flat(),
  // branches are added one after the other
  sum: (branches, { output }) => [...branches.flat(), { path: null, values: sizeOf(output) * (branches.length - 1) }],
  product: (branches, { output }) => [
    ...branches.flat(),
    { path: null, values: sizeOf(output) * (branches.length - 1) }
  ],
  concat: (branches, { output }) => [...branches.flat(), { path: null, values: sizeOf(output) }]
})

const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)

/**
 * The bytes of a training step on `batch` images, with an optimiser that keeps `moments` arrays per parameter (default
 * 2, as Adam does). Temporary memory of single operations and the loss are not counted.
 *
 * @example
 * import { arch, nn, plan, trainingBytes } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const net = arch({ name: 'one', network: nn.sequential(nn.named('conv', nn.conv2d(1, 2, 1, { bias: false })), nn.relu) })
 * const bytes = pipe(net, plan({ input: [1, 4, 4] }), E.map(trainingBytes(3)))
 * const [parameters, map] = [4 * 2, 4 * 3 * 4 * 4]
 * assert.deepStrictEqual(bytes, E.right({
 *   parameters,
 *   moments: 2 * parameters,
 *   gradients: parameters,
 *   activations: map + 2 * (2 * map),
 *   backward: 2 * (2 * map),
 *   peak: 4 * parameters + map + 4 * (2 * map),
 *   counted: 4 * parameters + map + 6 * (2 * map)
 * }))
 *
 * @category plans
 * @since 0.1.0
 */
export const trainingBytes =
  (batch: number, moments = 2) =>
  (plan: Plan): TrainingBytes => {
    const learns = plan.parameters.filter(({ trainable }) => trainable)
    const trained = 4 * sum(learns.map(({ shape }) => sizeOf(shape)))
    const made = madeBy(plan)
    const first = made.findIndex(({ path }) => path !== null && learns.some((p) => isUnder(path)(p.path)))
    const bytesOf = (some: ReadonlyArray<Made>): number => 4 * batch * sum(some.map(({ values }) => values))
    const held = {
      parameters: 4 * sum([...plan.parameters, ...plan.buffers].map(({ shape }) => sizeOf(shape))),
      moments: moments * trained,
      gradients: trained,
      activations: 4 * batch * sizeOf(plan.input) + bytesOf(made),
      backward: bytesOf(first === -1 ? [] : made.slice(first))
    }
    const beside = held.parameters + (moments + 1) * trained
    const most = (maps: number): number => beside + Math.max(maps, (moments + 1) * trained)
    return {
      ...held,
      peak: most(held.activations + held.backward),
      counted: most(held.activations + 2 * held.backward)
    }
  }
