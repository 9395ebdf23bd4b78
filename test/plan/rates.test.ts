import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import { cut, head, withHead } from '../../src/model/index.js'
import { checkRecipeFor, type Plan, plan, ratesOf } from '../../src/plan/index.js'
import { phaseOf, Recipe, slice } from '../../src/recipe/index.js'
import { decimals } from '../oracle/tolerances.js'

const planned: Plan = pipe(
  resnet18,
  cut,
  withHead(head()),
  plan({ input: [3, 32, 32], task: classification(['a', 'b']) }),
  E.getOrElse<unknown, Plan>((e) => {
    throw new Error(JSON.stringify(e))
  })
)
const steps = (recipe: Recipe.Recipe, batches = 2) => {
  const rates = ratesOf(recipe, batches)(planned)
  if (E.isLeft(rates)) throw new Error(JSON.stringify(rates.left))
  return rates.right
}
const errors = (recipe: Recipe.Recipe) => {
  const rates = ratesOf(recipe, 2)(planned)
  return E.isLeft(rates) ? rates.left.map((e) => [e._tag, e.path]) : []
}

describe('a step has the same mistakes for the plan and for the runner', () => {
  const wrong: ReadonlyArray<Recipe.Recipe> = [
    Recipe.fit(1, 1e-3, { wd: [1, 2, 3, 4, 5, 6, 7] }),
    Recipe.fitOneCycle(1, 1e-3, { wd: [0.1, 0.2] }),
    Recipe.fit(1, [1e-4, 1e-3]),
    Recipe.fitOneCycle(1, [1e-4, 1e-3]),
    Recipe.fitOneCycle(1, 1e-3, { moms: [0.95, 1] }),
    Recipe.fit(0, 1e-3),
    Recipe.fit(1, 1e-3, { wd: -1 })
  ]
  it.each(wrong.map((step) => [step]))('%#', (step) => {
    const [found, ...others] = checkRecipeFor(Recipe.sequence(Recipe.freeze, Recipe.fit(1, 1e-3), step))(planned)
    expect(others).toEqual([])
    const [fit] = step as ReadonlyArray<Recipe.Fit | Recipe.FitOneCycle>
    const ran = phaseOf({ groups: planned.groups, batchesPerEpoch: 2, path: 'recipe[2]' })(fit!)
    expect(E.isLeft(ran) && ran.left).toEqual(found)
    expect(found?.path).toMatch(/^recipe\[2\]\./)
  })
  it('and is valid with one value per group', () => {
    expect(checkRecipeFor(Recipe.fit(1, [1e-5, 1e-4, 1e-3], { wd: [0, 0.1, 0.2] }))(planned)).toEqual([])
  })
})

describe('the rates of a recipe', () => {
  const recipe = Recipe.sequence(
    Recipe.freeze,
    Recipe.fit(1, 1e-3),
    Recipe.unfreeze,
    Recipe.fitOneCycle(2, slice(1e-5, 1e-3))
  )

  it('are those of every training batch, with its step, epoch and batch', () => {
    expect(steps(recipe).map(({ step, epoch, batch }) => [step, epoch, batch])).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [3, 0, 0],
      [3, 0, 1],
      [3, 1, 0],
      [3, 1, 1]
    ])
  })
  it('are one for each group', () => {
    expect(steps(recipe)[0]!.lrs).toEqual([1e-3, 1e-3, 1e-3])
    const [first, middle, last] = steps(recipe)[3]!.lrs
    expect([first! / last!, middle! / last!].map((r) => r.toPrecision(6))).toEqual(['0.0100000', '0.100000'])
  })
  it('change the momentum only in a cycle', () => {
    expect(steps(recipe).map((s) => s.mom)).toEqual([
      null,
      null,
      0.95,
      0.85,
      expect.closeTo(0.875, decimals.float64),
      expect.closeTo(0.925, decimals.float64)
    ])
  })
  it('begin at startEpoch', () => {
    const late = steps(Recipe.fitOneCycle(3, 1e-3, { startEpoch: 2 }))
    expect(late.map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [2, 0],
      [2, 1]
    ])
    expect(late).toEqual(steps(Recipe.fitOneCycle(3, 1e-3)).slice(4))
  })
  it('are empty for steps that do not train', () => {
    expect(steps(Recipe.sequence(Recipe.freezeTo(1), Recipe.save('a'), Recipe.load('a')))).toEqual([])
  })
})

describe('a recipe against a plan', () => {
  it('reports every mistake that depends on the groups', () => {
    expect(errors(Recipe.sequence(Recipe.freezeTo(7), Recipe.fit(1, [1, 2]), Recipe.fitOneCycle(1, [1, 2])))).toEqual([
      ['FreezeError', 'recipe[0]: freezeTo(7)'],
      ['RecipeError', 'recipe[1].lr'],
      ['RecipeError', 'recipe[2].maxLr']
    ])
  })
  it('reports all mistakes at once, in the order of the steps', () => {
    const recipe = Recipe.sequence(
      Recipe.fit(0, [1e-5, 1e-3]),
      Recipe.freezeTo(1.5),
      Recipe.freezeTo(-4),
      Recipe.fitOneCycle(1, [NaN, 1]),
      Recipe.save('../up'),
      Recipe.freeze,
      Recipe.fit(1, [1e-5, 1e-4, 1e-3])
    )
    expect(checkRecipeFor(recipe)(planned).map((e) => e.path)).toEqual([
      'recipe[0].epochs',
      'recipe[0].lr',
      'recipe[1].n',
      'recipe[2]: freezeTo(-4)',
      'recipe[3].maxLr',
      'recipe[4].name'
    ])
    expect(errors(recipe).map(([, path]) => path)).toEqual(checkRecipeFor(recipe)(planned).map((e) => e.path))
  })
  it('has no mistakes if it can be trained', () => {
    expect(checkRecipeFor(Recipe.sequence(Recipe.freezeTo(2), Recipe.fitOneCycle(1, slice(1e-3))))(planned)).toEqual([])
  })
  it('reports mistakes that do not depend on the groups', () => {
    expect(errors(Recipe.fit(0, -1))).toEqual([
      ['RecipeError', 'recipe[0].epochs'],
      ['RecipeError', 'recipe[0].lr']
    ])
  })
})
