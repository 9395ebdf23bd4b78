/**
 * Preprocessing of images as ONNX nodes: from 8-bit pixels of any size to the network's input, scaled exactly as graft
 * does (`bilinearPixels`): the triangle filter widens with the reduction, horizontally first, then vertically, each
 * rounded to 8 bits. An axis is scaled by a matrix whose rows are the filter's weights, computed from the image's size.
 */
import { maxStretch, type Resize, type Stats } from '../data/index.js'
import { int, ints, type OnnxGraph } from './OnnxGraph.js'

/** Where names of the nodes begin. */
const at = 'preprocessing'

/** The graph's nodes as functions of names. */
interface Words {
  readonly op: (op: string, ...inputs: ReadonlyArray<string>) => string
  /** A number as a scalar of 64 bits. */
  readonly number: (value: number) => string
  readonly toNumber: (x: string) => string
  readonly toInteger: (x: string) => string
}

const [float64, int64, float32] = [11, 7, 1]

const wordsOf = (graph: OnnxGraph): Words => {
  const cast =
    (to: number) =>
    (x: string): string =>
      graph.node(at, 'Cast', [x], { to: int(to) })
  return {
    op: (op, ...inputs) => graph.node(at, op, inputs),
    number: (value) => graph.double(at, value),
    toNumber: cast(float64),
    toInteger: cast(int64)
  }
}

/** The positions 0, 1, ... up to an end, as numbers. */
const range = ({ op, number }: Words, end: string): string => op('Range', number(0), end, number(1))

/** One axis of the image: its length, and the side that the network expects. */
interface Axis {
  readonly length: string
  readonly wanted: number
}

/** The length of the central part of an axis that is scaled: extreme aspect ratios are limited. */
const kept = (w: Words, { length, wanted }: Axis, ratio: string): string => {
  const most = w.op('Ceil', w.op('Mul', w.number(maxStretch * wanted), ratio))
  return w.op('Min', length, w.op('Max', w.number(1), most))
}

/** The ratios of both axes, of which `choose` takes one. */
const ratioOf = (w: Words, axes: ReadonlyArray<Axis>, choose: 'Min' | 'Max'): string =>
  w.op(choose, ...axes.map(({ length, wanted }) => w.op('Div', length, w.number(wanted))))

/** The first of the middle `want` of `have` positions, before the first where there are too few. */
const firstOf = (w: Words, have: string, want: string): string => {
  const padding = w.op('Max', w.number(0), w.op('Ceil', w.op('Div', w.op('Sub', want, have), w.number(2))))
  const both = w.op('Add', w.op('Add', have, padding), padding)
  const spare = w.op('Add', w.op('Sub', both, want), w.number(1))
  return w.op('Sub', w.op('Floor', w.op('Div', spare, w.number(2))), padding)
}

/** The scaled positions that the network sees, mirrored at the edges where there are too few. */
const seen = (w: Words, scaled: string, wanted: number): string => {
  const index = w.op('Add', range(w, w.number(wanted)), firstOf(w, scaled, w.number(wanted)))
  const period = w.op('Max', w.number(1), w.op('Mul', w.number(2), w.op('Sub', scaled, w.number(1))))
  const turns = w.op('Floor', w.op('Div', index, period))
  const rest = w.op('Sub', index, w.op('Mul', turns, period))
  return w.op('Min', rest, w.op('Sub', period, rest))
}

/**
 * A matrix in two parts, whose sum it is: multiples of 2^-11, and what remains, multiples of 2^-22. The products of each
 * with levels of 8 bits can be added without rounding in 32 bits, as long as the filter has up to 32 weights.
 */
interface Weights {
  readonly coarse: string
  readonly fine: string
}

