import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../arithmetic.js'
import { windowOf } from '../conv/index.js'
import { float, int, type Graph, type Ref } from '../Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../Kernel.js'
import { images, pixelMatrix, pixelsOf, type Laid } from '../Layout.js'
import { gatherRows, sumOfLandings } from '../rows.js'
import { sameShape } from '../shapes.js'
import {
  clamped,
  inputUnder,
  isPadded,
  landings,
  tapsOf,
  underTap,
  windowKey,
  type RowTable,
  type Window
} from '../Window.js'
import { cast } from './logic.js'

type Shape4 = [number, number, number, number]

interface PoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

interface Pool {
  readonly window: Window
  readonly images: number
  readonly channels: number
  readonly input: ReadonlyArray<number>
  readonly output: ReadonlyArray<number>
}

const poolOf = (input: ReadonlyArray<number>, a: PoolAttributes): Pool => {
  const shape = [...input] as Shape4
  const info = backend_util.computePool2DInfo(shape, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode)
  return {
    window: windowOf(info),
    images: info.batchSize,
    channels: info.inChannels,
    input: info.inShape,
    output: info.outShape
  }
}

// tfjs's gradients forget how the output's sides were rounded: its shape tells
const gradientPoolOf = (
  input: ReadonlyArray<number>,
  output: ReadonlyArray<number>,
  attributes: PoolAttributes
): Pool | undefined => {
  const p = poolOf(input, attributes)
  const [count, height, width, channels] = output as Shape4
  const fits = [height - p.window.output[0], width - p.window.output[1]].every((more) => more === 0 || more === 1)
  return fits && count === p.images && channels === p.channels
    ? { ...p, output, window: { ...p.window, output: [height, width] } }
    : undefined
}

/** tfjs hands on its input when the window is one pixel and the size stays, whatever the strides say. */
const isIdentity = (p: Pool): boolean => tapsOf(p.window) === 1 && sameShape(p.input, p.output)

/** The window covers the image exactly: one output pixel. */
const isGlobal = ({ window: w }: Pool): boolean =>
  pixelsOf(w.output) === 1 && w.size[0] === w.input[0] && w.size[1] === w.input[1] && !isPadded(inputUnder(w))

// -------------------------------------------------------------------------------------
// maxima, one axis after the other
// -------------------------------------------------------------------------------------

/** The window's reach across a row, and then down a column of what that left. */
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

/** The image under each tap of the window: one matrix `[output pixels, images·channels]` a tap. */
const taps = (g: Graph, x: Ref, w: Window, table: RowTable, outside: number): ReadonlyArray<Ref> =>
  Array.from({ length: tapsOf(w) }, (_, tap) =>
    gatherRows(g, x, `tap ${tap} ${outside} ${windowKey(w)}`, underTap(w, table, tap), outside)
  )

const maximum = (g: Graph, parts: ReadonlyArray<Ref>): Ref =>
  parts.length === 1 ? parts[0]! : g.op('Max', parts, parts[0]!.shape)

const within = (g: Graph, x: Ref, w: Window): ReadonlyArray<Ref> => taps(g, x, w, clamped(w, inputUnder(w)), -Infinity)

const maximumAlong = (g: Graph, x: Ref, w: Window): Ref => maximum(g, within(g, x, w))

const maxPool = (g: Graph, x: Laid, p: Pool): Laid => {
  if (isIdentity(p)) return x
  const rows = pixelMatrix(g, x)
  if (isGlobal(p)) return images(g, globalMax(g, rows), p.output)
  const [across, down] = axesOf(p.window)
  return images(g, maximumAlong(g, maximumAlong(g, rows, across), down), p.output)
}

const globalMax = (g: Graph, rows: Ref): Ref =>
  g.op('ReduceMax', [rows], [1, rows.shape[1]!], {
    attributes: { axes: { _tag: 'ints', value: [0] }, keepdims: int(1) }
  })

/** 1 where `a`, which is never more than `most`, equals it: several times faster than Equal and Cast. */
const isMost = (g: Graph, a: Ref, most: Ref): Ref =>
  g.elementwise('HardSigmoid', [arithmetic(g).sub(a, most)], { attributes: { alpha: float(3.4e38), beta: float(1) } })

/** The gradient of each tap: it goes to the first that has the maximum. */
const shared = (g: Graph, dy: Ref, parts: ReadonlyArray<Ref>, most: Ref): ReadonlyArray<Ref> => {
  const { add, sub, mul, relu } = arithmetic(g)
  let taken: Ref | undefined
  return parts.map((part) => {
    const hit = isMost(g, part, most)
    const first = taken === undefined ? hit : relu(sub(hit, taken))
    taken = taken === undefined ? hit : add(taken, first)
    return mul(dy, first)
  })
}

const maxGradientAlong = (g: Graph, dy: Ref, x: Ref, w: Window): Ref => {
  const parts = within(g, x, w)
  return fold(g, shared(g, dy, parts, maximum(g, parts)), w, clamped(w, inputUnder(w)))
}

