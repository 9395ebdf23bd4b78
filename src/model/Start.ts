/**
 * `Start`: how an array of a layer is initialised: by an `Init`, or from the initial values of a sibling array.
 *
 * @since 0.1.0
 */
import type { Generator } from '../Seed.js'
import { drawInit, type Fan, type Init } from './Init.js'

/**
 * How a parameter or a buffer is initialised.
 *
 * @category plans
 * @since 0.1.0
 */
export type Start =
  | Init
  /** Normal, scaled to length 1: a vector of a power iteration. */
  | { readonly _tag: 'UnitNormal' }
  /** The norms of the rows of the sibling `of`, which is initialised by `init`. */
  | { readonly _tag: 'RowNorms'; readonly of: string; readonly init: Start }

const lengthOf = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))

/**
 * Draws `size` values. For `RowNorms` the generator must be the sibling's, whose rows have `fan.in` values.
 *
 * @example
 * import { generator } from 'graft-vision'
 * import { drawStart } from './index.js'
 *
 * const vector = drawStart({ _tag: 'UnitNormal' }, { in: 2, out: 2 }, generator(1), 2)
 * assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6)
 *
 * @since 0.1.0
 */
export const drawStart = (start: Start, fan: Fan, random: Generator, size: number): Float32Array => {
  switch (start._tag) {
    case 'UnitNormal': {
      const values = drawInit({ _tag: 'Normal', std: 1 }, fan, random, size)
      const length = lengthOf(values)
      return values.map((v) => v / length)
    }
    case 'RowNorms': {
      const rows = drawStart(start.init, fan, random, size * fan.in)
      return Float32Array.from({ length: size }, (_, i) => lengthOf(rows.subarray(i * fan.in, (i + 1) * fan.in)))
    }
    default:
      return drawInit(start, fan, random, size)
  }
}
