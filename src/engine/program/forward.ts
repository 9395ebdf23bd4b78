/** The forward pass of a plan: its network as tfjs operations in NHWC. */
import * as tf from '@tensorflow/tfjs-core'
import type { Conv2d, Pair, Primitive } from '../../model/index.js'
import { foldPlan, type PlanLayer, type PlannedNetwork } from '../../plan/index.js'
import { batchNormTrain } from '../fusedBatchNorm.js'
import { convolve } from '../fusedConv.js'
import { pixelShuffle } from '../fusedPixelShuffle.js'
import { relu6 } from '../fusedRelu6.js'
import type { Arrays } from './Arrays.js'
import { gelu, hardSigmoid } from './activations.js'
import { attention, linear, windowAttention } from './attention.js'
import { groupNorm, layerNorm } from './norms.js'
import { spectralNormed, weightNormed } from './normedWeights.js'
import { adaptiveAverage, adaptiveMax, avgPool, both, maxPool, padsApart } from './pooling.js'
import { selfAttention } from './selfAttention.js'
import { learnedTokens, meanTokens, patchMerging, positioned, takeToken, tokensOf } from './tokens.js'
import { blur, resizeNearest } from './upsampling.js'

/** Statistics of a batch norm for one batch. */
export interface BatchStatistics {
  readonly path: string
  readonly mean: tf.Tensor1D
  /** Biased. */
  readonly variance: tf.Tensor1D
  /** Number of values per channel. */
  readonly count: number
}

/**
 * The mode of a forward pass: evaluation (running statistics, no dropout) or training.
 *
 * @category tensors
 * @since 0.1.0
 */
export type Mode =
  | { readonly _tag: 'Evaluation' }
  | {
      readonly _tag: 'Training'
      /** The multiplier of a dropout layer: 0 or 1/(1−p), of the given shape. */
      readonly dropout: (path: string, p: number, shape: ReadonlyArray<number>) => tf.Tensor
      /** Called with each batch norm's statistics. */
      readonly statistics: (s: BatchStatistics) => void
    }

const explicit = ([v, h]: Pair): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [v, v],
  [h, h],
  [0, 0]
]

const isNone = ([v, h]: Pair): boolean => v === 0 && h === 0
const flattened = (x: tf.Tensor): tf.Tensor => {
  if (x.rank !== 4) return tf.reshape(x, [x.shape[0], -1])
  const [n, h, w, c] = (x as tf.Tensor4D).shape
  // torch flattens channels first
  return tf.reshape(h * w === 1 ? x : tf.transpose(x, [0, 3, 1, 2]), [n, c * h * w])
}

const isOne = ([v, h]: Pair): boolean => v === 1 && h === 1

/**
 * Uses tfjs's own operations where it supports the convolution and its gradients: without dilation, and without groups
 * or with one per channel.
 */
