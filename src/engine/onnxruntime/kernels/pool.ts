import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { images, pixelMatrix, pixelsOf, type Laid } from '../graph/Layout.js'
import { gatherTaps, inOrder, sumsByTap } from '../graph/rows.js'
import { sameShape } from '../graph/shapes.js'
import { inputUnder, tapLandings, tapsOf, windowKey, type Window } from '../graph/Window.js'
import { maxPool, maxPoolGrad } from './maxPool.js'
import { gradientPoolOf, isIdentity, type Pool, type PoolAttributes, poolOf } from './poolWindow.js'

/** Sums, for each input pixel, the contributions of the windows that contain it. */
const fold = (g: Graph, share: Ref, w: Window): Ref => {
  const shares = Array.from({ length: tapsOf(w) }, () => share)
  const landed = tapLandings(w)
  const sums = arithmetic(g).concat(sumsByTap(g, shares, `landed ${windowKey(w)}`, landed), 0)
  return inOrder(g, sums, `fold ${windowKey(w)}`, landed.order)
}

/** The number of pixels under the window, without padding, by output pixel. */
const counts = (g: Graph, w: Window): Ref => {
  const [pixels, size] = [pixelsOf(w.output), tapsOf(w)]
  return g.table(`counts ${windowKey(w)}`, [pixels, 1], () => {
    const { indices, rows } = inputUnder(w)
    return Float32Array.from({ length: pixels }, (_, i) => {
      const under = indices.subarray(i * size, (i + 1) * size)
      return under.filter((row) => row < rows).length
    })
  })
}

/** A single window over all pixels without padding: its average is one product, the fastest form. */
const isGlobal = ({ input, output, size, pad }: Window): boolean =>
  pixelsOf(output) === 1 && sameShape(size, input) && pad[0] === 0 && pad[1] === 0

const meanOf = (g: Graph, pixels: number): Ref =>
  g.table('mean', [1, pixels], () => new Float32Array(pixels).fill(1 / pixels))

const avgPool = (g: Graph, x: Laid, p: Pool): Laid => {
  const { matMul, div } = arithmetic(g)
  const { window: w, output } = p
  if (isIdentity(p)) return x
  const rows = pixelMatrix(g, x)
  if (isGlobal(w)) return images(g, matMul(meanOf(g, pixelsOf(w.input)), rows), output)
  const parts = gatherTaps(g, rows, w, 'all', inputUnder(w))
  return images(g, div(g.op('Sum', parts, parts[0]!.shape), counts(g, w)), output)
}

const avgPoolGrad = (g: Graph, dy: Laid, { window: w, input }: Pool): Laid => {
  const { matMul, div } = arithmetic(g)
  const rows = pixelMatrix(g, dy)
  if (isGlobal(w)) return images(g, matMul(meanOf(g, pixelsOf(w.input)), rows, { a: true }), input)
  return images(g, fold(g, div(rows, counts(g, w)), w), input)
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
      ? imageForm(float32(p.input), (g, i) => maxPoolGrad(g, i.dy, i.input, i.output, p))
      : undefined
  })
}
