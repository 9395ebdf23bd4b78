/** Laws of schedules: curves on [0, 1] and their combinations. */
import * as fc from 'fast-check'
import { Schedule } from '../src/recipe/index.js'
import { lengths, schedules } from './arbitrary/schedules.js'
import { close, equal, holds } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { tolerance } from './tolerance.js'

type Curve = Schedule.Schedule

/** Positions away from small fractions, where joints are and rounding may fall to either side. */
const inside: fc.Arbitrary<number> = fc.integer({ min: 0, max: 996 }).map((n) => (n + Math.SQRT1_2) / 997)
const positions: fc.Arbitrary<number> = fc.oneof(inside, fc.constantFrom(0, 1))
const factors: fc.Arbitrary<number> = fc.integer({ min: -20, max: 20 }).map((n) => n / 10)

const alike = (a: Curve, b: Curve, p: number, what: string): void =>
  close(Schedule.at(p)(a), Schedule.at(p)(b), tolerance.curve, `${what} at ${p}`)

const ends = (s: Curve): readonly [number, number] => [Schedule.at(0)(s), Schedule.at(1)(s)]

/** First and last value of a curve, from its structure. */
const endsOf = (s: Curve): readonly [number, number] => {
  switch (s._tag) {
    case 'Constant':
      return [s.value, s.value]
    case 'Concat':
      return [endsOf(s.parts[0]!.schedule)[0], endsOf(s.parts.at(-1)!.schedule)[1]]
    case 'Scale': {
      const [from, to] = endsOf(s.schedule)
      return [s.factor * from, s.factor * to]
    }
    default:
      return [s.from, s.to]
  }
}

const curveLaws = (cases: fc.Arbitrary<Curve>): ReadonlyArray<Law> => [
  law(
    'stays within its bounds',
    fc.property(cases, positions, (s, p) => {
      const [low, high] = Schedule.boundsOf(s)
      const slack = tolerance.curve * Math.max(1, Math.abs(low), Math.abs(high))
      const value = Schedule.at(p)(s)
      holds(value >= low - slack && value <= high + slack, `${value} at ${p} is outside [${low}, ${high}]`)
    })
  ),
  law(
    'goes from its start to its end',
    fc.property(cases, (s) => {
      const [from, to] = endsOf(s)
      close(ends(s)[0], from, tolerance.curve, 'the start')
      close(ends(s)[1], to, tolerance.curve, 'the end')
    })
  ),
  law(
    'has the same value at a position however often it is read',
    fc.property(cases, fc.array(positions, { maxLength: 4 }), positions, (s, before, p) => {
      const alone = Schedule.at(p)(s)
      before.forEach((q) => Schedule.at(q)(s))
      equal(Schedule.at(p)(s), alone, `the value at ${p}`)
    })
  ),
  law(
    'is scaled at every position, and factors multiply',
    fc.property(cases, factors, factors, positions, (s, a, b, p) => {
      close(Schedule.at(p)(Schedule.scale(a)(s)), a * Schedule.at(p)(s), tolerance.curve, `scaled by ${a}`)
      alike(Schedule.scale(a)(Schedule.scale(b)(s)), Schedule.scale(a * b)(s), p, 'scaled twice')
    })
  )
]

const concatLaws = (cases: fc.Arbitrary<Curve>): ReadonlyArray<Law> => [
  law(
    'runs each part over its share of a concatenation',
    fc.property(cases, cases, lengths, lengths, inside, (s, t, a, b, q) => {
      const both = Schedule.concat([a, s], [b, t])
      close(Schedule.at((q * a) / (a + b))(both), Schedule.at(q)(s), tolerance.curve, `the first part at ${q}`)
      close(Schedule.at((a + q * b) / (a + b))(both), Schedule.at(q)(t), tolerance.curve, `the second part at ${q}`)
    })
  ),
  law(
    'has the start value of the later part where two meet',
    fc.property(cases, cases, lengths, lengths, (s, t, a, b) =>
      close(Schedule.at(a / (a + b))(Schedule.concat([a, s], [b, t])), ends(t)[0], tolerance.curve, 'the joint')
    )
  ),
  law(
    'is continuous where parts with equal ends meet',
    fc.property(cases, fc.integer({ min: -40, max: 40 }), lengths, lengths, (s, to, a, b) => {
      const next = Schedule.cosine(ends(s)[1], to / 10)
      const joined = Schedule.concat([a, s], [b, next])
      const joint = a / (a + b)
      close(Schedule.at(joint + 1e-7)(joined), Schedule.at(joint)(joined), tolerance.joint, 'just after the joint')
    })
  ),
  law(
    'is concatenated associatively',
    fc.property(cases, cases, cases, fc.tuple(lengths, lengths, lengths), inside, (s, t, u, [a, b, c], p) => {
      const flat = Schedule.concat([a, s], [b, t], [c, u])
      alike(Schedule.concat([a + b, Schedule.concat([a, s], [b, t])], [c, u]), flat, p, 'brackets on the left')
      alike(Schedule.concat([a, s], [b + c, Schedule.concat([b, t], [c, u])]), flat, p, 'brackets on the right')
    })
  )
]

