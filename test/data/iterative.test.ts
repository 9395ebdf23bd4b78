// Iterative stratification: the shares of each label in the parts.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dataLayout,
  foldsOf,
  type Holdout,
  holdoutByFold,
  holdoutStratified,
  imageCsv,
  iterativeParts,
  separateByLabels,
  separateRandomly
} from '../../src/data/index.js'
import { generator } from '../../src/Seed.js'

type Labels = ReadonlyArray<ReadonlyArray<string>>

const countsOf = (labels: Labels, positions: ReadonlyArray<number>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const i of positions) for (const label of new Set(labels[i])) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}

const everyOne = (labels: Labels): ReadonlyArray<number> => labels.map((_, i) => i)

/** How far the largest part of any label is from its share, in items of that label. */
const errorsOf = (labels: Labels, valid: ReadonlyArray<number>, pct: number): ReadonlyArray<number> => {
  const held = countsOf(labels, valid)
  return [...countsOf(labels, everyOne(labels))].map(([label, n]) => Math.abs((held.get(label) ?? 0) - pct * n))
}

const words = ['sea', 'sky', 'tree', 'road', 'bird']
const someLabels = fc.array(fc.subarray(words), { minLength: 1, maxLength: 60 })
const shares = fc.double({ min: 0.05, max: 0.5, noNaN: true })

describe('parts by labels', () => {
  it('have every item once, and are the same for the same seed', () => {
    fc.assert(
      fc.property(someLabels, shares, fc.nat(1000), (labels, pct, seed) => {
        const { train, valid } = separateByLabels(pct, seed)(labels)
        expect([...train, ...valid].sort((a, b) => a - b)).toEqual(everyOne(labels))
        expect(separateByLabels(pct, seed)(labels)).toEqual({ train, valid })
      })
    )
  })

  it('divide a label to less than one item, or than there are items with it and another', () => {
    fc.assert(
      fc.property(someLabels, shares, fc.nat(1000), (labels, pct, seed) => {
        const held = countsOf(labels, separateByLabels(pct, seed)(labels).valid)
        for (const [label, n] of countsOf(labels, everyOne(labels))) {
          const shared = labels.filter((its) => its.includes(label) && its.length > 1).length
          expect(Math.abs((held.get(label) ?? 0) - pct * n)).toBeLessThanOrEqual(Math.max(1, shared) + 1e-9)
        }
      })
    )
  })

  it('divide single labels, and none, like classes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom([], ['a'], ['b'], ['c']), { minLength: 4 }),
        fc.nat(1000),
        (labels, seed) => {
          const errors = errorsOf(labels, separateByLabels(0.25, seed)(labels).valid, 0.25)
          for (const error of errors) expect(error).toBeLessThan(1)
        }
      )
    )
  })

  it('are nearer to the shares than a random division, for labels of many frequencies', () => {
    const { uniform } = generator(7)
    const labels = Array.from({ length: 600 }, () =>
      Array.from({ length: 20 }, (_, l) => `label ${l}`).filter((_, l) => uniform() < 0.4 / (l + 1))
    )
    const meanOf = (all: ReadonlyArray<number>): number => all.reduce((a, b) => a + b, 0) / all.length
    const seeds = Array.from({ length: 20 }, (_, seed) => seed)
    const by = (valid: (seed: number) => ReadonlyArray<number>): number =>
      meanOf(seeds.map((seed) => meanOf(errorsOf(labels, valid(seed), 0.2))))
    const iterative = by((seed) => separateByLabels(0.2, seed)(labels).valid)
    const random = by((seed) => separateRandomly(0.2, seed)(labels.length).valid)
    expect(iterative).toBeLessThan(0.5)
    expect(random).toBeGreaterThan(4 * iterative)
  })

  it('are folds of one size, also of groups', () => {
    const labels = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? ['sea', 'sky'] : i % 3 === 1 ? ['sky'] : []))
    const folds = iterativeParts([0.2, 0.2, 0.2, 0.2, 0.2], labels, 3)
    const sizes = (of: ReadonlyArray<number>) => [0, 1, 2, 3, 4].map((f) => of.filter((fold) => fold === f).length)
    expect(sizes(folds)).toEqual([12, 12, 12, 12, 12])
    const groups = labels.map((_, i) => `patient ${i % 20}`)
    const grouped = foldsOf({ k: 5, strata: labels, groups, seed: 3 })
    expect(sizes(grouped)).toEqual([12, 12, 12, 12, 12])
    expect(new Set(groups.map((group, i) => `${group} ${grouped[i]!}`)).size).toBe(20)
  })
})

describe('a table of several labels', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i}.png,${i % 4 === 0 ? 'sea sky' : i % 4 === 1 ? 'sea' : 'sky'}`)
  const table = new TextEncoder().encode(['file,tags', ...rows].join('\n'))
  const listing = { files: rows.map((row) => row.split(',')[0]!), folders: [] }
  const validIn = (holdout: Holdout): ReadonlyArray<string> => {
    const { source } = imageCsv('planet', { holdout, labelDelim: ' ' })
    const found = dataLayout(source).arrange('planet', [table])(listing)
    if (E.isLeft(found)) throw new Error(found.left.found)
    return found.right.valid.map(({ file }) => file)
  }
  const labelled = (files: ReadonlyArray<string>, label: string): number =>
    files.filter((file) => rows[parseInt(file)]!.split(/[, ]/).includes(label)).length

  it('is stratified by all of them', () => {
    const valid = validIn(holdoutStratified(0.2))
    expect([labelled(valid, 'sea'), labelled(valid, 'sky')]).toEqual([4, 6])
    expect(Math.abs(valid.length - 8)).toBeLessThanOrEqual(1)
  })

  it('is divided into stratified folds', () => {
    const folds = [0, 1, 2, 3, 4].map((fold) => validIn(holdoutByFold(fold, 5, { stratified: true })))
    expect(folds.flat().sort()).toEqual([...listing.files].sort())
    for (const fold of folds) expect([fold.length, labelled(fold, 'sea'), labelled(fold, 'sky')]).toEqual([8, 4, 6])
  })
})
