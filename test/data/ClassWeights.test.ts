import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { classification, classWeightsOf, multiLabel, segmentation, showClassWeights } from '../../src/data/index.js'

const three = classification(['a', 'b', 'c'])
const items = [...Array<number>(6).fill(0), ...Array<number>(3).fill(1), 2].map((target) => ({ target }))
const close = (values: ReadonlyArray<number>) => values.map((value): unknown => expect.closeTo(value, 12))

describe('classWeightsOf', () => {
  it("is n/(k·n_c) for 'balanced', as in scikit-learn", () => {
    expect(classWeightsOf('balanced')(three, items)).toEqual(E.right(close([10 / 18, 10 / 9, 10 / 3])))
  })
  it("divides by the effective number of images for 'effective', and adds up to the number of classes", () => {
    const raw = [6, 3, 1].map((n) => (1 - 0.9) / (1 - 0.9 ** n))
    const sum = raw.reduce((a, b) => a + b)
    expect(classWeightsOf({ effective: 0.9 })(three, items)).toEqual(E.right(close(raw.map((w) => (3 * w) / sum))))
  })
  it('has equal weights for β = 0, and those of balanced in proportion as β nears 1', () => {
    expect(classWeightsOf({ effective: 0 })(three, items)).toEqual(E.right([1, 1, 1]))
    const near = classWeightsOf({ effective: 1 - 1e-9 })(three, items)
    if (E.isLeft(near)) throw new Error(near.left.found)
    expect(near.right[2]! / near.right[0]!).toBeCloseTo(6, 5)
  })
  it('weighs a label by the images without it, over those with it', () => {
    const rows = [
      [1, 0],
      [1, 0],
      [1, 1],
      [0, 0]
    ].map((target) => ({ target }))
    expect(classWeightsOf('balanced')(multiLabel(['x', 'y']), rows)).toEqual(E.right(close([1 / 3, 3])))
    expect(classWeightsOf({ effective: 0 })(multiLabel(['x', 'y']), rows)).toEqual(E.right([1, 1]))
  })
  it('takes numbers, one for each class', () => {
    expect(classWeightsOf([1, 2, 0])(three, items)).toEqual(E.right([1, 2, 0]))
    expect(classWeightsOf([1, 2])(three, items)).toMatchObject({ left: { _tag: 'BadSpec', found: '[1, 2]' } })
    expect(classWeightsOf([1, 2, -1])(three, items)).toMatchObject({ left: { _tag: 'BadSpec' } })
  })
  it('refuses what cannot be computed', () => {
    expect(classWeightsOf({ effective: 1 })(three, items)).toMatchObject({ left: { _tag: 'BadSpec' } })
    expect(classWeightsOf('balanced')(segmentation(['sky']), items)).toMatchObject({ left: { _tag: 'BadSpec' } })
    expect(classWeightsOf('balanced')(classification(['a', 'b', 'c', 'd']), items)).toMatchObject({
      left: { _tag: 'EmptyClass', found: 'only one kind for d' }
    })
    const always = [
      [1, 0],
      [1, 1]
    ].map((target) => ({ target }))
    expect(classWeightsOf('balanced')(multiLabel(['x', 'y']), always)).toMatchObject({
      left: { _tag: 'EmptyClass', found: 'only one kind for x' }
    })
  })
})

describe('showClassWeights', () => {
  it('lists the first of many classes', () => {
    expect(showClassWeights(Array.from('abcdefghijkl'), Array(12).fill(1 / 3))).toContain('j 0.3333 and 2 more')
  })
})