interface Cycle {
  readonly n: number
  readonly divFactor: number
  readonly pctStart: number
  readonly finalDiv: number
  readonly moms: readonly [number, number]
}

const momentum = fc.integer({ min: 0, max: 99 }).map((n) => n / 100)

const cycles: fc.Arbitrary<Cycle> = fc.record({
  n: fc.integer({ min: 1, max: 200 }),
  divFactor: fc.integer({ min: 2, max: 50 }),
  pctStart: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
  finalDiv: fc.integer({ min: 2, max: 100_000 }),
  moms: fc.tuple(momentum, momentum)
})

const oneCycleLaws: ReadonlyArray<Law> = [
  law(
    'rises to exactly its maximum at batch ⌊n·pctStart⌋ of a one-cycle',
    fc.property(cycles, (cycle) => {
      const { lr, mom, length } = Schedule.oneCycle(cycle)
      const peak = Math.floor(cycle.n * cycle.pctStart)
      fc.pre(peak >= 1)
      equal(Schedule.at(peak / length)(lr), 1, 'the peak')
      close(Schedule.at(peak / length)(mom), cycle.moms[1], tolerance.curve, 'momentum at the peak')
      for (let k = 0; k <= length; k++) holds(Schedule.at(k / length)(lr) <= 1, `batch ${k} is above the maximum`)
    })
  ),
  law(
    'starts at max/divFactor and ends at max/finalDiv in a one-cycle',
    fc.property(cycles, (cycle) => {
      const { lr, mom } = Schedule.oneCycle(cycle)
      close(ends(lr)[0], 1 / cycle.divFactor, tolerance.curve, 'the first rate')
      close(ends(lr)[1], 1 / cycle.finalDiv, tolerance.curve, 'the last rate')
      close(ends(mom)[0], cycle.moms[0], tolerance.curve, 'the first momentum')
      close(ends(mom)[1], cycle.moms[0], tolerance.curve, 'the last momentum')
    })
  ),
  law(
    'rises before the peak of a one-cycle and falls after it',
    fc.property(cycles, (cycle) => {
      const { lr, length } = Schedule.oneCycle(cycle)
      const peak = Math.max(1, Math.floor(cycle.n * cycle.pctStart))
      for (let k = 1; k <= length; k++) {
        const [before, now] = [Schedule.at((k - 1) / length)(lr), Schedule.at(k / length)(lr)]
        holds(k <= peak ? now > before : now < before, `batch ${k} goes from ${before} to ${now}`)
      }
    })
  )
]

/**
 * The laws of every schedule, or of yours, and of the one-cycle policy.
 *
 * @example
 * import { scheduleLaws } from 'graft-vision/laws'
 * import { Schedule } from 'graft-vision'
 *
 * const mine = Schedule.concat([1, Schedule.linear(0, 1)], [3, Schedule.cosine(1, 0)])
 * for (const law of scheduleLaws(mine)) await law.check({ seed: 1, numRuns: 20 })
 *
 * @category laws
 * @since 0.1.0
 */
export const scheduleLaws = (mine: Subject<Schedule.Schedule> = schedules): ReadonlyArray<Law> => {
  const cases = drawn(mine)
  return [...curveLaws(cases), ...concatLaws(cases), ...oneCycleLaws]
}
