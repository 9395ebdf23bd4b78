/**
 * The index of the largest value.
 *
 * @since 0.1.0
 */

/**
 * The index, from 0, of the largest of the `width` values from `start` on; the first one of ties.
 *
 * @example
 * import { argMax } from 'graft-vision'
 *
 * const rows = new Float32Array([1, 3, 3, 9, 0, 0])
 * assert.deepStrictEqual([argMax(rows, 0, 3), argMax(rows, 3, 3)], [1, 0])
 *
 * @category metrics
 * @since 0.1.0
 */
export const argMax = (values: ArrayLike<number>, start = 0, width = values.length): number => {
  let best = 0
  for (let i = 1; i < width; i++) if (values[start + i]! > values[start + best]!) best = i
  return best
}
