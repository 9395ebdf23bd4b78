/**
 * Layers with computed weights (weight norm and spectral norm) in standard ONNX operators. Nodes that depend only on
 * weights are left for the runtime to fold.
 */
import {
  buffersOf,
  type Conv2d,
  parametersOf,
  type projections,
  type Reparametrised,
  type SelfAttention
} from '../model/index.js'
import type { PlanLayer } from '../plan/index.js'
import { int, ints, type OnnxGraph } from './OnnxGraph.js'

type Arrays = (name: string) => string

/** Parameters and buffers of a layer by name. */
const named = (graph: OnnxGraph, path: string, layer: Reparametrised | SelfAttention): Arrays => {
  const paths = new Map(
    [...parametersOf(layer), ...buffersOf(layer)].map(({ name, shape }) => [
      name,
      graph.parameter(`${path}.${name}`, shape)
    ])
  )
  return (name) => paths.get(name)!
}

const shaped = (graph: OnnxGraph, path: string, x: string, shape: ReadonlyArray<number>): string =>
  graph.node(path, 'Reshape', [x, graph.integers(path, shape)])

/** g·v/‖v‖ for each output channel. */
const weightNormed = (graph: OnnxGraph, path: string, arrays: Arrays): string => {
  const v = arrays('weight_v')
  const lengths = graph.node(path, 'ReduceL2', [v], { axes: ints([1, 2, 3]), keepdims: int(1) })
  return graph.node(path, 'Mul', [v, graph.node(path, 'Div', [arrays('weight_g'), lengths])])
}

/**
 * The weight as a matrix with a row for each output channel, divided by σ = uᵀWv; `prefix` begins the names of its
 * arrays.
 */
const spectralNormed = (graph: OnnxGraph, path: string, arrays: Arrays, prefix = ''): string => {
  const of = (name: string): string => arrays(`${prefix}${name}`)
  const matrix = graph.node(path, 'Flatten', [of('weight_orig')], { axis: int(1) })
  const image = graph.node(path, 'MatMul', [matrix, of('weight_v')])
  return graph.node(path, 'Div', [matrix, graph.node(path, 'MatMul', [of('weight_u'), image])])
}

/** Adds a convolution of `x`. `arrays` are its weight and its bias, if it has one. */
export const convolution = (
  graph: OnnxGraph,
  path: string,
  layer: Conv2d,
  x: string,
  arrays: ReadonlyArray<string>
): string =>
  graph.node(path, 'Conv', [x, ...arrays], {
    kernel_shape: ints(layer.kernelSize),
    strides: ints(layer.stride),
    pads: ints([...layer.padding, ...layer.padding]),
    dilations: ints(layer.dilation),
    group: int(layer.groups)
  })

export const reparametrised = (graph: OnnxGraph, path: string, norm: Reparametrised, x: string): string => {
  const { layer } = norm
  const arrays = named(graph, path, norm)
  const weight =
    norm._tag === 'WeightNorm'
      ? weightNormed(graph, path, arrays)
      : shaped(graph, path, spectralNormed(graph, path, arrays), parametersOf(layer)[0]!.shape)
  return convolution(graph, path, layer, x, [weight, ...(layer.bias ? [arrays('bias')] : [])])
}

export const selfAttention = (
  graph: OnnxGraph,
  { path, output: [c, h, w] }: PlanLayer,
  layer: SelfAttention,
  x: string
): string => {
  const arrays = named(graph, path, layer)
  // 0 keeps the batch size
  const maps = (y: string, shape: ReadonlyArray<number>): string => shaped(graph, path, y, [0, ...shape])
  const turned = (y: string): string => graph.node(path, 'Transpose', [y], { perm: ints([0, 2, 1]) })
  const product = (a: string, b: string): string => graph.node(path, 'MatMul', [a, b])
  const pixels = maps(x, [c!, h! * w!])
  const projected = (name: keyof ReturnType<typeof projections>): string =>
    product(spectralNormed(graph, path, arrays, `${name}.`), pixels)
  // row j holds the weights of pixel j: the softmax of qᵀk over its first axis, transposed
  const shares = graph.node(path, 'Softmax', [product(turned(projected('key')), projected('query'))], { axis: int(2) })
  const taken = maps(product(projected('value'), turned(shares)), [c!, h!, w!])
  return graph.node(path, 'Add', [graph.node(path, 'Mul', [arrays('gamma'), taken]), x])
}
