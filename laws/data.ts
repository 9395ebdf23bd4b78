/**
 * Laws of holdouts and batches: every item once, in an order that seed and epoch alone decide.
 */
import * as fc from 'fast-check'
import { batchOrder, separateRandomly } from '../src/data/index.js'
import { equal, holds } from './claim.js'
import { type Law, law } from './Law.js'

const seeds = fc.nat({ max: 2 ** 31 - 1 })
const counts = fc.integer({ min: 1, max: 200 })
const hundredths = fc.integer({ min: 0, max: 99 }).map((n) => n / 100)

const ascending = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)
const sorted = (list: ReadonlyArray<number>): ReadonlyArray<number> => [...list].sort((a, b) => a - b)

const batchings = fc.record({
  n: counts,
  bs: fc.integer({ min: 1, max: 64 }),
  shuffle: fc.boolean(),
  dropLast: fc.boolean(),
  seed: seeds,
  epoch: fc.nat({ max: 50 })
})

/**
 * What holds of holdouts and of the order of batches.
 *
 * @example
 * import { dataLaws } from 'graft-vision/laws'
 *
 * for (const law of dataLaws()) await law.check({ seed: 1, numRuns: 10 })
 *
 * @since 0.1.0
 */
export const dataLaws = (): ReadonlyArray<Law> => [
  law(
    'puts each item into training or validation, ⌊pct·n⌋ of them into validation',
    fc.property(counts, hundredths, seeds, (n, pct, seed) => {
      const { train, valid } = separateRandomly(pct, seed)(n)
      equal(sorted([...train, ...valid]), ascending(n), 'all items')
      equal(valid.length, Math.floor(pct * n), 'validation items')
    })
  ),
  law(
    'puts each item into one batch of an epoch, short of an incomplete last one when that is dropped',
    fc.property(batchings, (of) => {
      const batches = batchOrder(of)
      const items = batches.flat()
      equal(new Set(items).size, items.length, 'different items')
      equal(items.length, of.dropLast ? of.n - (of.n % of.bs) : of.n, 'items')
      holds(
        batches.slice(0, -1).every((b) => b.length === of.bs),
        'a batch before the last is not full'
      )
    })
  ),
  law(
    'orders an epoch by seed and epoch alone, and keeps the order without shuffle',
    fc.property(batchings, (of) => {
      equal(batchOrder(of), batchOrder({ ...of }), 'the order the second time')
      if (!of.shuffle) equal(batchOrder(of).flat(), ascending(batchOrder(of).flat().length), 'the order')
    })
  ),
  law(
    'draws another order for another epoch',
    fc.property(seeds, fc.nat({ max: 50 }), (seed, epoch) => {
      const order = (e: number) => batchOrder({ n: 50, bs: 50, shuffle: true, dropLast: false, seed, epoch: e })
      holds(JSON.stringify(order(epoch)) !== JSON.stringify(order(epoch + 1)), 'two epochs have one order')
    })
  )
]
