import * as fc from 'fast-check'
import { Schedule } from '../../src/recipe/index.js'

/** Tenths, so that no difference of two is lost in rounding. */
const values: fc.Arbitrary<number> = fc.integer({ min: -40, max: 40 }).map((n) => n / 10)
/** Shares of a whole, in any unit. */
export const lengths: fc.Arbitrary<number> = fc.integer({ min: 1, max: 50 })

type Tag = Schedule.Schedule['_tag']

/** Every kind of curve with such values; those with parts take them one level lower. */
const byTag = (
  values: fc.Arbitrary<number>,
  depth: number
): { readonly [T in Tag]: fc.Arbitrary<Schedule.Schedule> } => {
  const part = depth === 0 ? values.map(Schedule.constant) : curves(values, depth - 1)
  const positive = values.map((n) => Math.abs(n) || 0.1)
  return {
    Constant: values.map(Schedule.constant),
    Linear: fc.tuple(values, values).map(([a, b]) => Schedule.linear(a, b)),
    Cosine: fc.tuple(values, values).map(([a, b]) => Schedule.cosine(a, b)),
    Exponential: fc.tuple(positive, positive).map(([a, b]) => Schedule.exponential(a, b)),
    Polynomial: fc
      .tuple(values, values, fc.integer({ min: 1, max: 3 }))
      .map(([a, b, degree]) => Schedule.polynomial(a, b, degree)),
    Concat: fc.array(fc.tuple(lengths, part), { minLength: 1, maxLength: 3 }).map((parts) => Schedule.concat(...parts)),
    Scale: fc.tuple(values, part).map(([factor, s]) => Schedule.scale(factor)(s))
  }
}

const curves = (values: fc.Arbitrary<number>, depth: number): fc.Arbitrary<Schedule.Schedule> =>
  fc.oneof(...Object.values(byTag(values, depth)))

/** Curves that a momentum may follow, in [0, 0.9], and a factor of rates too. */
export const shares: fc.Arbitrary<Schedule.Schedule> = curves(
  fc.integer({ min: 0, max: 9 }).map((n) => n / 10),
  1
)

/**
 * Curves of every kind, two levels of concatenation and scaling deep.
 *
 * @example
 * import { arbitrary, checkLaws, scheduleLaws } from 'graft-vision/laws'
 *
 * const reports = await checkLaws(scheduleLaws(arbitrary.schedules), { seed: 1, numRuns: 20 })()
 * assert.ok(reports.every((r) => !r.failed))
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const schedules: fc.Arbitrary<Schedule.Schedule> = curves(values, 2)
