/** Multi-head attention in ONNX: between tokens `[n, t, c]`, and within windows of `[n, c, h, w]`. */
import type { Attention, Pair, WindowAttention } from '../model/index.js'
import { attentionMask, type PlanLayer, relativePositions, type Windows, windowsOf } from '../plan/index.js'
import { float, int, ints, type OnnxGraph } from './OnnxGraph.js'

/** The arrays of a layer by name. */
type Arrays = (name: string) => string

interface Place {
  readonly graph: OnnxGraph
  readonly path: string
  readonly arrays: Arrays
}

const shaped = ({ graph, path }: Place, x: string, shape: ReadonlyArray<number>): string =>
  graph.node(path, 'Reshape', [x, graph.integers(path, shape)])

const turned = ({ graph, path }: Place, x: string, perm: ReadonlyArray<number>): string =>
  graph.node(path, 'Transpose', [x], { perm: ints(perm) })

/** A linear layer over the last axis. */
export const linear = (graph: OnnxGraph, path: string, x: string, weight: string, bias: string | null): string => {
  const product = graph.node(path, 'MatMul', [x, graph.node(path, 'Transpose', [weight], { perm: ints([1, 0]) })])
  return bias === null ? product : graph.node(path, 'Add', [product, bias])
}

/** The attention of every head, joined: queries, keys and values side by side, `[n, t, 3c]` → `[n, t, c]`. */
const attended = (
  at: Place,
  qkv: string,
  { tokens, heads, width }: { readonly tokens: number; readonly heads: number; readonly width: number },
  normed: (name: 'q_norm' | 'k_norm', x: string) => string,
  biased: (scores: string) => string
): string => {
  const { graph, path } = at
  const part = (i: number): string => {
    const limits = [[i * heads * width], [(i + 1) * heads * width], [2]].map((values) => graph.integers(path, values))
    const one = graph.node(path, 'Slice', [qkv, ...limits])
    return turned(at, shaped(at, one, [0, tokens, heads, width]), [0, 2, 1, 3])
  }
  const query = graph.node(path, 'Mul', [normed('q_norm', part(0)), graph.scalar(path, width ** -0.5)])
  const keys = turned(at, normed('k_norm', part(1)), [0, 1, 3, 2])
  const shares = graph.node(path, 'Softmax', [biased(graph.node(path, 'MatMul', [query, keys]))], { axis: int(3) })
  const taken = turned(at, graph.node(path, 'MatMul', [shares, part(2)]), [0, 2, 1, 3])
  return shaped(at, taken, [0, tokens, heads * width])
}

export const attention = (graph: OnnxGraph, leaf: PlanLayer, layer: Attention, x: string, arrays: Arrays): string => {
  const { path, input } = leaf
  const at = { graph, path, arrays }
  const [qkv, proj] = layer.torchNames ? ['in_proj_', 'out_proj.'] : ['qkv.', 'proj.']
  const packed = linear(graph, path, x, arrays(`${qkv}weight`), layer.qkvBias ? arrays(`${qkv}bias`) : null)
  const normed = (name: string, y: string): string =>
    layer.qkNorm
      ? graph.node(path, 'LayerNormalization', [y, arrays(`${name}.weight`), arrays(`${name}.bias`)], {
          axis: int(-1),
          epsilon: float(1e-5)
        })
      : y
  const sizes = { tokens: input[0]!, heads: layer.heads, width: layer.channels / layer.heads }
  const y = attended(at, packed, sizes, normed, (scores) => scores)
  return linear(graph, path, y, arrays(`${proj}weight`), arrays(`${proj}bias`))
}

/** Moves `[n, h, w, c]` up and to the left by whole pixels; what leaves at one side enters at the other. */
const rolled = ({ graph, path }: Place, x: string, by: Pair, size: Pair): string =>
  ([0, 1] as const).reduce((y, i) => {
    const first = (by[i] + size[i]) % size[i]
    if (first === 0) return y
    const part = (from: number, to: number): string =>
      graph.node(path, 'Slice', [y, ...[[from], [to], [i + 1]].map((values) => graph.integers(path, values))])
    return graph.node(path, 'Concat', [part(first, size[i]), part(0, first)], { axis: int(i + 1) })
  }, x)

const biasOf = (at: Place, layer: WindowAttention, tokens: number): string => {
  const { graph, path, arrays } = at
  const indices = graph.integers(path, [...relativePositions(layer.window)])
  const rows = graph.node(path, 'Gather', [arrays('relative_position_bias_table'), indices], { axis: int(0) })
  return shaped(at, turned(at, rows, [1, 0]), [1, layer.heads, tokens, tokens])
}

const masked = (at: Place, scores: string, mask: Float32Array, layer: WindowAttention, { count, tokens }: Windows) => {
  const { graph, path } = at
  const windows = count[0] * count[1]
  const apart = shaped(at, scores, [-1, windows, layer.heads, tokens, tokens])
  const added = graph.node(path, 'Add', [apart, graph.floats(path, [1, windows, 1, tokens, tokens], mask)])
  return shaped(at, added, [-1, layer.heads, tokens, tokens])
}

export const windowAttention = (
  graph: OnnxGraph,
  { path, input }: PlanLayer,
  layer: WindowAttention,
  x: string,
  arrays: Arrays
): string => {
  const at = { graph, path, arrays }
  const [c, h, w] = input as readonly [number, number, number]
  const windows = windowsOf(layer, [h, w])
  const { padded, shift, count, tokens } = windows
  const [wh, ww] = layer.window
  const isPadded = padded[0] > h || padded[1] > w
  const last = turned(at, x, [0, 2, 3, 1])
  const whole = isPadded
    ? graph.node(path, 'Pad', [last, graph.integers(path, [0, 0, 0, 0, 0, padded[0] - h, padded[1] - w, 0])])
    : last
  const cells = shaped(at, rolled(at, whole, shift, padded), [0, count[0], wh, count[1], ww, c])
  const parts = shaped(at, turned(at, cells, [0, 1, 3, 2, 4, 5]), [-1, tokens, c])
  const packed = linear(graph, path, parts, arrays('qkv.weight'), arrays('qkv.bias'))
  const mask = attentionMask(layer, windows)
  const bias = biasOf(at, layer, tokens)
  const biased = (scores: string): string => {
    const all = graph.node(path, 'Add', [scores, bias])
    return mask === null ? all : masked(at, all, mask, layer, windows)
  }
  const sizes = { tokens, heads: layer.heads, width: c / layer.heads }
  const y = attended(at, packed, sizes, (_, part) => part, biased)
  const back = turned(at, shaped(at, y, [-1, count[0], count[1], wh, ww, c]), [0, 1, 3, 2, 4, 5])
  const joined = rolled(at, shaped(at, back, [-1, padded[0], padded[1], c]), [-shift[0], -shift[1]], padded)
  const limits = [
    [0, 0],
    [h, w],
    [1, 2]
  ].map((values) => graph.integers(path, values))
  const cropped = isPadded ? graph.node(path, 'Slice', [joined, ...limits]) : joined
  return turned(at, linear(graph, path, cropped, arrays('proj.weight'), arrays('proj.bias')), [0, 3, 1, 2])
}