const convolved = (layer: Conv2d, x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D => {
  if (padsApart() && !isNone(layer.padding))
    return convolved({ ...layer, padding: [0, 0] }, tf.pad(x, explicit(layer.padding)), w)
  const { groups, inChannels, outChannels, dilation } = layer
  if (!isOne(dilation) || (groups !== 1 && groups !== inChannels)) return convolve(x, w, layer)
  const stride = both(layer.stride)
  const [pad, rounding] = isNone(layer.padding)
    ? (['valid', undefined] as const)
    : ([explicit(layer.padding), 'floor'] as const)
  if (groups === 1) return tf.conv2d(x, w, stride, pad, 'NHWC', 1, rounding)
  const filter = tf.reshape<tf.Rank.R4>(w, [...layer.kernelSize, inChannels, outChannels / inChannels])
  return tf.depthwiseConv2d(x, filter, stride, pad, 'NHWC', 1, rounding)
}

const conv = (layer: Conv2d, path: string, w: tf.Tensor, x: tf.Tensor4D, arrays: Arrays): tf.Tensor => {
  const y = convolved(layer, x, w as tf.Tensor4D)
  return layer.bias ? tf.add(y, arrays(`${path}.bias`)) : y
}

type BatchNormLayer = Extract<Primitive, { _tag: 'BatchNorm' }>

/** The effect of a batch norm with running statistics on each channel: `x·scale + shift`. */
const channelMap = ({ eps }: BatchNormLayer, path: string, arrays: Arrays): { scale: tf.Tensor; shift: tf.Tensor } => {
  const [weight, bias] = [arrays(`${path}.weight`), arrays(`${path}.bias`)]
  const [mean, variance] = [arrays(`${path}.running_mean`), arrays(`${path}.running_var`)]
  const scale = tf.mul(weight, tf.rsqrt(tf.add(variance, eps)))
  return { scale, shift: tf.sub(bias, tf.mul(mean, scale)) }
}

const batchNorm = (layer: BatchNormLayer, leaf: PlanLayer, x: tf.Tensor, arrays: Arrays, mode: Mode): tf.Tensor => {
  const { path } = leaf
  if (mode._tag === 'Training' && leaf.batchNorm === 'batch') {
    const [weight, bias] = [arrays(`${path}.weight`), arrays(`${path}.bias`)] as [tf.Tensor1D, tf.Tensor1D]
    const { y, mean, variance } = batchNormTrain(x, weight, bias, layer.eps)
    mode.statistics({ path, mean, variance, count: x.size / layer.features })
    return y
  }
  const { scale, shift } = channelMap(layer, path, arrays)
  return tf.add(tf.mul(x, scale), shift)
}

/**
 * A convolution fused with the batch norm after it: the scale is applied to the weights, which are smaller than the
 * images.
 */
const convNormed = (
  layer: Conv2d,
  path: string,
  norm: BatchNormLayer,
  normPath: string,
  x: tf.Tensor,
  arrays: Arrays
): tf.Tensor => {
  const { scale, shift } = channelMap(norm, normPath, arrays)
  const y = convolved(layer, x as tf.Tensor4D, tf.mul(arrays(`${path}.weight`), scale))
  return tf.add(y, layer.bias ? tf.add(tf.mul(arrays(`${path}.bias`), scale), shift) : shift)
}

const primitive = (leaf: PlanLayer, x: tf.Tensor, arrays: Arrays, mode: Mode): tf.Tensor => {
  const { layer, path } = leaf
  const map = x as tf.Tensor4D
  switch (layer._tag) {
    case 'Conv2d':
      return conv(layer, path, arrays(`${path}.weight`), map, arrays)
    case 'WeightNorm':
      return conv(layer.layer, path, weightNormed(path, arrays), map, arrays)
    case 'SpectralNorm':
      return conv(layer.layer, path, spectralNormed(path, arrays), map, arrays)
    case 'Linear':
      return linear(x, arrays(`${path}.weight`), layer.bias ? arrays(`${path}.bias`) : null)
    case 'Linear2d': {
      const filter = tf.reshape<tf.Rank.R4>(arrays(`${path}.weight`), [1, 1, layer.inChannels, layer.outChannels])
      const y = tf.conv2d(map, filter, 1, 'valid')
      return layer.bias ? tf.add(y, arrays(`${path}.bias`)) : y
    }
    case 'LayerNorm':
      return layerNorm(x, layer.eps, path, arrays)
    case 'GroupNorm':
      return groupNorm(layer, map, path, arrays)
    case 'BatchNorm':
      return batchNorm(layer, leaf, x, arrays, mode)
    case 'MaxPool2d':
      return maxPool(layer, map)
    case 'AvgPool2d':
      return avgPool(layer, map)
    case 'AdaptiveAvgPool2d':
      return adaptiveAverage(map, layer.outputSize)
    case 'AdaptiveMaxPool2d':
      return adaptiveMax(map, layer.outputSize)
    case 'AdaptiveConcatPool2d':
      return tf.concat([adaptiveMax(map, layer.outputSize), adaptiveAverage(map, layer.outputSize)], 3)
    case 'Relu':
      return tf.relu(x)
    case 'Relu6':
      return relu6(x)
    case 'LeakyRelu':
      return tf.leakyRelu(x, layer.negativeSlope)
    case 'Sigmoid':
      return tf.sigmoid(x)
    case 'Tanh':
      return tf.tanh(x)
    case 'SigmoidRange':
      return tf.add(tf.mul(tf.sigmoid(x), layer.high - layer.low), layer.low)
    case 'Gelu':
      return gelu(x, layer.approximate)
    case 'Silu':
      return tf.mul(x, tf.sigmoid(x))
    case 'HardSigmoid':
      return hardSigmoid(x)
    case 'HardSwish':
      return tf.mul(x, hardSigmoid(x))
    case 'Attention':
      return attention(layer, path, x, arrays)
    case 'WindowAttention':
      return windowAttention(layer, path, map, arrays)
    case 'Tokens':
      return tokensOf(map)
    case 'LearnedTokens':
      return learnedTokens(layer, path, x as tf.Tensor3D, arrays)
    case 'PositionEmbedding':
      return positioned(layer, leaf, x, arrays)
    case 'TakeToken':
      return takeToken(x as tf.Tensor3D, layer.index)
    case 'MeanTokens':
      return meanTokens(x as tf.Tensor3D, layer.skip)
    case 'PatchMerging':
      return patchMerging(map)
    case 'LayerScale':
      return tf.mul(x, tf.reshape(arrays(path), [layer.channels]))
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
    case 'Scale':
      return tf.mul(x, layer.factor)
    case 'PadChannels':
      return tf.pad(
        x,
        x.shape.map((_, axis) => (axis === x.rank - 1 ? [layer.before, layer.after] : [0, 0]))
      )
    case 'StochasticDepth': {
      const perImage = x.shape.map((side, axis) => (axis === 0 ? side : 1))
      return mode._tag === 'Evaluation' || layer.p === 0 ? x : tf.mul(x, mode.dropout(path, layer.p, perImage))
    }
    case 'Dropout':
      return mode._tag === 'Evaluation' || layer.p === 0 ? x : tf.mul(x, mode.dropout(path, layer.p, x.shape))
  }
}

/** A part of the network as a function, with its layer if it is a primitive. */
interface Step {
  readonly leaf: PlanLayer | null
  readonly run: (x: tf.Tensor) => tf.Tensor
}

/** The convolution and the batch norm, if that is what the two steps are; otherwise undefined. */
const convAndNorm = (first: Step | undefined, second: Step | undefined) => {
  const [conv, norm] = [first?.leaf?.layer, second?.leaf?.layer]
  return conv?._tag === 'Conv2d' && norm?._tag === 'BatchNorm'
    ? { conv, convPath: first!.leaf!.path, norm, normPath: second!.leaf!.path }
    : undefined
}

/** Fuses each batch norm with the convolution before it. */
const normsFused = (steps: ReadonlyArray<Step>, arrays: Arrays): ReadonlyArray<Step> =>
  steps.flatMap((step, i): ReadonlyArray<Step> => {
    if (convAndNorm(steps[i - 1], step) !== undefined) return []
    const both = convAndNorm(step, steps[i + 1])
    if (both === undefined) return [step]
    return [{ leaf: null, run: (x) => convNormed(both.conv, both.convPath, both.norm, both.normPath, x, arrays) }]
  })

/**
 * Runs a plan, or a part of one, on `[n, h, w, c]` or `[n, features]`, with the current tfjs backend. Throws where tfjs
 * does; run it inside an engine's `use`.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { arch, nn, plan } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'pool', network: nn.sequential(nn.named('pool', nn.avgPool2d(2))) }))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const mean = engine.right.use(() => {
 *   const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
 *   return Engine.runNetwork(planned.right, x, () => tf.scalar(0), { _tag: 'Evaluation' }).dataSync()[0]
 * })
 * assert.strictEqual(mean, 2.5)
 *
 * @category tensors
 * @since 0.1.0
 */
export const runNetwork = (part: PlannedNetwork, x: tf.Tensor, arrays: Arrays, mode: Mode): tf.Tensor =>
  foldPlan<Step>({
    leaf: (leaf) => ({ leaf, run: (y) => primitive(leaf, y, arrays, mode) }),
    sequential: (parts) => {
      const steps = mode._tag === 'Evaluation' ? normsFused(parts, arrays) : parts
      return { leaf: null, run: (y) => steps.reduce((value, step) => step.run(value), y) }
    },
    sum: (branches) => ({
      leaf: null,
      run: (y) => branches.map((branch) => branch.run(y)).reduce((a, b) => tf.add(a, b))
    }),
    product: (branches) => ({
      leaf: null,
      run: (y) => branches.map((branch) => branch.run(y)).reduce((a, b) => tf.mul(a, b))
    }),
    concat: (branches) => ({
      leaf: null,
      run: (y) =>
        tf.concat(
          branches.map((branch) => branch.run(y)),
          -1
        )
    })
  })(part).run(x)
