import { fc, test } from '@fast-check/vitest'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { addLoss, emptyHistory, noLosses, smoothedLoss } from '../../src/recipe/index.js'
import { decimals, slack } from '../oracle/tolerances.js'

describe('the smoothed loss', () => {
  it('is NaN before the first loss', () => expect(smoothedLoss()(noLosses)).toBeNaN())
  it('equals the first loss after one batch', () =>
    expect(smoothedLoss()(addLoss(0.7)(noLosses))).toBeCloseTo(0.7, decimals.float64))
  it('weights the previous average by 0.98', () => {
    expect(pipe(noLosses, addLoss(1), addLoss(2), smoothedLoss())).toBeCloseTo(
      (0.98 * 0.02 + 0.04) / (1 - 0.98 ** 2),
      12
    )
  })
  it('counts the losses', () => expect(pipe(noLosses, addLoss(1), addLoss(2)).count).toBe(2))

  test.prop([fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 50 })], { seed: 1 })(
    'stays between the losses',
    (losses) => {
      const shown = smoothedLoss()(losses.reduce((s, loss) => addLoss(loss)(s), noLosses))
      expect(shown).toBeGreaterThanOrEqual(Math.min(...losses) - slack)
      expect(shown).toBeLessThanOrEqual(Math.max(...losses) + slack)
    }
  )
})

describe('a history', () => {
  it('is empty at first', () => expect(emptyHistory).toEqual({ losses: [], lrs: [], moms: [], rows: [] }))
})
