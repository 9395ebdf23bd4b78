/**
 * `Schedule`: a curve on [0, 1]: constants and annealing functions, concatenated (`concat`) or scaled (`scale`). It can
 * drive any hyperparameter; it does not depend on epochs or batches.
 *
 * @category schedules
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type Schedule =
  | { readonly _tag: 'Constant'; readonly value: number }
  | { readonly _tag: 'Linear'; readonly from: number; readonly to: number }
  | { readonly _tag: 'Cosine'; readonly from: number; readonly to: number }
  | { readonly _tag: 'Exponential'; readonly from: number; readonly to: number }
  | { readonly _tag: 'Polynomial'; readonly from: number; readonly to: number; readonly degree: number }
  | { readonly _tag: 'Concat'; readonly parts: ReadonlyArray<Part> }
  | { readonly _tag: 'Scale'; readonly factor: number; readonly schedule: Schedule }

/**
 * A piece of a concatenation and its length, in any unit (batches, per cent).
 *
 * @category schedules
 * @since 0.1.0
 */
export interface Part {
  readonly length: number
  readonly schedule: Schedule
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A constant curve.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 1].map((p) => Schedule.at(p)(Schedule.constant(0.9))), [0.9, 0.9])
 *
 * @category schedules
 * @since 0.1.0
 */
export const constant = (value: number): Schedule => ({ _tag: 'Constant', value })

/**
 * Linear: from + p·(to − from).
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 0.5, 1].map((p) => Schedule.at(p)(Schedule.linear(1, 3))), [1, 2, 3])
 *
 * @category schedules
 * @since 0.1.0
 */
export const linear = (from: number, to: number): Schedule => ({ _tag: 'Linear', from, to })

/**
 * Half a cosine: to + (from − to)/2 · (1 + cos πp).
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 0.5, 1].map((p) => Schedule.at(p)(Schedule.cosine(0, 2))), [0, 1, 2])
 *
 * @category schedules
 * @since 0.1.0
 */
export const cosine = (from: number, to: number): Schedule => ({ _tag: 'Cosine', from, to })

/**
 * Exponential: from · (to/from)^p; both of the same sign, neither 0.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 0.5, 1].map((p) => Schedule.at(p)(Schedule.exponential(1, 4))), [1, 2, 4])
 *
 * @category schedules
 * @since 0.1.0
 */
export const exponential = (from: number, to: number): Schedule => ({ _tag: 'Exponential', from, to })

/**
 * Polynomial, steep at the start when `degree` is above 1: to + (from − to)·(1 − p)^degree.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 0.5, 1].map((p) => Schedule.at(p)(Schedule.polynomial(4, 0, 2))), [4, 1, 0])
 *
 * @category schedules
 * @since 0.1.0
 */
export const polynomial = (from: number, to: number, degree: number): Schedule => ({
  _tag: 'Polynomial',
  from,
  to,
  degree
})

/**
 * Concatenates curves, each with a relative length. Where two meet, the value is the later one's, as in fastai 2's
 * `combine_scheds` and PyTorch's `SequentialLR`.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * const warmUp = Schedule.concat([1, Schedule.linear(0, 1)], [3, Schedule.constant(1)])
 * assert.deepStrictEqual([0, 0.125, 0.25, 1].map((p) => Schedule.at(p)(warmUp)), [0, 0.5, 1, 1])
 *
 * @category schedules
 * @since 0.1.0
 */
export const concat = (...parts: ReadonlyArray<readonly [length: number, schedule: Schedule]>): Schedule => ({
  _tag: 'Concat',
  parts: parts.map(([length, schedule]) => ({ length, schedule }))
})

/**
 * A cosine from `start` to `middle` over the first `pct` of the curve, then one from `middle` to `end`; fastai 2's
 * `combined_cos`.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * const cycle = Schedule.combinedCosine(0.25, 0.04, 1, 0)
 * assert.deepStrictEqual([0, 0.25, 1].map((p) => Schedule.at(p)(cycle)), [0.04, 1, 0])
 *
 * @category schedules
 * @since 0.1.0
 */
export const combinedCosine = (pct: number, start: number, middle: number, end: number): Schedule =>
  concat([pct, cosine(start, middle)], [1 - pct, cosine(middle, end)])

/**
 * Multiplies a curve by `factor`.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.strictEqual(Schedule.at(0.5)(Schedule.scale(10)(Schedule.linear(0, 1))), 5)
 *
 * @category schedules
 * @since 0.1.0
 */
export const scale =
  (factor: number) =>
  (schedule: Schedule): Schedule => ({ _tag: 'Scale', factor, schedule })

// -------------------------------------------------------------------------------------
// readings
// -------------------------------------------------------------------------------------

const clamped = (p: number): number => Math.max(0, Math.min(1, p))

/** Whether no part after the i-th has a length. */
const isLast = (parts: ReadonlyArray<Part>, i: number): boolean =>
  parts.slice(i + 1).every(({ length }) => length === 0)

const atPart = (parts: ReadonlyArray<Part>, p: number): number => {
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const position = p * total
  let start = 0
  for (const [i, part] of parts.entries()) {
    const end = start + part.length
    // a joint belongs to the later part; rounding of p·total must not move it to the earlier one
    if (position < end * (1 - 4 * Number.EPSILON) || isLast(parts, i))
      return at(part.length === 0 ? 1 : clamped((position - start) / part.length))(part.schedule)
    start = end
  }
  return NaN
}

