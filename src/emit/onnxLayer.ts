/**
 * Each layer in standard ONNX operators (operator set 17), with images in NCHW as in torch, for inference: batch norms
 * use running statistics, dropouts are omitted.
 */
import { arrayPath, buffersOf, channelAxis, type Pair, parametersOf, type Primitive } from '../model/index.js'
import type { PlanLayer } from '../plan/index.js'
import { float, int, ints, string, type OnnxGraph } from './OnnxGraph.js'
import { attention, linear, windowAttention } from './onnxAttention.js'
import { adaptivePool, avgPool, maxPool } from './onnxPooling.js'
import {
  channelsLast,
  groupNorm,
  layerNorm,
  layerScale,
  learnedTokens,
  meanTokens,
  patchMerging,
  positioned,
  takeToken,
  tokens
} from './onnxTokens.js'
import { convolution, reparametrised, selfAttention } from './onnxWeights.js'

const adaptiveAverage = adaptivePool('average')
const adaptiveMax = adaptivePool('max')

/** Adds the parameters and buffers of a layer in order: weight, bias, running mean, running variance. */
const arraysOf = (graph: OnnxGraph, path: string, layer: Primitive): ReadonlyArray<string> =>
  [...parametersOf(layer), ...buffersOf(layer)].map(({ name, shape }) => graph.parameter(arrayPath(path, name), shape))

// Gather with indices, because Resize would need a fixed batch size
const nearest = (graph: OnnxGraph, { path, input }: PlanLayer, size: Pair, x: string): string =>
  size.reduce((y, to, axis) => {
    const from = input[axis + 1]!
    const indices = Array.from({ length: to }, (_, i) => Math.floor((i * from) / to))
    return graph.node(path, 'Gather', [y, graph.integers(path, indices)], { axis: int(axis + 2) })
  }, x)

/** The same, by name. */
const byName = (graph: OnnxGraph, path: string, layer: Primitive): ((name: string) => string) => {
  const names = [...parametersOf(layer), ...buffersOf(layer)].map(({ name }) => name)
  const arrays = arraysOf(graph, path, layer)
  return (name) => arrays[names.indexOf(name)]!
}

const linearOf = (graph: OnnxGraph, path: string, layer: Primitive, x: string): string => {
  const [weight, bias = null] = arraysOf(graph, path, layer)
  return linear(graph, path, x, weight!, bias)
}

/** x/2·(1 + erf(x/√2)), or with the hyperbolic tangent, as ONNX Runtime recognises them. */
const gelu = (graph: OnnxGraph, path: string, approximate: boolean, x: string): string => {
  const of = (op: string, ...inputs: ReadonlyArray<string | number>): string =>
    graph.node(
      path,
      op,
      inputs.map((input) => (typeof input === 'number' ? graph.scalar(path, input) : input))
    )
  const cube = (): string => of('Pow', x, 3)
  const inner = approximate
    ? of('Tanh', of('Mul', of('Add', x, of('Mul', cube(), 0.044715)), Math.sqrt(2 / Math.PI)))
    : of('Erf', of('Div', x, Math.SQRT2))
  return of('Mul', of('Mul', x, of('Add', inner, 1)), 0.5)
}

