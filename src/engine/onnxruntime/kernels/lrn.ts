import { arithmetic, rows } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'

interface Normalization {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/** Sums over the channels within a radius: a product with a band matrix of ones, which is its own transpose. */
const bandSums = (g: Graph, x: Ref, radius: number): Ref => {
  const channels = x.shape.at(-1)!
  const band = g.table(`band ${radius}`, [channels, channels], () =>
    Float32Array.from({ length: channels * channels }, (_, i) =>
      Math.abs((i % channels) - Math.floor(i / channels)) <= radius ? 1 : 0
    )
  )
  return arithmetic(g).matMul(x, band)
}

const norms = (g: Graph, x: Ref, { depthRadius, bias, alpha }: Normalization): Ref => {
  const { add, mul, square } = arithmetic(g)
  return add(mul(bandSums(g, square(x), depthRadius), g.scalar(alpha)), g.scalar(bias))
}

const power = (g: Graph, x: Ref, exponent: number): Ref => g.op('Pow', [x, g.scalar(exponent)], x.shape)

/** Local response normalisation: `y = x / n^beta` with `n = bias + alpha·(sum of x² over the neighbouring channels)`. */
export const lrn: Kernels = {
  LRN: kernel<'x', Normalization>(({ x }, a) =>
    x.dtype === 'float32'
      ? form(x, (g, i) => {
          const flat = rows(g, i.x)
          return arithmetic(g).mul(flat, power(g, norms(g, flat, a), -a.beta))
        })
      : undefined
  ),
  LRNGrad: kernel<'x' | 'y' | 'dy', Normalization>(({ x, dy }, a) =>
    x.dtype === 'float32' && dy.dtype === 'float32'
      ? form(x, (g, i) => {
          const { sub, mul, div } = arithmetic(g)
          const [flat, y, d] = [rows(g, i.x), rows(g, i.y), rows(g, i.dy)]
          const n = norms(g, flat, a)
          const around = bandSums(g, div(mul(d, y), n), a.depthRadius)
          return sub(mul(d, power(g, n, -a.beta)), mul(mul(flat, around), g.scalar(2 * a.alpha * a.beta)))
        })
      : undefined
  )
}
