import { arithmetic } from '../graph/arithmetic.js'
import { float, int, ints, type Graph, type Ref } from '../graph/Graph.js'
import { images, pixelMatrix, pixelOrder, pixelsOf, TILE, isTiled, type Laid, type Size } from '../graph/Layout.js'
import { gatherRows, gatherTaps, inOrder, sumsByTap } from '../graph/rows.js'
import { clamped, inputUnder, tapLandings, tapsOf, windowKey, type RowTable, type Window } from '../graph/Window.js'
import { positive } from './elementwise.js'
import { cast } from './logic.js'
import { normedMaxPool, normedMaxPoolGrad, type Pooling } from './normedMaxPool.js'
import { isGlobal, isIdentity, type Pool } from './poolWindow.js'

/**
 * Max pooling, one axis after the other. It moves much data and computes little, so larger feature maps are processed
 * in chunks of a few MB, which stay in the processor's cache.
 */

/** Bytes that a part reads. */
const CACHED = 1 << 21

type Axis = 0 | 1

/** First, and one past the last. */
type Part = readonly [from: number, to: number]

const partsOf = (count: number, bytesOfOne: number): ReadonlyArray<Part> => {
  const size = Math.max(1, Math.floor(CACHED / bytesOfOne))
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)])
}

const bytesOfRow = (x: Ref): number => 4 * x.shape[1]!

/** The window along rows, then along columns of the intermediate result. */
const axesOf = (w: Window): readonly [across: Window, down: Window] => [
  {
    input: w.input,
    output: [w.input[0], w.output[1]],
    size: [1, w.size[1]],
    stride: [1, w.stride[1]],
    dilation: [1, w.dilation[1]],
    pad: [0, w.pad[1]]
  },
  {
    input: [w.input[0], w.output[1]],
    output: w.output,
    size: [w.size[0], 1],
    stride: [w.stride[0], 1],
    dilation: [w.dilation[0], 1],
    pad: [w.pad[0], 0]
  }
]

const under = (w: Window): RowTable => clamped(w, inputUnder(w))

const taps = (g: Graph, x: Ref, w: Window, key: string, table: RowTable): ReadonlyArray<Ref> =>
  gatherTaps(g, x, w, `most ${key}`, table, -Infinity)

// -------------------------------------------------------------------------------------
// forward
// -------------------------------------------------------------------------------------

const maximumAlong = (g: Graph, x: Ref, w: Window): Ref => {
  const { indices, rows } = under(w)
  const parts = partsOf(pixelsOf(w.output), bytesOfRow(x)).map((part) => {
    const [from, to] = part
    const table = { rows, indices: indices.subarray(from * tapsOf(w), to * tapsOf(w)) }
    // two at a time, because with three inputs ONNX Runtime's Max takes twice as long
    return taps(g, x, w, part.join(), table).reduce(arithmetic(g).max)
  })
  return arithmetic(g).concat(parts, 0)
}

/** The maxima of a pixel matrix under the windows. */
const maxima = (g: Graph, rows: Ref, { window }: Pool): Ref => {
  const [across, down] = axesOf(window)
  return maximumAlong(g, maximumAlong(g, rows, across), down)
}

export const maxPool = (g: Graph, x: Laid, p: Pool): Laid => {
  if (isIdentity(p)) return x
  if (isGlobal(p)) return images(g, globalMax(g, pixelMatrix(g, x)), p.output)
  return normedMaxPool(pooling)(g, x, p) ?? images(g, maxima(g, pixelMatrix(g, x), p), p.output)
}

const globalMax = (g: Graph, rows: Ref): Ref =>
  g.op('ReduceMax', [rows], [1, rows.shape[1]!], {
    attributes: { axes: ints([0]), keepdims: int(1) }
  })

// -------------------------------------------------------------------------------------
// backward pass: by lines, which are independent of each other

/**
 * Rows of the layout by lines (image rows for axis 0, columns for axis 1): the matrix as `[outer, lines / width,
 * inner]`.
 */
interface Lines {
  readonly outer: number
  readonly count: number
  readonly inner: number
  /** Number of lines that are interleaved in that order: those of a tile. */
  readonly width: number
}