/** Adds up, on each input pixel, the parts of the taps that lie on it. */
const fold = (g: Graph, parts: ReadonlyArray<Ref>, w: Window, table: RowTable): Ref => {
  const all = Array.from({ length: tapsOf(w) }, (_, tap) => tap)
  const key = `landings ${isPadded(table)} ${windowKey(w)}`
  return sumOfLandings(g, arithmetic(g).concat(parts, 0), key, landings(w, all, table))
}

/** The gradient goes to the first maximum under the window, in reading order, as in the cpu kernel and in PyTorch. */
const maxPoolGrad = (g: Graph, dy: Laid, x: Laid, p: Pool): Laid => {
  const [d, rows] = [pixelMatrix(g, dy), pixelMatrix(g, x)]
  if (isGlobal(p)) return images(g, globalMaxGradient(g, d, x, p), p.input)
  // the first row that has the maximum, and in it the first column: the first in reading order
  const [across, down] = axesOf(p.window)
  const middle = maximumAlong(g, rows, across)
  return images(g, maxGradientAlong(g, maxGradientAlong(g, d, middle, down), rows, across), p.input)
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

// -------------------------------------------------------------------------------------
// averages
// -------------------------------------------------------------------------------------

/** One over the number of pixels that lie under the window, by output pixel: padding is not counted. */
const shares = (g: Graph, w: Window): Ref => {
  const [pixels, size] = [pixelsOf(w.output), tapsOf(w)]
  return g.table(`shares ${windowKey(w)}`, [pixels, 1], () => {
    const { indices, rows } = inputUnder(w)
    return Float32Array.from({ length: pixels }, (_, i) => {
      const under = indices.subarray(i * size, (i + 1) * size)
      return 1 / under.filter((row) => row < rows).length
    })
  })
}

// Averaging is a matrix product [output pixels, input pixels]. Up to this many entries that is the quickest form.
const LARGEST_MATRIX = 1 << 14

const isSmall = (w: Window): boolean => pixelsOf(w.input) * pixelsOf(w.output) <= LARGEST_MATRIX

const averages = (g: Graph, w: Window): Ref => {
  const [outputs, inputs, size] = [pixelsOf(w.output), pixelsOf(w.input), tapsOf(w)]
  return g.table(`averages ${windowKey(w)}`, [outputs, inputs], () => {
    const { indices, rows } = inputUnder(w)
    const matrix = new Float32Array(outputs * inputs)
    for (let i = 0; i < outputs; i++) {
      const under = indices.subarray(i * size, (i + 1) * size).filter((row) => row < rows)
      for (const row of under) matrix[i * inputs + row] = 1 / under.length
    }
    return matrix
  })
}

const avgPool = (g: Graph, x: Laid, p: Pool): Laid => {
  const { matMul, mul } = arithmetic(g)
  if (isIdentity(p)) return x
  const rows = pixelMatrix(g, x)
  if (isSmall(p.window)) return images(g, matMul(averages(g, p.window), rows), p.output)
  const parts = taps(g, rows, p.window, inputUnder(p.window), 0)
  return images(g, mul(g.op('Sum', parts, parts[0]!.shape), shares(g, p.window)), p.output)
}

const avgPoolGrad = (g: Graph, dy: Laid, p: Pool): Laid => {
  const { matMul, mul } = arithmetic(g)
  const rows = pixelMatrix(g, dy)
  if (isSmall(p.window)) return images(g, matMul(averages(g, p.window), rows, { a: true }), p.input)
  const part = mul(rows, shares(g, p.window))
  const parts = Array.from({ length: tapsOf(p.window) }, () => part)
  return images(g, fold(g, parts, p.window, inputUnder(p.window)), p.input)
}

export const pool: Kernels = {
  AvgPool: kernel<'x', PoolAttributes>(({ x }, attributes) => {
    const p = poolOf(x.shape, attributes)
    return x.dtype === 'float32' ? imageForm(float32(p.output), (g, i) => avgPool(g, i.x, p)) : undefined
  }),
  AvgPoolGrad: kernel<'dy' | 'input', PoolAttributes>(({ dy, input }, attributes) => {
    const p = gradientPoolOf(input.shape, dy.shape, attributes)
    return p !== undefined && dy.dtype === 'float32'
      ? imageForm(float32(p.input), (g, i) => avgPoolGrad(g, i.dy, p))
      : undefined
  }),
  MaxPool: kernel<'x', PoolAttributes>(({ x }, attributes) => {
    const p = poolOf(x.shape, attributes)
    return x.dtype === 'float32' ? imageForm(float32(p.output), (g, i) => maxPool(g, i.x, p)) : undefined
  }),
  MaxPoolGrad: kernel<'dy' | 'input' | 'output', PoolAttributes>(({ dy, input, output }, attributes) => {
    const p = gradientPoolOf(input.shape, dy.shape, attributes)
    return p !== undefined && dy.dtype === 'float32' && input.dtype === 'float32' && sameShape(dy.shape, output.shape)
      ? imageForm(float32(p.input), (g, i) => maxPoolGrad(g, i.dy, i.input, p))
      : undefined
  })
}