/** Adds a layer with the input `x` and returns the name of its result. */
export const onnxLayer = (graph: OnnxGraph, leaf: PlanLayer, x: string): string => {
  const { layer, path } = leaf
  switch (layer._tag) {
    case 'Conv2d':
      return convolution(graph, path, layer, x, arraysOf(graph, path, layer))
    case 'WeightNorm':
    case 'SpectralNorm':
      return reparametrised(graph, path, layer, x)
    case 'SelfAttention':
      return selfAttention(graph, leaf, layer, x)
    case 'Linear':
      return leaf.input.length === 1
        ? graph.node(path, 'Gemm', [x, ...arraysOf(graph, path, layer)], { transB: int(1) })
        : linearOf(graph, path, layer, x)
    case 'Linear2d':
      return channelsLast(graph, leaf, x, (y) => linearOf(graph, path, layer, y))
    case 'LayerNorm':
      return layerNorm(graph, leaf, layer.eps, x, arraysOf(graph, path, layer))
    case 'GroupNorm':
      return groupNorm(graph, leaf, layer, x, arraysOf(graph, path, layer))
    case 'Attention':
      return attention(graph, leaf, layer, x, byName(graph, path, layer))
    case 'WindowAttention':
      return windowAttention(graph, leaf, layer, x, byName(graph, path, layer))
    case 'Tokens':
      return tokens(graph, leaf, x)
    case 'LearnedTokens':
      return learnedTokens(graph, leaf, x, arraysOf(graph, path, layer)[0]!)
    case 'PositionEmbedding':
      return positioned(graph, leaf, layer, x, arraysOf(graph, path, layer)[0]!)
    case 'TakeToken':
      return takeToken(graph, leaf, layer.index, x)
    case 'MeanTokens':
      return meanTokens(graph, leaf, layer.skip, x)
    case 'PatchMerging':
      return patchMerging(graph, leaf, x)
    case 'LayerScale':
      return layerScale(graph, leaf, x, arraysOf(graph, path, layer)[0]!)
    case 'Gelu':
      return gelu(graph, path, layer.approximate, x)
    case 'Silu':
      return graph.node(path, 'Mul', [x, graph.node(path, 'Sigmoid', [x])])
    case 'HardSigmoid':
      return graph.node(path, 'HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) })
    case 'HardSwish':
      return graph.node(path, 'HardSwish', [x])
    case 'BatchNorm':
      return graph.node(path, 'BatchNormalization', [x, ...arraysOf(graph, path, layer)], { epsilon: float(layer.eps) })
    case 'MaxPool2d':
      return maxPool(graph, leaf, layer, x)
    case 'AvgPool2d':
      return avgPool(graph, leaf, layer, x)
    case 'AdaptiveAvgPool2d':
      return adaptiveAverage(graph, leaf, layer.outputSize, x)
    case 'AdaptiveMaxPool2d':
      return adaptiveMax(graph, leaf, layer.outputSize, x)
    case 'AdaptiveConcatPool2d': {
      const both = [adaptiveMax, adaptiveAverage].map((pool) => pool(graph, leaf, layer.outputSize, x))
      return graph.node(path, 'Concat', both, { axis: int(1) })
    }
    case 'Relu':
      return graph.node(path, 'Relu', [x])
    case 'Relu6':
      return graph.node(path, 'Clip', [x, graph.scalar(path, 0), graph.scalar(path, 6)])
    case 'LeakyRelu':
      return graph.node(path, 'LeakyRelu', [x], { alpha: float(layer.negativeSlope) })
    case 'Sigmoid':
      return graph.node(path, 'Sigmoid', [x])
    case 'Tanh':
      return graph.node(path, 'Tanh', [x])
    case 'Flatten':
      return graph.node(path, 'Flatten', [x], { axis: int(1) })
    case 'SigmoidRange': {
      const { low, high } = layer
      const wide = graph.node(path, 'Mul', [graph.node(path, 'Sigmoid', [x]), graph.scalar(path, high - low)])
      return graph.node(path, 'Add', [wide, graph.scalar(path, low)])
    }
    case 'PixelShuffle':
      return graph.node(path, 'DepthToSpace', [x], { blocksize: int(layer.scale), mode: string('CRD') })
    case 'Blur': {
      const padded = graph.node(path, 'Pad', [x, graph.integers(path, [0, 0, 1, 1, 0, 0, 0, 0])], {
        mode: string('edge')
      })
      return graph.node(path, 'AveragePool', [padded], { kernel_shape: ints([2, 2]) })
    }
    case 'ResizeNearest':
      return nearest(graph, leaf, layer.outputSize, x)
    case 'Scale':
      return graph.node(path, 'Mul', [x, graph.scalar(path, layer.factor)])
    case 'PadChannels': {
      const channels = channelAxis(leaf.input)
      const [before, after] = [layer.before, layer.after].map((n) => [
        0,
        ...leaf.input.map((_, axis) => (axis === channels ? n : 0))
      ])
      return graph.node(path, 'Pad', [x, graph.integers(path, [...before!, ...after!])])
    }
    case 'Identity':
    case 'Dropout':
    case 'StochasticDepth':
      return x
  }
}
