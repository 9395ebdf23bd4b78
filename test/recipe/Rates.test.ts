import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { defaultRates, eqRates, type Rates, ratesPerGroup, showRates, slice } from '../../src/recipe/index.js'
import { decimals } from '../oracle/tolerances.js'

describe('rates per group', () => {
  it('are the same for all groups, given one number', () =>
    expect(ratesPerGroup(3)(1e-3)).toEqual(E.right([1e-3, 1e-3, 1e-3])))
  it('are a list unchanged, or its only entry for all groups', () => {
    expect(ratesPerGroup(2)([1, 2])).toEqual(E.right([1, 2]))
    expect(ratesPerGroup(2)([1])).toEqual(E.right([1, 1]))
  })
  it('are a tenth of slice(b) in all groups but the last', () => {
    expect(ratesPerGroup(3)(slice(1))).toEqual(E.right([0.1, 0.1, 1]))
  })
  it('are the same for slice(0, b)', () => expect(ratesPerGroup(3)(slice(0, 1))).toEqual(ratesPerGroup(3)(slice(1))))
  it('increase geometrically from a to b for slice(a, b)', () => {
    const rates = ratesPerGroup(4)(slice(1e-3, 1))
    expect(E.isRight(rates)).toBe(true)
    if (E.isRight(rates)) rates.right.forEach((r, i) => expect(r).toBeCloseTo(10 ** (i - 3), decimals.float64))
  })
  it('are b with one group, for any slice', () => {
    expect([slice(1), slice(0.1, 1)].map(ratesPerGroup(1))).toEqual([E.right([1]), E.right([1])])
  })
  it("are the reference's slice(3e-3) by default", () => expect(defaultRates).toEqual(slice(3e-3)))
})

describe('invalid rates', () => {
  const bad: ReadonlyArray<readonly [string, Rates]> = [
    ['zero', 0],
    ['negative', -1],
    ['not a number', NaN],
    ['infinite', Infinity],
    ['an empty list', []],
    ['a list with a zero', [1, 0]],
    ['a slice to zero', slice(0)],
    ['a slice from 0 to 0', slice(0, 0)],
    ['a slice from below zero', slice(-1, 1)]
  ]
  it.each(bad)('are an error: %s', (_, rates) => {
    expect(ratesPerGroup(2)(rates)).toMatchObject({ _tag: 'Left', left: { _tag: 'RecipeError', path: 'lr' } })
  })
  it('report the given and the required number', () => {
    expect(ratesPerGroup(3, 'recipe[0].maxLr')([1, 2])).toEqual(
      E.left({
        _tag: 'RecipeError',
        path: 'recipe[0].maxLr',
        expected: '1 rate, or one for each of the 3 groups',
        found: '2 rates',
        hint: 'pass one rate per group, one for all, or a slice(a, b)'
      })
    )
  })
})

describe('instances', () => {
  it('show rates as they are written', () => {
    expect([1e-3, [1, 2], slice(1), slice(1e-5, 1)].map((r) => showRates.show(r))).toEqual([
      '0.001',
      '[1, 2]',
      'slice(1)',
      'slice(0.00001, 1)'
    ])
  })
  it('distinguish slice(b) from slice(0, b)', () => expect(eqRates.equals(slice(1), slice(0, 1))).toBe(false))
})
