/**
 * Pooling in ONNX. Adaptive pooling with bins of different sizes, for which ONNX has no operator, is built from one
 * node per bin.
 */
import { adaptiveBins, type AvgPool2d, type MaxPool2d, type Pair, positions } from '../model/index.js'
import type { PlanLayer } from '../plan/index.js'
import { int, ints, type OnnxGraph } from './OnnxGraph.js'

/** torch's padding at the start of each side; at the end, exactly as far as the last window reaches. */
const padsOf = (layer: Omit<MaxPool2d, '_tag'>, sides: ReadonlyArray<number>): ReadonlyArray<number> => {
  // with `ceil_mode`, operator set 17 may start a window inside the padding, which torch does not
  const far = sides.map((side, i) => {
    const [kernel, stride, padding] = [layer.kernelSize[i]!, layer.stride[i]!, layer.padding[i]!]
    const count = positions({ kernel, stride, padding, dilation: 1, ceil: layer.ceilMode })(side)
    return Math.max(0, (count - 1) * stride + kernel - side - padding)
  })
  return [...layer.padding, ...far]
}

export const maxPool = (graph: OnnxGraph, { path, input }: PlanLayer, layer: MaxPool2d, x: string): string =>
  graph.node(path, 'MaxPool', [x], {
    kernel_shape: ints(layer.kernelSize),
    strides: ints(layer.stride),
    pads: ints(padsOf(layer, input.slice(1)))
  })

/** Padding is not included in the averages. */
export const avgPool = (graph: OnnxGraph, { path, input }: PlanLayer, layer: AvgPool2d, x: string): string =>
  graph.node(path, 'AveragePool', [x], {
    kernel_shape: ints(layer.kernelSize),
    strides: ints(layer.stride),
    pads: ints(padsOf({ ...layer, padding: [0, 0] }, input.slice(1)))
  })

const names = {
  average: { whole: 'GlobalAveragePool', pool: 'AveragePool', reduce: 'ReduceMean' },
  max: { whole: 'GlobalMaxPool', pool: 'MaxPool', reduce: 'ReduceMax' }
} as const

/** Along one axis: reduces each bin and concatenates the results. */
const binned = (graph: OnnxGraph, at: string, reduce: string, x: string, axis: number, bins: ReadonlyArray<Pair>) => {
  const parts = bins.map(([from, to]) => {
    const limits = [[from], [to], [axis]].map((values) => graph.integers(at, values))
    return graph.node(at, reduce, [graph.node(at, 'Slice', [x, ...limits])], { axes: ints([axis]), keepdims: int(1) })
  })
  return graph.node(at, 'Concat', parts, { axis: int(axis) })
}

/** Pools to `outputSize` bins. Bins are rectangles, so rows can be reduced before columns. */
export const adaptivePool =
  (kind: keyof typeof names) =>
  (graph: OnnxGraph, { path, input }: PlanLayer, outputSize: Pair, x: string): string => {
    const { whole, pool, reduce } = names[kind]
    const [oh, ow] = outputSize
    const [, h, w] = input as readonly [number, number, number]
    if (oh === 1 && ow === 1) return graph.node(path, whole, [x])
    if (h % oh === 0 && w % ow === 0) {
      const window = ints([h / oh, w / ow])
      return graph.node(path, pool, [x], { kernel_shape: window, strides: window })
    }
    const rows = binned(graph, path, reduce, x, 2, adaptiveBins(h, oh))
    return binned(graph, path, reduce, rows, 3, adaptiveBins(w, ow))
  }
