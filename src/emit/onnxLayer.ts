/**
 * Each layer in standard ONNX operators (operator set 17), with images in NCHW as in torch, for inference: batch norms
 * use running statistics, dropouts are omitted.
 */
import { buffersOf, type Pair, parametersOf, type Primitive } from '../model/index.js'
import type { PlanLayer } from '../plan/index.js'
import { float, int, ints, string, type OnnxGraph } from './OnnxGraph.js'
import { adaptivePool, avgPool, maxPool } from './onnxPooling.js'
import { convolution, reparametrised, selfAttention } from './onnxWeights.js'

const adaptiveAverage = adaptivePool('average')
const adaptiveMax = adaptivePool('max')

/** Adds the parameters and buffers of a layer in order: weight, bias, running mean, running variance. */
const arraysOf = (graph: OnnxGraph, path: string, layer: Primitive): ReadonlyArray<string> =>
  [...parametersOf(layer), ...buffersOf(layer)].map(({ name, shape }) => graph.parameter(`${path}.${name}`, shape))

// Gather with indices, because Resize would need a fixed batch size
const nearest = (graph: OnnxGraph, { path, input }: PlanLayer, size: Pair, x: string): string =>
  size.reduce((y, to, axis) => {
    const from = input[axis + 1]!
    const indices = Array.from({ length: to }, (_, i) => Math.floor((i * from) / to))
    return graph.node(path, 'Gather', [y, graph.integers(path, indices)], { axis: int(axis + 2) })
  }, x)

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
      return graph.node(path, 'Gemm', [x, ...arraysOf(graph, path, layer)], { transB: int(1) })
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
      const [before, after] = [layer.before, layer.after].map((n) => [0, n, ...leaf.input.slice(1).map(() => 0)])
      return graph.node(path, 'Pad', [x, graph.integers(path, [...before!, ...after!])])
    }
    case 'Identity':
    case 'Dropout':
      return x
  }
}
