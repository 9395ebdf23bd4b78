/**
 * The forward reading of a plan: its network as tfjs operations, images first and channels last.
 */
import * as tf from '@tensorflow/tfjs-core'
import { isCombination, type Layer, type MaxPool2d, type Pair, positions, type Primitive } from '../../model/index.js'
import type { Plan, PlanLayer } from '../../plan/index.js'
import { batchNormTrain } from '../fused.js'
import { spectralNormed, weightNormed } from './normedWeights.js'
import { adaptiveAverage, adaptiveMax } from './pooling.js'
import { selfAttention } from './selfAttention.js'
import { blur, pixelShuffle, resizeNearest } from './upsampling.js'

/** Statistics of one batch norm on one batch. */
export interface BatchStatistics {
  readonly path: string
  readonly mean: tf.Tensor1D
  /** Biased. */
  readonly variance: tf.Tensor1D
  /** Values per channel. */
  readonly count: number
}

/**
 * How a forward pass runs: as evaluation (stored statistics, no dropout) or as training.
 *
 * @since 0.1.0
 */
export type Mode =
  | { readonly _tag: 'Evaluation' }
  | {
      readonly _tag: 'Training'
      /** The multiplier of a dropout layer: 0 or 1/(1−p), of the shape given. */
      readonly dropout: (path: string, p: number, shape: ReadonlyArray<number>) => tf.Tensor
      /** Told each batch norm's statistics. */
      readonly statistics: (s: BatchStatistics) => void
    }

/**
 * A parameter or buffer by path, in the engine's layout.
 *
 * @since 0.1.0
 */
export type Arrays = (path: string) => tf.Tensor

const explicit = ([v, h]: Pair): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [v, v],
  [h, h],
  [0, 0]
]

const isNone = ([v, h]: Pair): boolean => v === 0 && h === 0
const both = ([v, h]: Pair): [number, number] => [v, h]

const maxPool = (layer: MaxPool2d, x: tf.Tensor4D): tf.Tensor4D => {
  // the exact reach of the last window, so that ceil and floor need no rounding rule of the backend
  const pads = [0, 1].map((i) => {
    const [kernel, stride, padding] = [layer.kernelSize[i]!, layer.stride[i]!, layer.padding[i]!]
    const side = x.shape[i + 1]!
    const count = positions({ kernel, stride, padding, dilation: 1, ceil: layer.ceilMode })(side)
    return [padding, Math.max(0, (count - 1) * stride + kernel - side - padding)] as [number, number]
  })
  const [kernel, stride] = [both(layer.kernelSize), both(layer.stride)]
  return pads.every(([a, b]) => a === 0 && b === 0)
    ? tf.maxPool(x, kernel, stride, 'valid')
    : tf.maxPool(x, kernel, stride, [[0, 0], pads[0]!, pads[1]!, [0, 0]], 'floor')
}

const flattened = (x: tf.Tensor): tf.Tensor => {
  if (x.rank !== 4) return x
  const [n, h, w, c] = (x as tf.Tensor4D).shape
  // torch flattens channels first
  return tf.reshape(h * w === 1 ? x : tf.transpose(x, [0, 3, 1, 2]), [n, c * h * w])
}

