import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../arithmetic.js'
import { gatherRows, sumOfRows } from '../gatherRows.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, form, kernel, sameShape, sizeOf, type Kernels } from '../Kernel.js'
import { area, byTap, inputUnder, landings, tapsOf, windowKey, type Window } from '../Window.js'
import { windowOf } from './conv.js'
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
  const [images, height, width, channels] = output as Shape4
  const fits = [height - p.window.output[0], width - p.window.output[1]].every((more) => more === 0 || more === 1)
  return fits && images === p.images && channels === p.channels
    ? { ...p, output, window: { ...p.window, output: [height, width] } }
    : undefined
}

const imageRows = (g: Graph, x: Ref, p: Pool): Ref =>
  g.reshape(x, [p.images, sizeOf(x.shape) / (p.images * p.channels), p.channels])

/** The image under each tap of the window: one tensor `[images, pixels, channels]` a tap. */
const taps = (g: Graph, x: Ref, p: Pool, outside: number): ReadonlyArray<Ref> => {
  const table = byTap(p.window, inputUnder(p.window))
  const pixels = area(p.window.output)
  const rows = imageRows(g, x, p)
  return Array.from({ length: tapsOf(p.window) }, (_, tap) => {
    const indices = table.indices.subarray(tap * pixels, (tap + 1) * pixels)
    return gatherRows(g, rows, `tap ${tap} ${windowKey(p.window)}`, { ...table, indices }, outside)
  })
}

/** Adds up, on each input pixel, the parts of the taps that lie on it. */
const fold = (g: Graph, parts: ReadonlyArray<Ref>, p: Pool): Ref => {
  const key = `landings by tap ${windowKey(p.window)}`
  return g.reshape(sumOfRows(g, arithmetic(g).concat(parts, 1), key, landings(p.window, 'tap-output')), p.input)
}

/** tfjs hands on its input when the window is one pixel and the size stays, whatever the strides say. */
const isIdentity = (p: Pool): boolean => tapsOf(p.window) === 1 && sameShape(p.input, p.output)

const maxPool = (g: Graph, x: Ref, p: Pool): Ref => {
  if (isIdentity(p)) return x
  const parts = taps(g, x, p, -Infinity)
  return g.reshape(parts.length === 1 ? parts[0]! : g.op('Max', parts, parts[0]!.shape), p.output)
}

/** The gradient goes to the first maximum under the window, in reading order, as in the cpu kernel and in PyTorch. */
const maxPoolGrad = (g: Graph, dy: Ref, x: Ref, y: Ref, p: Pool): Ref => {
  const { add, sub, mul, relu, equal } = arithmetic(g)
  const [most, d] = [imageRows(g, y, p), imageRows(g, dy, p)]
  const parts: Array<Ref> = []
  let taken: Ref | undefined
  for (const tap of taps(g, x, p, -Infinity)) {
    const hit = cast(g, equal(tap, most), 'float32')
    const first = taken === undefined ? hit : relu(sub(hit, taken))
    taken = taken === undefined ? hit : add(taken, first)
    parts.push(mul(d, first))
  }
  return fold(g, parts, p)
}

/** One over the number of pixels that lie under the window, by output pixel: padding is not counted. */
const shares = (g: Graph, p: Pool): Ref => {
  const [pixels, size] = [area(p.window.output), tapsOf(p.window)]
  return g.table(`shares ${windowKey(p.window)}`, [pixels, 1], () => {
    const { indices, rows } = inputUnder(p.window)
    return Float32Array.from({ length: pixels }, (_, i) => {
      const under = indices.subarray(i * size, (i + 1) * size)
      return 1 / under.filter((row) => row < rows).length
    })
  })
}

// Averaging is a matrix product [output pixels, input pixels]. Up to this many entries that is the quickest form.
const LARGEST_MATRIX = 1 << 14

const isSmall = ({ window }: Pool): boolean => area(window.input) * area(window.output) <= LARGEST_MATRIX

const averages = (g: Graph, p: Pool): Ref => {
  const [outputs, inputs, size] = [area(p.window.output), area(p.window.input), tapsOf(p.window)]
  return g.table(`averages ${windowKey(p.window)}`, [outputs, inputs], () => {
    const { indices, rows } = inputUnder(p.window)
    const matrix = new Float32Array(outputs * inputs)
    for (let i = 0; i < outputs; i++) {
      const under = indices.subarray(i * size, (i + 1) * size).filter((row) => row < rows)
      for (const row of under) matrix[i * inputs + row] = 1 / under.length
    }
    return matrix
  })
}

const avgPool = (g: Graph, x: Ref, p: Pool): Ref => {
  const { matMul, mul } = arithmetic(g)
  if (isIdentity(p)) return x
  if (isSmall(p)) return g.reshape(matMul(averages(g, p), imageRows(g, x, p)), p.output)
  const parts = taps(g, x, p, 0)
  return g.reshape(mul(g.op('Sum', parts, parts[0]!.shape), shares(g, p)), p.output)
}

const avgPoolGrad = (g: Graph, dy: Ref, p: Pool): Ref => {
  const { matMul, mul } = arithmetic(g)
  if (isSmall(p)) return g.reshape(matMul(averages(g, p), imageRows(g, dy, p), { a: true }), p.input)
  const part = mul(imageRows(g, dy, p), shares(g, p))
  return fold(
    g,
    Array.from({ length: tapsOf(p.window) }, () => part),
    p
  )
}

export const pool: Kernels = {
  AvgPool: kernel<'x', PoolAttributes>(({ x }, attributes) => {
    const p = poolOf(x.shape, attributes)
    return x.dtype === 'float32' ? form(float32(p.output), (g, i) => avgPool(g, i.x, p)) : undefined
  }),
  AvgPoolGrad: kernel<'dy' | 'input', PoolAttributes>(({ dy, input }, attributes) => {
    const p = gradientPoolOf(input.shape, dy.shape, attributes)
    return p !== undefined && dy.dtype === 'float32'
      ? form(float32(p.input), (g, i) => avgPoolGrad(g, i.dy, p))
      : undefined
  }),
  MaxPool: kernel<'x', PoolAttributes>(({ x }, attributes) => {
    const p = poolOf(x.shape, attributes)
    return x.dtype === 'float32' ? form(float32(p.output), (g, i) => maxPool(g, i.x, p)) : undefined
  }),
  MaxPoolGrad: kernel<'dy' | 'input' | 'output', PoolAttributes>(({ dy, input, output }, attributes) => {
    const p = gradientPoolOf(input.shape, dy.shape, attributes)
    return p !== undefined && dy.dtype === 'float32' && input.dtype === 'float32' && sameShape(dy.shape, output.shape)
      ? form(float32(p.input), (g, i) => maxPoolGrad(g, i.dy, i.input, i.output, p))
      : undefined
  })
}
