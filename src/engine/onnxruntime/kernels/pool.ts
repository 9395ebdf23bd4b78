import { arithmetic } from '../arithmetic.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../Kernel.js'
import { images, pixelMatrix, pixelsOf, type Laid } from '../Layout.js'
import { gatherTaps, sumOfLandings } from '../rows.js'
import { sameShape } from '../shapes.js'
import { inputUnder, landings, tapsOf, windowKey, type Window } from '../Window.js'
import { maxPool, maxPoolGrad } from './maxPool.js'
import { gradientPoolOf, isIdentity, type Pool, type PoolAttributes, poolOf } from './poolWindow.js'

/** Adds up, on each input pixel, the parts of the taps that lie on it. */
const fold = (g: Graph, parts: ReadonlyArray<Ref>, w: Window): Ref => {
  const all = Array.from({ length: tapsOf(w) }, (_, tap) => tap)
  return sumOfLandings(g, arithmetic(g).concat(parts, 0), `landings ${windowKey(w)}`, landings(w, all))
}

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
  const parts = gatherTaps(g, rows, p.window, 'all', inputUnder(p.window))
  return images(g, mul(g.op('Sum', parts, parts[0]!.shape), shares(g, p.window)), p.output)
}

const avgPoolGrad = (g: Graph, dy: Laid, p: Pool): Laid => {
  const { matMul, mul } = arithmetic(g)
  const rows = pixelMatrix(g, dy)
  if (isSmall(p.window)) return images(g, matMul(averages(g, p.window), rows, { a: true }), p.input)
  const part = mul(rows, shares(g, p.window))
  const parts = Array.from({ length: tapsOf(p.window) }, () => part)
  return images(g, fold(g, parts, p.window), p.input)
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
