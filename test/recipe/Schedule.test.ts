import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { Schedule } from '../../src/recipe/index.js'
import { decimals, slack } from '../oracle/tolerances.js'

const { at, boundsOf, concat, constant, cosine, exponential, linear, oneCycle, polynomial, scale } = Schedule

const values = (s: Schedule.Schedule, ...ps: ReadonlyArray<number>): ReadonlyArray<number> => ps.map((p) => at(p)(s))

const default10 = { n: 10, divFactor: 25, pctStart: 0.3, finalDiv: 2.5e5, moms: [0.95, 0.85] } as const

describe('a curve', () => {
  it.each([
    ['constant', constant(3), [3, 3, 3]],
    ['linear', linear(1, 2), [1, 1.5, 2]],
    ['cosine', cosine(0, 2), [0, 1, 2]],
    ['exponential', exponential(1, 100), [1, 10, 100]],
    ['polynomial', polynomial(1, 0, 2), [1, 0.25, 0]]
  ])('that is %s goes from start to end', (_, curve, expected) => {
    values(curve, 0, 0.5, 1).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, decimals.float64)
    })
  })
  it('is scaled in every value', () => expect(values(scale(2)(linear(1, 3)), 0, 0.5, 1)).toEqual([2, 4, 6]))
  it('is shown as source code', () => {
    const all = concat([1, scale(2)(constant(1))], [0.5, polynomial(1, 0, 2)], [3, exponential(1, 1e-7)])
    expect(Schedule.showSchedule.show(all)).toBe(
      'concat([1, scale(2)(constant(1))], [0.5, polynomial(1, 0, 2)], [3, exponential(1, 1e-7)])'
    )
  })
})

describe('a concatenation', () => {
  const s = concat([1, linear(0, 1)], [3, linear(5, 8)])

  it('gives each part its share of the length', () => expect(values(s, 0, 0.125, 0.5, 1)).toEqual([0, 0.5, 6, 8]))
  it("takes the later part's start where two meet", () => expect(at(0.25)(s)).toBe(5))
  it('keeps a joint at the later start in spite of rounding', () => {
    // 3/11 · 11 is not 3 in floating point for every such pair
    for (let n = 1; n <= 200; n++)
      for (const k of [1, Math.floor(n / 3), n - 1])
        if (k > 0 && k < n) expect(at(k / n)(concat([k, constant(1)], [n - k, constant(2)]))).toBe(2)
  })
  it('leaves out a part of no length, wherever it is', () => {
    const none = linear(7, 9)
    const rising = concat([0, none], [1, linear(0, 1)], [0, none], [1, linear(1, 2)], [0, none])
    expect(values(rising, 0, 0.25, 0.5, 1)).toEqual([0, 0.5, 1, 2])
  })
})

describe('bounds', () => {
  it('are the ends of a curve, whichever is higher', () => {
    expect([
      boundsOf(linear(2, 1)),
      boundsOf(constant(3)),
      boundsOf(concat([1, linear(0, 1)], [1, linear(4, 2)]))
    ]).toEqual([
      [1, 2],
      [3, 3],
      [0, 4]
    ])
  })
  it('turn over with a negative factor', () => expect(boundsOf(scale(-2)(linear(1, 2)))).toEqual([-4, -2]))

  test.prop([fc.double({ min: 0, max: 1, noNaN: true })], { seed: 1 })('hold every value', (p) => {
    const s = scale(0.5)(concat([1, cosine(0.04, 1)], [2, polynomial(1, 4e-6, 3)], [1, exponential(2, 1)]))
    const [low, high] = boundsOf(s)
    expect(at(p)(s)).toBeGreaterThanOrEqual(low - slack)
    expect(at(p)(s)).toBeLessThanOrEqual(high + slack)
  })
})

describe('one cycle', () => {
  const { lr, mom, length } = oneCycle(default10)
  const batch = (s: Schedule.Schedule, k: number): number => at(k / length)(s)

  it('starts at max/divFactor, is exactly max at the joint and ends at max/finalDiv', () => {
    expect([batch(lr, 0), batch(lr, 3), batch(lr, 10)]).toEqual([1 / 25, 1, 1 / 2.5e5])
  })
  it('moves momentum against the rate', () => {
    expect([batch(mom, 0), batch(mom, 3), batch(mom, 10)]).toEqual([0.95, 0.85, 0.95])
  })
  it('rises for the whole batches of pctStart', () => {
    expect(at(2 / 8)(oneCycle({ ...default10, n: 8 }).lr)).toBe(1)
  })
  it('gives each phase a batch at least', () => {
    expect(oneCycle({ ...default10, n: 1 }).length).toBe(2)
    expect(oneCycle({ ...default10, n: 6, pctStart: 1 }).length).toBe(7)
  })

  test.prop([fc.integer({ min: 1, max: 300 }), fc.double({ min: 0, max: 1, noNaN: true })], { seed: 1 })(
    'rises to its peak and falls from it',
    (n, pctStart) => {
      const cycle = oneCycle({ ...default10, n, pctStart })
      const rates = Array.from({ length: cycle.length + 1 }, (_, k) => at(k / cycle.length)(cycle.lr))
      const peak = Math.max(1, Math.floor(n * pctStart))
      expect(rates[peak]).toBe(1)
      rates.forEach((rate, k) => {
        if (k > 0 && k <= peak) expect(rate).toBeGreaterThan(rates[k - 1]!)
        if (k > peak) expect(rate).toBeLessThan(rates[k - 1]!)
      })
    }
  )
})
