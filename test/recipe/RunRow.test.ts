import { describe, expect, it } from 'vitest'
import { Recipe, runRows } from '../../src/recipe/index.js'

const row = { trainLoss: 1, validLoss: 1, metrics: [] }

const placed = (recipe: Recipe.Recipe, epochs: ReadonlyArray<number>) =>
  runRows(recipe)({ rows: epochs.map((epoch) => ({ epoch, ...row })) }).map(({ phase, epoch }) => [phase, epoch])

describe('runRows', () => {
  it('counts epochs over the whole run, with the training step of each', () => {
    const recipe = Recipe.sequence(Recipe.freeze, Recipe.fit(2, 1e-3), Recipe.unfreeze, Recipe.fit(1, 1e-4))
    expect(placed(recipe, [0, 1, 0])).toEqual([
      [0, 0],
      [0, 1],
      [1, 2]
    ])
    expect(placed(recipe, [0])).toEqual([[0, 0]])
  })

  it('recognises a step whose epochs continue those before', () => {
    const recipe = Recipe.sequence(Recipe.fit(1, 1e-3), Recipe.fitOneCycle(3, 1e-3, { startEpoch: 1 }))
    expect(placed(recipe, [0, 1, 2])).toEqual([
      [0, 0],
      [1, 1],
      [1, 2]
    ])
  })

  it('continues with the next step where one ended early', () => {
    const recipe = Recipe.sequence(Recipe.fit(5, 1e-3), Recipe.fit(2, 1e-4))
    expect(placed(recipe, [0, 1, 0, 1])).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3]
    ])
  })

  it('is empty for a recipe that trains nothing', () => {
    expect(placed([], [])).toEqual([])
  })
})
