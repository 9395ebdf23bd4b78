/** Tokens `[n, t, c]`, and the layers that work on channels wherever these are, in ONNX. */
import type { GroupNorm, PositionEmbedding } from '../model/index.js'
import { type PlanLayer, positionMatrix } from '../plan/index.js'
import { float, int, ints, type OnnxGraph } from './OnnxGraph.js'

const turned = (graph: OnnxGraph, path: string, x: string, perm: ReadonlyArray<number>): string =>
  graph.node(path, 'Transpose', [x], { perm: ints(perm) })

const shaped = (graph: OnnxGraph, path: string, x: string, shape: ReadonlyArray<number>): string =>
  graph.node(path, 'Reshape', [x, graph.integers(path, shape)])

/**
 * Applies `f` with channels last. ONNX Runtime removes the transpositions between layers of this kind.
 */
export const channelsLast = (
  graph: OnnxGraph,
  { path, input }: PlanLayer,
  x: string,
  f: (x: string) => string
): string => (input.length === 3 ? turned(graph, path, f(turned(graph, path, x, [0, 2, 3, 1])), [0, 3, 1, 2]) : f(x))

export const layerNorm = (
  graph: OnnxGraph,
  leaf: PlanLayer,
  eps: number,
  x: string,
  arrays: ReadonlyArray<string>
): string =>
  channelsLast(graph, leaf, x, (y) =>
    graph.node(leaf.path, 'LayerNormalization', [y, ...arrays], { axis: int(-1), epsilon: float(eps) })
  )

/** Instance norm of the groups as channels, then the weight and bias of every channel. */
export const groupNorm = (
  graph: OnnxGraph,
  { path, input }: PlanLayer,
  { groups, channels, eps }: GroupNorm,
  x: string,
  arrays: ReadonlyArray<string>
): string => {
  const [ones, zeros] = [1, 0].map((value) => graph.floats(path, [groups], new Float32Array(groups).fill(value)))
  const normed = graph.node(path, 'InstanceNormalization', [shaped(graph, path, x, [0, groups, -1]), ones!, zeros!], {
    epsilon: float(eps)
  })
  const [weight, bias] = arrays.map((array) => shaped(graph, path, array, [channels, 1, 1]))
  const back = shaped(graph, path, normed, [0, ...input])
  return graph.node(path, 'Add', [graph.node(path, 'Mul', [back, weight!]), bias!])
}

export const layerScale = (graph: OnnxGraph, { path, input }: PlanLayer, x: string, gamma: string): string =>
  graph.node(path, 'Mul', [
    x,
    input.length === 3 ? shaped(graph, path, gamma, [-1, 1, 1]) : shaped(graph, path, gamma, [-1])
  ])

export const tokens = (graph: OnnxGraph, { path, output }: PlanLayer, x: string): string =>
  turned(graph, path, shaped(graph, path, x, [0, output[1]!, output[0]!]), [0, 2, 1])

export const learnedTokens = (graph: OnnxGraph, { path, output }: PlanLayer, x: string, learned: string): string => {
  // the batch size is that of the input
  const sizes = graph.node(path, 'Shape', [x])
  const batch = graph.node(path, 'Gather', [sizes, graph.integers(path, [0])], { axis: int(0) })
  const shape = graph.node(path, 'Concat', [batch, graph.integers(path, [1, output[1]!])], { axis: int(0) })
  return graph.node(path, 'Concat', [graph.node(path, 'Expand', [learned, shape]), x], { axis: int(1) })
}

export const positioned = (
  graph: OnnxGraph,
  leaf: PlanLayer,
  layer: PositionEmbedding,
  x: string,
  own: string
): string => {
  const { path, input, grid } = leaf
  const matrix = positionMatrix(layer, grid ?? layer.grid)
  if (matrix === null) return graph.node(path, 'Add', [x, own])
  const factor = graph.floats(path, [input[0]!, matrix.length / input[0]!], matrix)
  return graph.node(path, 'Add', [x, graph.node(path, 'MatMul', [factor, own])])
}

export const takeToken = (graph: OnnxGraph, { path }: PlanLayer, index: number, x: string): string =>
  shaped(graph, path, graph.node(path, 'Gather', [x, graph.integers(path, [index])], { axis: int(1) }), [0, -1])

export const meanTokens = (graph: OnnxGraph, { path, input }: PlanLayer, skip: number, x: string): string => {
  const limits = [[skip], [input[0]!], [1]].map((values) => graph.integers(path, values))
  const rest = skip === 0 ? x : graph.node(path, 'Slice', [x, ...limits])
  return graph.node(path, 'ReduceMean', [rest], { axes: ints([1]), keepdims: int(0) })
}

/** The pixels of every 2×2 block as channels, column by column. */
export const patchMerging = (graph: OnnxGraph, { path, input, output }: PlanLayer, x: string): string => {
  const [c, h, w] = input as readonly [number, number, number]
  const [, rows, columns] = output as readonly [number, number, number]
  const isEven = h % 2 === 0 && w % 2 === 0
  const even = isEven ? x : graph.node(path, 'Pad', [x, graph.integers(path, [0, 0, 0, 0, 0, 0, h % 2, w % 2])])
  const blocks = turned(graph, path, shaped(graph, path, even, [0, c, rows, 2, columns, 2]), [0, 5, 3, 1, 2, 4])
  return shaped(graph, path, blocks, [0, 4 * c, rows, columns])
}
