import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { separateBy, separateRandomly } from '../../src/data/index.js'

const seed = 20_240_611

describe('separateBy', () => {
  it('takes the first floor(pct n) of the permutation, in its order, and leaves the rest ascending', () => {
    expect(separateBy(0.3)([4, 0, 3, 1, 2, 6, 5])).toEqual({ train: [1, 2, 3, 5, 6], valid: [4, 0] })
  })

  it('holds out nothing at 0, nor when the fraction is less than one item', () => {
    expect(separateBy(0)([1, 0]).valid).toEqual([])
    expect(separateBy(0.2)([2, 3, 1, 0])).toEqual({ train: [0, 1, 2, 3], valid: [] })
  })
})

describe('separateRandomly', () => {
  it.prop([fc.double({ min: 0, max: 0.99, noNaN: true }), fc.integer({ min: 0, max: 200 }), fc.nat()], { seed })(
    'puts every item into exactly one set',
    (pct, n, from) => {
      const { train, valid } = separateRandomly(pct, from)(n)
      expect([...train, ...valid].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
      expect(valid.length).toBe(Math.floor(pct * n))
    }
  )

  it('draws the same holdout for the same seed and another for another seed', () => {
    expect(separateRandomly(0.2, 7)(100)).toEqual(separateRandomly(0.2, 7)(100))
    expect(separateRandomly(0.2, 7)(100).valid).not.toEqual(separateRandomly(0.2, 8)(100).valid)
  })

  it('holds out no more of the same items for consecutive seeds than chance does', () => {
    const held = Array.from({ length: 20 }, (_, from) => new Set(separateRandomly(0.2, from)(100).valid))
    const shared = held.flatMap((a, i) => held.slice(i + 1).map((b) => [...a].filter((item) => b.has(item)).length))
    // of 20 items held out of 100, another 20 share 4 on average
    const mean = shared.reduce((x, y) => x + y, 0) / shared.length
    expect(Math.abs(mean - 4)).toBeLessThan(0.5)
  })
})