/** Weights of Pillow's filter, `[wanted, length]`: multiples of 2^-22. */
const weights = (graph: OnnxGraph, w: Words, { length, wanted }: Axis, scaled: string): Weights => {
  const { op, number } = w
  const column = (x: string): string => op('Unsqueeze', x, graph.integers(at, [1]))
  const scale = op('Div', length, scaled)
  const support = op('Max', scale, number(1))
  const centre = column(op('Mul', op('Add', seen(w, scaled, wanted), number(0.5)), scale))
  const edge = (x: string): string => op('Floor', op('Max', number(0), op('Add', x, number(0.5))))
  const [start, end] = [edge(op('Sub', centre, support)), edge(op('Add', centre, support))]
  const source = op('Unsqueeze', range(w, length), graph.integers(at, [0]))
  const distance = op('Abs', op('Div', op('Add', op('Sub', source, centre), number(0.5)), support))
  const inside = op('And', op('Not', op('Less', source, start)), op('Less', source, end))
  const triangle = op('Max', number(0), op('Sub', number(1), distance))
  const row = op('Mul', triangle, w.toNumber(inside))
  const whole = graph.node(at, 'ReduceSum', [row, graph.integers(at, [1])], { keepdims: int(1) })
  const fixed = op('Floor', op('Add', number(0.5), op('Mul', op('Div', row, whole), number(2 ** 22))))
  const coarse = op('Floor', op('Div', fixed, number(2 ** 11)))
  const fine = op('Sub', fixed, op('Mul', coarse, number(2 ** 11)))
  const part = (x: string, unit: number): string =>
    graph.node(at, 'Cast', [op('Div', x, number(unit))], { to: int(float32) })
  return { coarse: part(coarse, 2 ** 11), fine: part(fine, 2 ** 22) }
}

/** Levels scaled along one axis, and rounded half up; `times` multiplies them with a part of the weights. */
const scaledBy = (
  graph: OnnxGraph,
  { op }: Words,
  { coarse, fine }: Weights,
  times: (part: string) => string
): string => {
  const most = op('Add', times(coarse), graph.scalar(at, 0.5))
  const whole = op('Floor', most)
  return op('Add', whole, op('Floor', op('Add', op('Sub', most, whole), times(fine))))
}

/** The middle of an axis of the pixels. */
const middle = (graph: OnnxGraph, w: Words, x: string, axis: number, length: string, part: string): string => {
  const first = w.toInteger(firstOf(w, length, part))
  const vector = (value: string): string => w.op('Reshape', value, graph.integers(at, [1]))
  const last = w.op('Add', first, w.toInteger(part))
  return w.op('Slice', x, vector(first), vector(last), graph.integers(at, [axis]))
}

/** Adds nodes from `[n, height, width, 3]` of 8 bits to `[n, 3, height, width]`, normalised; names the result. */
export const preprocess = (
  graph: OnnxGraph,
  pixels: string,
  result: string,
  [height, width]: readonly [height: number, width: number],
  { resize, stats }: { readonly resize: Resize; readonly stats: Stats }
): void => {
  const w = wordsOf(graph)
  const sides = w.op('Shape', pixels)
  const sideAt = (axis: number): string =>
    w.toNumber(graph.node(at, 'Gather', [sides, graph.integer(at, axis)], { axis: int(0) }))
  const whole: readonly [Axis, Axis] = [
    { length: sideAt(1), wanted: height },
    { length: sideAt(2), wanted: width }
  ]
  const ratio = ratioOf(w, whole, 'Min')
  const parts: readonly [Axis, Axis] =
    resize === 'crop'
      ? [
          { ...whole[0], length: kept(w, whole[0], ratio) },
          { ...whole[1], length: kept(w, whole[1], ratio) }
        ]
      : whole
  const region =
    resize === 'crop'
      ? parts.reduce((x, part, i) => middle(graph, w, x, i + 1, whole[i]!.length, part.length), pixels)
      : pixels
  const scaled = (axis: Axis): string => {
    if (resize === 'squish') return w.number(axis.wanted)
    const by = ratioOf(w, parts, resize === 'crop' ? 'Min' : 'Max')
    return w.op('Max', w.number(1), w.op('Round', w.op('Div', axis.length, by)))
  }
  const planes = graph.node(at, 'Transpose', [region], { perm: ints([0, 3, 1, 2]) })
  const samples = graph.node(at, 'Cast', [planes], { to: int(float32) })
  const [down, across] = [weights(graph, w, parts[0], scaled(parts[0])), weights(graph, w, parts[1], scaled(parts[1]))]
  const wide = scaledBy(graph, w, across, (part) =>
    w.op('MatMul', samples, graph.node(at, 'Transpose', [part], { perm: ints([1, 0]) }))
  )
  const small = scaledBy(graph, w, down, (part) => w.op('MatMul', part, wide))
  const unit = w.op('Div', small, graph.scalar(at, 255))
  const perChannel = (values: ReadonlyArray<number>): string =>
    graph.floats(at, [values.length, 1, 1], Float32Array.from(values))
  graph.named(result, 'Div', [w.op('Sub', unit, perChannel(stats.mean)), perChannel(stats.std)])
}