const conv = (
  layer: Extract<Primitive, { _tag: 'Conv2d' }>,
  path: string,
  w: tf.Tensor4D,
  x: tf.Tensor4D,
  arrays: Arrays
): tf.Tensor => {
  const [stride, dilation] = [both(layer.stride), both(layer.dilation)]
  const one = (input: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D =>
    isNone(layer.padding)
      ? tf.conv2d(input, filter, stride, 'valid', 'NHWC', dilation)
      : tf.conv2d(input, filter, stride, explicit(layer.padding), 'NHWC', dilation, 'floor')
  const y =
    layer.groups === 1
      ? one(x, w)
      : tf.concat(
          tf
            .split<tf.Tensor4D>(x, layer.groups, 3)
            .map((part, i, parts) => one(part, tf.split<tf.Tensor4D>(w, parts.length, 3)[i]!)),
          3
        )
  return layer.bias ? tf.add(y, arrays(`${path}.bias`)) : y
}

const batchNorm = (
  layer: Extract<Primitive, { _tag: 'BatchNorm' }>,
  leaf: PlanLayer,
  x: tf.Tensor,
  arrays: Arrays,
  mode: Mode
): tf.Tensor => {
  const { path } = leaf
  const [weight, bias] = [arrays(`${path}.weight`), arrays(`${path}.bias`)] as [tf.Tensor1D, tf.Tensor1D]
  if (mode._tag === 'Training' && leaf.batchNorm === 'batch') {
    const { y, mean, variance } = batchNormTrain(x, weight, bias, layer.eps)
    mode.statistics({ path, mean, variance, count: x.size / layer.features })
    return y
  }
  const [mean, variance] = [arrays(`${path}.running_mean`), arrays(`${path}.running_var`)]
  const scale = tf.mul(weight, tf.rsqrt(tf.add(variance, layer.eps)))
  return tf.add(tf.mul(x, scale), tf.sub(bias, tf.mul(mean, scale)))
}

const primitive = (leaf: PlanLayer, x: tf.Tensor, arrays: Arrays, mode: Mode): tf.Tensor => {
  const { layer, path } = leaf
  const map = x as tf.Tensor4D
  switch (layer._tag) {
    case 'Conv2d':
      return conv(layer, path, arrays(`${path}.weight`) as tf.Tensor4D, map, arrays)
    case 'WeightNorm':
      return conv(layer.layer, path, weightNormed(path, arrays), map, arrays)
    case 'SpectralNorm':
      return conv(layer.layer, path, spectralNormed(path, arrays) as tf.Tensor4D, map, arrays)
    case 'Linear': {
      const y = tf.matMul(x, arrays(`${path}.weight`))
      return layer.bias ? tf.add(y, arrays(`${path}.bias`)) : y
    }
    case 'BatchNorm':
      return batchNorm(layer, leaf, x, arrays, mode)
    case 'MaxPool2d':
      return maxPool(layer, map)
    case 'AvgPool2d':
      return tf.avgPool(map, both(layer.kernelSize), both(layer.stride), 'valid')
    case 'AdaptiveAvgPool2d':
      return adaptiveAverage(map, layer.outputSize)
    case 'AdaptiveMaxPool2d':
      return adaptiveMax(map, layer.outputSize)
    case 'AdaptiveConcatPool2d':
      return tf.concat([adaptiveMax(map, layer.outputSize), adaptiveAverage(map, layer.outputSize)], 3)
    case 'Relu':
      return tf.relu(x)
    case 'Relu6':
      return tf.relu6(x)
    case 'LeakyRelu':
      return tf.leakyRelu(x, layer.negativeSlope)
    case 'Sigmoid':
      return tf.sigmoid(x)
    case 'Tanh':
      return tf.tanh(x)
    case 'SigmoidRange':
      return tf.add(tf.mul(tf.sigmoid(x), layer.high - layer.low), layer.low)
    case 'PixelShuffle':
      return pixelShuffle(map, layer.scale)
    case 'Blur':
      return blur(map)
    case 'ResizeNearest':
      return resizeNearest(map, layer.outputSize)
    case 'SelfAttention':
      return selfAttention(path, map, arrays)
    case 'Flatten':
      return flattened(x)
    case 'Identity':
      return x
    case 'Dropout':
      return mode._tag === 'Evaluation' || layer.p === 0 ? x : tf.mul(x, mode.dropout(path, layer.p, x.shape))
  }
}

/**
 * Runs a plan's network, or a part of it given its leaves in order, on `[n, h, w, c]` or `[n, features]`, with the
 * current tfjs backend. Throws where tfjs does: it runs inside an engine's `use`.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { arch, avgPool2d, named, plan, sequential } from 'graft-vision'
 * import { acquireEngine, runNetwork } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'pool', network: sequential(named('pool', avgPool2d(2))) }))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const { network, layers } = planned.right
 * const mean = engine.right.use(() => {
 *   const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
 *   return runNetwork(network, layers, x, () => tf.scalar(0), { _tag: 'Evaluation' }).dataSync()[0]
 * })
 * assert.strictEqual(mean, 2.5)
 *
 * @since 0.1.0
 */
export const runNetwork = (
  network: Layer,
  leaves: ReadonlyArray<PlanLayer>,
  x: tf.Tensor,
  arrays: Arrays,
  mode: Mode
): tf.Tensor => {
  let next = 0
  const visit = (layer: Layer, input: tf.Tensor): tf.Tensor => {
    if (!isCombination(layer)) return primitive(leaves[next++]!, input, arrays, mode)
    if (layer._tag === 'Sequential') return layer.children.reduce((value, child) => visit(child.layer, value), input)
    const branches = layer.children.map((child) => visit(child.layer, input))
    return layer._tag === 'Concat' ? tf.concat(branches, -1) : branches.reduce((a, b) => tf.add(a, b))
  }
  return visit(network, x)
}

export const forward = (plan: Plan, x: tf.Tensor, arrays: Arrays, mode: Mode): tf.Tensor =>
  runNetwork(plan.network, plan.layers, x, arrays, mode)
