import { describe, expect, it } from 'vitest'
import { Recipe, slice } from '../../src/recipe/index.js'

const { empty, eqRecipe, fit, fitOneCycle, foldStep, freeze, freezeTo, load, save, sequence, showRecipe, unfreeze } =
  Recipe

describe('a recipe', () => {
  it("has fastai's defaults", () => {
    expect(fitOneCycle(3)).toEqual([
      {
        _tag: 'FitOneCycle',
        cycLen: 3,
        maxLr: slice(3e-3),
        moms: [0.95, 0.85],
        divFactor: 25,
        pctStart: 0.3,
        finalDiv: null,
        wd: null,
        totEpochs: null,
        startEpoch: null
      }
    ])
    expect(fit(2)).toEqual([{ _tag: 'Fit', epochs: 2, lr: slice(3e-3), wd: null }])
  })
  it('is the list of its steps in order', () => {
    expect(sequence(freeze, fit(1), unfreeze).map((step) => step._tag)).toEqual(['SetFreeze', 'Fit', 'SetFreeze'])
  })
  it('is a monoid', () => {
    const [a, b, c] = [fit(1), freezeTo(1), save('x')]
    expect(sequence(empty, a)).toEqual(a)
    expect(sequence(a, empty)).toEqual(a)
    expect(sequence(sequence(a, b), c)).toEqual(sequence(a, sequence(b, c)))
  })
  it('is shown as source code', () => {
    const all = sequence(
      fitOneCycle(1, 1e-3),
      unfreeze,
      fitOneCycle(3, slice(1e-5, 1e-3), { pctStart: 0.5 }),
      freeze,
      freezeTo(1),
      fit(2, 0.1, { wd: 0 }),
      save('three_epochs'),
      load('three_epochs')
    )
    expect(showRecipe.show(all)).toBe(
      'sequence(fitOneCycle(1, 0.001), unfreeze, fitOneCycle(3, slice(0.00001, 0.001), { pctStart: 0.5 }), freeze, ' +
        "freezeTo(1), fit(2, 0.1, { wd: 0 }), save('three_epochs'), load('three_epochs'))"
    )
    expect(showRecipe.show(empty)).toBe('empty')
  })
  it('equals another of the same steps', () => {
    expect(eqRecipe.equals(sequence(fit(1), save('a')), sequence(fit(1), save('a')))).toBe(true)
    expect(eqRecipe.equals(fit(1), fit(2))).toBe(false)
  })
})

describe('a step', () => {
  it('is folded by its kind', () => {
    const epochs = foldStep<number>({
      Fit: (s) => s.epochs,
      FitOneCycle: (s) => s.cycLen,
      FitSchedule: (s) => s.epochs,
      SetFreeze: () => 0,
      SetSize: () => 0,
      Save: () => 0,
      Load: () => 0
    })
    expect(sequence(fit(2), fitOneCycle(3), save('a')).map(epochs)).toEqual([2, 3, 0])
  })
})
