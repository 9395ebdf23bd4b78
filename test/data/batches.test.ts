import { fc, it } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect } from 'vitest'
import {
  batchCount,
  batchOrder,
  imageFolder,
  trainOrder,
  validOrder,
  withBatchSize,
  withDropLast,
  withValidBatchSize
} from '../../src/data/index.js'

const seed = 20_240_613
const sizes = { n: fc.integer({ min: 0, max: 300 }), bs: fc.integer({ min: 1, max: 70 }) }

describe('batchOrder', () => {
  it.prop([fc.record({ ...sizes, shuffle: fc.boolean(), dropLast: fc.boolean(), seed: fc.nat(), epoch: fc.nat(9) })], {
    seed
  })('uses every item at most once, all of them unless the last batch is dropped', (of) => {
    const batches = batchOrder(of)
    const used = batches.flat()
    expect(new Set(used).size).toBe(used.length)
    expect(used.length).toBe(of.dropLast ? of.n - (of.n % of.bs) : of.n)
    expect(batches.length).toBe(batchCount(of))
    expect(batches.slice(0, -1).every((batch) => batch.length === of.bs)).toBe(true)
  })

  it('draws a new order every epoch, the same one for the same seed and epoch', () => {
    const of = { n: 100, bs: 10, shuffle: true, dropLast: true, seed: 3 }
    expect(batchOrder({ ...of, epoch: 1 })).toEqual(batchOrder({ ...of, epoch: 1 }))
    expect(batchOrder({ ...of, epoch: 1 })).not.toEqual(batchOrder({ ...of, epoch: 2 }))
  })
})

describe('trainOrder', () => {
  it('names the batch size and the items when there are too few', () => {
    expect(trainOrder(imageFolder('x'), 63)(0)).toMatchObject({
      left: { _tag: 'TooFewItems', expected: expect.stringContaining('64'), found: '63' }
    })
  })

  it('accepts an incomplete last batch that is kept', () => {
    const spec = pipe(imageFolder('x'), withDropLast(false))
    expect(
      pipe(
        trainOrder(spec, 63)(0),
        E.map((batches) => batches.length)
      )
    ).toEqual(E.right(1))
  })

  it('refuses an empty set even then', () => {
    expect(trainOrder(withDropLast(false)(imageFolder('x')), 0)(0)).toMatchObject({ left: { _tag: 'TooFewItems' } })
  })
})

describe('validOrder', () => {
  it('keeps all items in order, in batches of their own size', () => {
    const spec = pipe(imageFolder('x'), withBatchSize(64), withValidBatchSize(2))
    expect(validOrder(spec, 5)).toEqual([[0, 1], [2, 3], [4]])
  })
})