/**
 * The value of a curve at `p` in [0, 1].
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * assert.strictEqual(Schedule.at(0.5)(Schedule.cosine(0, 1)), 0.5)
 *
 * @category schedules
 * @since 0.1.0
 */
export const at =
  (p: number) =>
  (s: Schedule): number => {
    switch (s._tag) {
      case 'Constant':
        return s.value
      case 'Linear':
        return s.from + p * (s.to - s.from)
      case 'Cosine':
        // the formula is exact at 1 but not at 0
        return p === 0 ? s.from : s.to + ((s.from - s.to) / 2) * (1 + Math.cos(Math.PI * p))
      case 'Exponential':
        return s.from * (s.to / s.from) ** p
      case 'Polynomial':
        return s.to + (s.from - s.to) * (1 - p) ** s.degree
      case 'Concat':
        return atPart(s.parts, p)
      case 'Scale':
        return s.factor * at(p)(s.schedule)
    }
  }

/**
 * Lower and upper bounds of a curve.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * const cycle = Schedule.concat([1, Schedule.cosine(0.1, 1)], [3, Schedule.linear(1, 0)])
 * assert.deepStrictEqual(Schedule.boundsOf(Schedule.scale(2)(cycle)), [0, 2])
 *
 * @category schedules
 * @since 0.1.0
 */
export const boundsOf = (s: Schedule): readonly [number, number] => {
  switch (s._tag) {
    case 'Constant':
      return [s.value, s.value]
    case 'Concat': {
      const bounds = s.parts.map((part) => boundsOf(part.schedule))
      return [Math.min(...bounds.map((b) => b[0])), Math.max(...bounds.map((b) => b[1]))]
    }
    case 'Scale': {
      const [low, high] = boundsOf(s.schedule)
      return s.factor < 0 ? [high * s.factor, low * s.factor] : [low * s.factor, high * s.factor]
    }
    default:
      return [Math.min(s.from, s.to), Math.max(s.from, s.to)]
  }
}

/**
 * The one-cycle policy (Smith 2018; fastai's `OneCycleScheduler`) as a schedule, in fractions of the peak rate: a
 * cosine from `1/divFactor` up to 1 over the first ⌊n·pctStart⌋ of `n` batches, then a cosine down to `1/finalDiv`;
 * momentum goes from `moms[0]` to `moms[1]` and back. Batch k is at k/length. Each phase lasts at least one batch,
 * which is why the length is returned too.
 *
 * @example
 * import { Schedule } from 'graft-vision'
 *
 * const { lr, length } = Schedule.oneCycle({ n: 10, divFactor: 25, pctStart: 0.3, finalDiv: 2.5e5, moms: [0.95, 0.85] })
 * assert.strictEqual(Schedule.at(0 / length)(lr), 1 / 25)
 * assert.strictEqual(Schedule.at(3 / length)(lr), 1)
 *
 * @category schedules
 * @since 0.1.0
 */
export const oneCycle = (options: {
  readonly n: number
  readonly divFactor: number
  readonly pctStart: number
  readonly finalDiv: number
  readonly moms: readonly [number, number]
}): { readonly lr: Schedule; readonly mom: Schedule; readonly length: number } => {
  const { n, divFactor, pctStart, finalDiv, moms } = options
  const rise = Math.floor(n * pctStart)
  const up = Math.max(1, rise)
  const down = Math.max(1, n - rise)
  return {
    lr: concat([up, cosine(1 / divFactor, 1)], [down, cosine(1, 1 / finalDiv)]),
    mom: concat([up, cosine(moms[0], moms[1])], [down, cosine(moms[1], moms[0])]),
    length: up + down
  }
}

/**
 * Folds a curve: one function for each case. It does not descend into nested curves.
 *
 * @example
 * import { Fold, Schedule } from 'graft-vision'
 *
 * const depth: (s: Schedule.Schedule) => number = Fold.schedule<number>({
 *   Constant: () => 1,
 *   Linear: () => 1,
 *   Cosine: () => 1,
 *   Exponential: () => 1,
 *   Polynomial: () => 1,
 *   Concat: ({ parts }) => 1 + Math.max(...parts.map((part) => depth(part.schedule))),
 *   Scale: ({ schedule }) => 1 + depth(schedule)
 * })
 * assert.strictEqual(depth(Schedule.scale(2)(Schedule.linear(0, 1))), 2)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldSchedule = /*#__PURE__*/ foldUnion<Schedule>()

/**
 * Structural equality of the expressions, not of the curves they describe.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqSchedule: Eq<Schedule> = eqValue()

/**
 * Shows the expression as source code: `concat([1, linear(0, 1)], [3, constant(1)])`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showSchedule: Show<Schedule> = {
  show: foldSchedule<string>({
    Constant: ({ value }) => `constant(${showValue(value)})`,
    Linear: ({ from, to }) => `linear(${showValue(from)}, ${showValue(to)})`,
    Cosine: ({ from, to }) => `cosine(${showValue(from)}, ${showValue(to)})`,
    Exponential: ({ from, to }) => `exponential(${showValue(from)}, ${showValue(to)})`,
    Polynomial: ({ from, to, degree }) => `polynomial(${[from, to, degree].map((n) => showValue(n)).join(', ')})`,
    Concat: ({ parts }) => `concat(${parts.map(showPart).join(', ')})`,
    Scale: ({ factor, schedule }) => `scale(${showValue(factor)})(${showSchedule.show(schedule)})`
  })
}

const showPart = ({ length, schedule }: Part): string => `[${showValue(length)}, ${showSchedule.show(schedule)}]`
