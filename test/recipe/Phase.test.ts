import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { checkRecipe, type Phase, phaseOf, Recipe, slice } from '../../src/recipe/index.js'
import { decimals } from '../oracle/tolerances.js'

const phase = (recipe: Recipe.Recipe, groups = 1, batchesPerEpoch = 10): Phase => {
  const [step] = recipe
  if (step === undefined || !Recipe.trains(step)) throw new Error('a training step')
  const laidOut = phaseOf({ groups, batchesPerEpoch })(step)
  if (E.isLeft(laidOut)) throw new Error(laidOut.left.found)
  return laidOut.right
}

describe('a fit', () => {
  it('keeps its rates constant and does not change the momentum', () => {
    const p = phase(Recipe.fit(2, slice(1)), 3)
    expect([p.at(0), p.at(20)]).toEqual([
      { lrs: [0.1, 0.1, 1], mom: null },
      { lrs: [0.1, 0.1, 1], mom: null }
    ])
    expect([p.startEpoch, p.endEpoch, p.endStep, p.wd]).toEqual([0, 2, 20, null])
  })
  it('has its own weight decay if given, for all groups or per group', () => {
    expect(phase(Recipe.fit(1, 1, { wd: 0 }), 2).wd).toEqual([0, 0])
    expect(phase(Recipe.fitOneCycle(1, 1, { wd: [0, 0.2] }), 2).wd).toEqual([0, 0.2])
  })
  it('rejects weight decays for another number of groups', () => {
    expect(() => phase(Recipe.fit(1, 1, { wd: [0, 0.2] }), 3)).toThrow('2 weight decays')
    expect(() => phase(Recipe.fitOneCycle(1, 1, { wd: [0, 0.2] }), 3)).toThrow('2 weight decays')
  })
})

describe('a cycle', () => {
  it('scales every group by the same factor', () => {
    const p = phase(Recipe.fitOneCycle(1, slice(1e-2, 1)), 3)
    for (const k of [0, 2, 7]) {
      const { lrs } = p.at(k)
      expect(lrs[1]! / lrs[0]!).toBeCloseTo(10, decimals.ratio)
      expect(lrs[2]! / lrs[1]!).toBeCloseTo(10, decimals.ratio)
    }
  })
  it('keeps a single momentum constant', () => {
    const p = phase(Recipe.fitOneCycle(1, 1, { moms: 0.9 }))
    expect([0, 3, 9].map((k) => p.at(k).mom)).toEqual([0.9, 0.9, 0.9])
  })
  it('leaves the final rate in the optimiser without training at it', () => {
    const p = phase(Recipe.fitOneCycle(1, 1))
    expect(p.at(p.endStep).lrs[0]).toBeCloseTo(1 / 2.5e5, decimals.float64)
    expect(p.at(p.endStep - 1).lrs[0]).toBeGreaterThan(1e-3)
  })
  it('with totEpochs above cycLen stops early', () => {
    const p = phase(Recipe.fitOneCycle(2, 1, { totEpochs: 4 }))
    expect(p.endStep).toBe(20)
    expect(p.at(12).lrs).toEqual([1])
  })
  it('with totEpochs below cycLen ends with the schedule', () => {
    const p = phase(Recipe.fitOneCycle(3, 1, { totEpochs: 2 }))
    expect([p.endEpoch, p.endStep]).toEqual([2, 20])
  })
  it('starts at a later epoch with the rate it would have there', () => {
    const [whole, later] = [phase(Recipe.fitOneCycle(4, 1)), phase(Recipe.fitOneCycle(4, 1, { startEpoch: 2 }))]
    expect(later.startEpoch).toBe(2)
    for (const k of [20, 31, 39]) expect(later.at(k)).toEqual(whole.at(k))
  })
  it('ends at max/finalDiv, by default max/(divFactor·10⁴)', () => {
    const ended = (p: Phase) => p.at(p.endStep).lrs[0]
    expect(ended(phase(Recipe.fitOneCycle(1, 1, { divFactor: 10 })))).toBeCloseTo(1e-5, decimals.float64)
    expect(ended(phase(Recipe.fitOneCycle(1, 1, { finalDiv: 4 })))).toBeCloseTo(0.25, decimals.float64)
  })
})

describe('the check of a recipe', () => {
  const paths = (recipe: Recipe.Recipe) => checkRecipe(recipe).map((e) => e.path)

  it('finds nothing in a valid recipe', () => {
    expect(paths(Recipe.sequence(Recipe.fitOneCycle(1), Recipe.freeze, Recipe.fit(1), Recipe.save('a-1.b_c')))).toEqual(
      []
    )
  })
  it('finds every mistake, and says in which step', () => {
    const bad = Recipe.sequence(
      Recipe.fit(0, NaN, { wd: -1 }),
      Recipe.freezeTo(0.5),
      Recipe.fitOneCycle(1.5, -1, { pctStart: 2, divFactor: 0, finalDiv: -1, moms: [1, 0.5], wd: NaN, totEpochs: 0 }),
      Recipe.save('../up'),
      Recipe.load('')
    )
    expect(paths(bad)).toEqual([
      'recipe[0].epochs',
      'recipe[0].wd',
      'recipe[0].lr',
      'recipe[1].n',
      'recipe[2].cycLen',
      'recipe[2].pctStart',
      'recipe[2].divFactor',
      'recipe[2].finalDiv',
      'recipe[2].moms',
      'recipe[2].totEpochs',
      'recipe[2].wd',
      'recipe[2].maxLr',
      'recipe[3].name',
      'recipe[4].name'
    ])
  })
  it('accepts lists of rates of any length, because the groups are unknown', () => {
    expect(paths(Recipe.fit(1, [1, 2, 3]))).toEqual([])
    expect(paths(Recipe.fit(1, []))).toEqual(['recipe[0].lr'])
    expect(paths(Recipe.fit(1, 1, { wd: [0, 1, 2] }))).toEqual([])
    expect(paths(Recipe.fit(1, 1, { wd: [0, -1] }))).toEqual(['recipe[0].wd'])
  })
  it.each([0, 3, -1, 0.5])('rejects a start epoch outside of the cycle: %d of 3 epochs', (startEpoch) => {
    expect(paths(Recipe.fitOneCycle(3, 1, { startEpoch }))).toEqual(startEpoch === 0 ? [] : ['recipe[0].startEpoch'])
  })
  it('reports what was expected, what was found and a hint', () => {
    expect(checkRecipe(Recipe.fitOneCycle(1, 1, { pctStart: 2 }))).toEqual([
      {
        _tag: 'RecipeError',
        path: 'recipe[0].pctStart',
        expected: 'a number in [0, 1]',
        found: '2',
        hint: 'give pctStart a number in [0, 1]'
      }
    ])
  })
})
