import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { images, type ChannelMap, type Laid } from '../graph/Layout.js'
import { rowsFor } from '../graph/statistics.js'
import { positive } from './elementwise.js'
import type { Pool } from './poolWindow.js'

/**
 * A max pool after a batch norm and a ReLU, as at the beginning of a residual network. Both are monotonic in each channel, so they are computed
 * for the maxima, which are a quarter as many as the pixels. Channels with a negative factor have their sign changed before. Where a
 * factor is exactly 0 all pixels are equal, and the gradient goes to the one whose input is largest.
 */

/** The maxima of a pixel matrix under a pool's windows, and their gradient. */
export interface Pooling {
  readonly maxima: (g: Graph, rows: Ref, p: Pool) => Ref
  readonly gradient: (g: Graph, dy: Ref, rows: Ref, p: Pool) => Ref
}

interface Signed {
  /** 1 or -1 for each channel. */
  readonly signs: Ref
  /** The centred input with these signs. */
  readonly rows: Ref
}

const signed = (g: Graph, x: Laid, { centred, factor }: ChannelMap): Signed => {
  const { mul, where } = arithmetic(g)
  const isNegative = g.op('Less', [factor, g.scalar(0)], factor.shape, { dtype: 'bool' })
  const signs = where(isNegative, g.scalar(-1), g.scalar(1))
  return { signs, rows: mul(centred, rowsFor(g, x.shape).vector(signs)) }
}

/** Undefined unless the input is a ReLU of a batch norm. */
export const normedMaxPool =
  ({ maxima }: Pooling) =>
  (g: Graph, x: Laid, p: Pool): Laid | undefined => {
    const map = x.reluOf?.map
    if (map === undefined) return undefined
    const { add, mul, relu } = arithmetic(g)
    const { signs, rows } = signed(g, x, map)
    const { vector } = rowsFor(g, p.output)
    const scaled = mul(maxima(g, rows, p), vector(mul(map.factor, signs)))
    return images(g, relu(add(scaled, vector(map.shift))), p.output)
  }

/** `y` is the output. */
export const normedMaxPoolGrad =
  ({ maxima, gradient }: Pooling) =>
  (g: Graph, dy: Ref, x: Laid, y: Ref, p: Pool): Laid | undefined => {
    const map = x.reluOf?.map
    if (map === undefined) return undefined
    const { signs, rows } = signed(g, x, map)
    const open = arithmetic(g).mul(dy, positive(g, y))
    return {
      ...images(g, gradient(g, open, rows, p), p.input),
      maskedBy: x,
      maxima: { centred: map.centred, signs, maximum: maxima(g, rows, p), gradient: open }
    }
  }
