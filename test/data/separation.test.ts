import { describe, expect, it } from 'vitest'
import { foldsOf, separateGroups, separateStratified } from '../../src/data/index.js'

const times = (counts: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(counts).flatMap(([name, n]) => Array<string>(n).fill(name))

const count = (names: ReadonlyArray<string>, at: ReadonlyArray<number>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const i of at) counts[names[i]!] = (counts[names[i]!] ?? 0) + 1
  return counts
}

describe('separateStratified', () => {
  const strata = times({ a: 40, b: 10, c: 2, d: 1 })
  it('keeps the proportions of the classes, with two images or more of each in both sets', () => {
    const { train, valid } = separateStratified(0.2, 7)(strata)
    expect(count(strata, valid)).toEqual({ a: 8, b: 2, c: 1 })
    expect(count(strata, train)).toEqual({ a: 32, b: 8, c: 1, d: 1 })
  })
  it('never holds out all of a class', () => {
    expect(count(strata, separateStratified(0.99, 7)(strata).train)).toEqual({ a: 1, b: 1, c: 1, d: 1 })
  })
  it('draws others for another seed, and the same for the same', () => {
    expect(separateStratified(0.2, 7)(strata)).toEqual(separateStratified(0.2, 7)(strata))
    expect(separateStratified(0.2, 8)(strata)).not.toEqual(separateStratified(0.2, 7)(strata))
  })
  it('holds out nothing for 0', () => {
    expect(separateStratified(0, 7)(strata).valid).toEqual([])
  })
})

describe('separateGroups', () => {
  it.each([
    [{ p: 5, q: 3, r: 2, s: 10 }, 0.25, 5],
    [{ p: 6, q: 6, r: 6 }, 0.2, 6],
    [{ p: 1, q: 99 }, 0.9, 99],
    [{ p: 7, q: 11, r: 13, s: 17 }, 0.5, 24],
    [{ p: 4, q: 4, r: 4, s: 4, t: 3 }, 0.4, 8]
  ])('of %j holds out the groups nearest to %d', (sizes, pct, held) => {
    const groups = times(sizes)
    for (const seed of [1, 2, 3]) {
      const { train, valid } = separateGroups(pct, seed)(groups)
      expect(valid).toHaveLength(held)
      const both = Object.keys(count(groups, train)).filter((group) => group in count(groups, valid))
      expect(both).toEqual([])
    }
  })
  it('divides a million images of many groups quickly', () => {
    const groups = Array.from({ length: 1_000_000 }, (_, i) => `g${Math.floor(Math.sqrt(i))}`)
    const began = performance.now()
    const { valid } = separateGroups(0.2, 1)(groups)
    expect(valid).toHaveLength(200_000)
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})

describe('foldsOf', () => {
  const strata = times({ a: 13, b: 7, c: 5 })
  it('deals classes evenly', () => {
    const folds = foldsOf({ k: 5, strata, groups: null, seed: 3 })
    for (let f = 0; f < 5; f++) {
      const counts = count(
        strata,
        [...folds.keys()].filter((i) => folds[i] === f)
      )
      expect([counts['a'], counts['b'], counts['c']]).toSatisfy(
        ([a, b, c]: ReadonlyArray<number>) => [2, 3].includes(a!) && [1, 2].includes(b!) && c === 1
      )
    }
  })
  it('keeps groups together and every fold filled', () => {
    const groups = strata.map((_, i) => `g${i % 6}`)
    const folds = foldsOf({ k: 5, strata, groups, seed: 3 })
    expect(new Set(folds).size).toBe(5)
    for (const group of new Set(groups)) expect(new Set(folds.filter((_, i) => groups[i] === group)).size).toBe(1)
  })
})