const linesOf = (size: Size, axis: Axis): Lines => {
  const width = isTiled(size) ? TILE : 1
  const [down, across] = [size[0] / width, size[1] / width]
  const outer = width * width
  return axis === 0
    ? { outer, count: down, inner: across, width }
    : { outer: outer * down, count: across, inner: 1, width }
}

/** The rows whose pixels are on some lines. */
const rowsOnLines = (size: Size, axis: Axis, [from, to]: Part): Int32Array => {
  const order = pixelOrder(size)
  const line = (pixel: number): number => (axis === 0 ? Math.floor(pixel / size[1]) : pixel % size[1])
  return Int32Array.from(order.keys()).filter((row) => line(order[row]!) >= from && line(order[row]!) < to)
}

/** A window over some lines: the rows it reads and writes, and for each output and tap the row under it. */
const onLines = (w: Window, { indices, rows }: RowTable, axis: Axis, part: Part) => {
  const [input, output] = [rowsOnLines(w.input, axis, part), rowsOnLines(w.output, axis, part)]
  const places = new Int32Array(rows + 1).fill(input.length)
  input.forEach((row, place) => (places[row] = place))
  const count = tapsOf(w)
  const global = Int32Array.from(
    { length: output.length * count },
    (_, i) => indices[output[Math.floor(i / count)]! * count + (i % count)]!
  )
  return {
    input,
    output,
    global: { rows, indices: global },
    local: { rows: input.length, indices: global.map((row) => places[row]!) }
  }
}

const LARGEST = 3.4e38

/** 1 where the first is greater; several times faster than Greater and Cast. */
const isMore = (g: Graph, a: Ref, b: Ref): Ref =>
  g.elementwise('HardSigmoid', [arithmetic(g).sub(a, b)], { attributes: { alpha: float(LARGEST), beta: float(0) } })

/** Clips infinities to the largest finite numbers, because the difference of two infinities is NaN. */
const finite = (g: Graph, x: Ref): Ref => g.elementwise('Clip', [x, g.scalar(-LARGEST), g.scalar(LARGEST)])

/**
 * The gradient of each tap: from the last to the first, a tap receives it if it is greater than all before, so that the
 * first of equals does.
 */
const shared = (g: Graph, dy: Ref, parts: ReadonlyArray<Ref>): ReadonlyArray<Ref> => {
  const { sub, mul, max } = arithmetic(g)
  const before = parts.reduce<ReadonlyArray<Ref>>(
    (all, part, i) => [...all, i === 0 ? part : max(all[i - 1]!, part)],
    []
  )
  const gradients: Array<Ref> = []
  let rest = dy
  for (let i = parts.length - 1; i > 0; i--) {
    const own = mul(rest, isMore(g, parts[i]!, before[i - 1]!))
    gradients.unshift(own)
    rest = sub(rest, own)
  }
  return [rest, ...gradients]
}

/** The rows of a matrix in some order; `at` gives the position of each row of the layout. */
interface Scattered {
  readonly rows: Ref
  readonly at: Int32Array
}

/**
 * The gradient of some lines, as concatenated groups of rows; `order` gives the position of each of `lines`, rows of
 * the input.
 */
interface LinesGradient {
  readonly groups: ReadonlyArray<Ref>
  readonly order: Int32Array
  readonly lines: Int32Array
}

const gradientOfLines = (g: Graph, dy: Scattered, x: Ref, w: Window, axis: Axis, part: Part): LinesGradient => {
  const table = under(w)
  const key = `lines ${axis} ${part.join()} ${windowKey(w)}`
  const { input, output, global, local } = onLines(w, table, axis, part)
  const place = { rows: dy.rows.shape[0]!, indices: output.map((row) => dy.at[row]!) }
  const candidates = taps(g, x, w, key, global).map((tap) => finite(g, tap))
  const gradients = shared(g, gatherRows(g, dy.rows, `out ${key}`, place), candidates)
  const landed = tapLandings(w, local)
  return { groups: sumsByTap(g, gradients, `landed ${key}`, landed), order: landed.order, lines: input }
}

/** The gradient along an axis, by parts of lines. */
const gradientAlong = (g: Graph, dy: Scattered, x: Ref, w: Window, axis: Axis): ReadonlyArray<LinesGradient> => {
  const { outer, count, inner, width } = linesOf(w.input, axis)
  return partsOf(count, outer * inner * bytesOfRow(x)).map(([from, to]) =>
    gradientOfLines(g, dy, x, w, axis, [from * width, to * width])
  )
}

