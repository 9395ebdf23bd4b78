/**
 * The cost of a plan: parameters, floating-point operations and activation memory, all computed without running it.
 *
 * @since 0.1.0
 */
import { parametersOf, projections, sizeOf } from '../model/index.js'
import { foldPlan } from './foldPlan.js'
import type { Plan, PlanLayer } from './Plan.js'
import { windowsOf } from './windows.js'

/** The products of an attention: each of `tokens` attends to `others`. */
const attentionFlops = (channels: number, tokens: number, others: number): number =>
  2 * tokens * channels * (4 * channels + 2 * others)

/**
 * Floating-point operations of a layer's forward pass on one image, 2 per multiply-add. Counts convolutions, linear
 * layers and attention; not biases, nor the normalisation of weights.
 *
 * @example
 * import { arch, flopsOf, nn, plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const net = arch({ name: 'one', network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 3, { padding: 1 }))) })
 * const flops = pipe(net, plan({ input: [3, 4, 4] }), E.map((p) => p.layers.map(flopsOf)))
 * assert.deepStrictEqual(flops, E.right([2 * (8 * 4 * 4) * (3 * 3 * 3)]))
 *
 * @category plans
 * @since 0.1.0
 */
export const flopsOf = ({ layer, input, output }: Pick<PlanLayer, 'layer' | 'input' | 'output'>): number => {
  switch (layer._tag) {
    case 'Conv2d':
      return 2 * sizeOf(output) * (layer.inChannels / layer.groups) * layer.kernelSize[0] * layer.kernelSize[1]
    case 'WeightNorm':
    case 'SpectralNorm':
      return flopsOf({ layer: layer.layer, input, output })
    case 'SelfAttention': {
      const { query, value } = projections(layer)
      const pixels = sizeOf(input) / layer.channels
      const projected = layer.channels * (2 * query + value)
      return 2 * pixels * (projected + pixels * (query + value))
    }
    case 'Linear':
      return 2 * layer.inFeatures * sizeOf(output)
    case 'Linear2d':
      return 2 * layer.inChannels * sizeOf(output)
    case 'Attention':
      return attentionFlops(layer.channels, input[0]!, input[0]!)
    case 'WindowAttention': {
      const { padded, tokens } = windowsOf(layer, [input[1]!, input[2]!])
      return attentionFlops(layer.channels, padded[0] * padded[1], tokens)
    }
    case 'BatchNorm':
    case 'LayerNorm':
    case 'GroupNorm':
    case 'LayerScale':
    case 'StochasticDepth':
    case 'Tokens':
    case 'LearnedTokens':
    case 'PositionEmbedding':
    case 'TakeToken':
    case 'MeanTokens':
    case 'PatchMerging':
    case 'Gelu':
    case 'Silu':
    case 'HardSigmoid':
    case 'HardSwish':
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
    case 'PixelShuffle':
    case 'Blur':
    case 'ResizeNearest':
    case 'Flatten':
    case 'Identity':
    case 'Dropout':
    case 'Scale':
    case 'PadChannels':
      return 0
  }
}

/**
 * The cost of a plan: its parameters and how many are trained, operations, memory.
 *
 * @category plans
 * @since 0.1.0
 */
export interface Cost {
  readonly parameters: number
  readonly trainable: number
  /** Operations of a forward pass, per image. */
  readonly flops: number
  /** Bytes of every layer's output for one image, float32. */
  readonly activationBytes: number
}

type Totals = Omit<Cost, 'trainable'>

const total = (parts: ReadonlyArray<Totals>): Totals => ({
  parameters: parts.reduce((n, part) => n + part.parameters, 0),
  flops: parts.reduce((n, part) => n + part.flops, 0),
  activationBytes: parts.reduce((n, part) => n + part.activationBytes, 0)
})

/** Additions of a sum, multiplications of a product and copies of a concat are not counted. */
const totalsOf = foldPlan<Totals>({
  leaf: (leaf) => ({
    parameters: parametersOf(leaf.layer).reduce((n, p) => n + sizeOf(p.shape), 0),
    flops: flopsOf(leaf),
    activationBytes: 4 * sizeOf(leaf.output)
  }),
  sequential: total,
  sum: total,
  product: total,
  concat: total
})

/**
 * The total cost of a plan.
 *
 * @example
 * import { costOf, plan, resnet18 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const parameters = pipe(resnet18, plan({ input: [3, 224, 224] }), E.map((p) => costOf(p).parameters))
 * assert.deepStrictEqual(parameters, E.right(11689512))
 *
 * @category plans
 * @since 0.1.0
 */
export const costOf = (plan: Plan): Cost => {
  const { parameters, flops, activationBytes } = totalsOf(plan)
  const trainable = plan.parameters.reduce((n, p) => n + (p.trainable ? sizeOf(p.shape) : 0), 0)
  return { parameters, trainable, flops, activationBytes }
}
