/**
 * Wilson intervals of proportions.
 *
 * @since 0.1.0
 */

/**
 * An interval, with bounds in [0, 1].
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The Wilson score interval of a proportion of `hits` in `n` trials, at `z` standard deviations (1.96: 95 %). Unlike the
 * normal approximation it stays within [0, 1] and does not collapse at 0 or 1. Without trials: [0, 1].
 *
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
 *
 * @example
 * import { wilsonInterval } from 'graft-vision'
 *
 * const { low, high } = wilsonInterval(10, 10)
 * assert.deepStrictEqual([low.toFixed(4), high], ['0.7225', 1])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const wilsonInterval = (
  hits: number,
  n: number,
  { z = 1.959963984540054 }: { readonly z?: number } = {}
): Interval => {
  if (n === 0) return { low: 0, high: 1 }
  const share = hits / n
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  // rounding must not move a bound past the proportion itself
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: hits === n ? 1 : Math.min(1, (centre + half) / scale)
  }
}