/** In the order of the parts; the next gather does not need them sorted. */
const scattered = (g: Graph, parts: ReadonlyArray<LinesGradient>, rows: number): Scattered => {
  const at = new Int32Array(rows)
  let before = 0
  for (const { order, lines } of parts) {
    lines.forEach((row, i) => (at[row] = before + order[i]!))
    before += lines.length
  }
  const all = parts.flatMap(({ groups }) => groups)
  return { rows: arithmetic(g).concat(all, 0), at }
}

/** In the order of the layout. */
const sorted = (g: Graph, parts: ReadonlyArray<LinesGradient>, w: Window, axis: Axis): Ref => {
  const { concat } = arithmetic(g)
  const { outer, count, inner } = linesOf(w.input, axis)
  const blocks = parts.map(({ groups, order }, i) => {
    const rows = inOrder(g, concat(groups, 0), `sorted ${i} ${axis} ${windowKey(w)}`, order)
    return g.reshape(rows, [outer, order.length / outer, rows.shape[1]!])
  })
  return g.reshape(concat(blocks, 1), [outer * count * inner, blocks[0]!.shape[2]!])
}

/** The gradient of `maxima`. */
const gradientOfMaxima = (g: Graph, dy: Ref, x: Ref, p: Pool): Ref => {
  // the first row that contains the maximum, and in it the first column: the first in reading order
  const [across, down] = axesOf(p.window)
  const middle = maximumAlong(g, x, across)
  const inLayout = { rows: dy, at: Int32Array.from({ length: dy.shape[0]! }, (_, row) => row) }
  const ofMiddle = gradientAlong(g, inLayout, middle, down, 1)
  const rows = scattered(g, ofMiddle, pixelsOf(down.input))
  return sorted(g, gradientAlong(g, rows, x, across, 0), across, 0)
}

const pooling: Pooling = { maxima, gradient: gradientOfMaxima }

/** Whether a tensor is the output of a ReLU, or a concatenation of several. */
const isRelu = (g: Graph, { ref, layout, branches }: Laid): boolean =>
  branches?.every((branch) => isRelu(g, branch)) ?? (layout === 'pixels' && g.madeBy(ref) === 'Relu')

/**
 * The gradient goes to the first maximum under the window, in reading order, as in the cpu kernel and in PyTorch. For a
 * ReLU's output it is zero where the maximum is zero, which is tested on the maxima, because there are fewer of them.
 */
export const maxPoolGrad = (g: Graph, dy: Laid, x: Laid, y: Laid, p: Pool): Laid => {
  if (isIdentity(p)) return dy
  const [d, rows] = [pixelMatrix(g, dy), pixelMatrix(g, x)]
  if (isGlobal(p)) return images(g, globalMaxGradient(g, d, images(g, finite(g, rows), p.input), p), p.input)
  const normed = normedMaxPoolGrad(pooling)(g, d, x, pixelMatrix(g, y), p)
  if (normed !== undefined) return normed
  if (!isRelu(g, x)) return images(g, gradientOfMaxima(g, d, rows, p), p.input)
  const open = arithmetic(g).mul(d, positive(g, pixelMatrix(g, y)))
  return { ...images(g, gradientOfMaxima(g, open, rows, p), p.input), maskedBy: x }
}

const globalMaxGradient = (g: Graph, dy: Ref, x: Laid, p: Pool): Ref => {
  const { equal, mul } = arithmetic(g)
  const rows = pixelMatrix(g, x)
  const pixels = pixelsOf(p.window.input)
  const order = inputUnder(p.window).indices
  const inReadingOrder = gatherRows(g, rows, `reading ${windowKey(p.window)}`, { indices: order, rows: pixels })
  const first = g.op('ArgMax', [inReadingOrder], [1, rows.shape[1]!], {
    attributes: { axis: int(0), keepdims: int(1) },
    dtype: 'int64'
  })
  const places = new BigInt64Array(pixels)
  order.forEach((row, place) => (places[row] = BigInt(place)))
  const hit = equal(
    g.table(`places ${windowKey(p.window)}`, [pixels, 1], () => places),
    first
  )
  return mul(cast(g, hit, 'float32'), dy)
}
