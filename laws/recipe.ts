/**
 * Laws of recipes: they form a monoid, and their learning rates are laid out over batches without gaps and without
 * state.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { classification } from '../src/data/index.js'
import { arch, type Body, conv2d, head, named, sequential, splitOn, uncut, withHead } from '../src/model/index.js'
import { type Plan, ratesOf, type StepRates } from '../src/plan/index.js'
import { checkRecipe, phaseOf, ratesPerGroup, Recipe, slice } from '../src/recipe/index.js'
import { cycles, recipes } from './arbitrary/recipes.js'
import { close, equal, succeeded } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { planned } from './planning.js'
import { tolerance } from './tolerance.js'
import { monoidLaws, valueLaws } from './value.js'

const body: Body = uncut(
  arch({ name: 'two', network: sequential(named('a', conv2d(1, 2, 1)), named('b', conv2d(2, 2, 1))) })
)

/** A model of two or three groups. */
const planOf = (groups: number): Plan =>
  planned(
    { input: [1, 4, 4], task: classification(['yes', 'no']) },
    pipe(body, withHead(head({ linFtrs: [] })), splitOn(groups === 3 ? ['body.b', 'head'] : ['head']))
  )

const plans: fc.Arbitrary<Plan> = fc.constantFrom(2, 3).map(planOf)
const batches: fc.Arbitrary<number> = fc.integer({ min: 1, max: 12 })

const laid = (recipe: Recipe.Recipe, n: number, plan: Plan): ReadonlyArray<StepRates> =>
  succeeded(ratesOf(recipe, n)(plan), 'the rates')

const epochsOf: (step: Recipe.Step) => number = Recipe.foldStep({
  Fit: (s) => s.epochs,
  FitOneCycle: (s) => Math.max(0, Math.min(s.cycLen, s.totEpochs ?? s.cycLen) - (s.startEpoch ?? 0)),
  FitSchedule: (s) => s.epochs,
  SetFreeze: () => 0,
  SetSize: () => 0,
  Save: () => 0,
  Load: () => 0
})

const layoutLaws = (cases: fc.Arbitrary<Recipe.Recipe>): ReadonlyArray<Law> => [
  law(
    'has rates for every training batch, one for each group',
    fc.property(cases, batches, plans, (recipe, n, plan) => {
      const steps = laid(recipe, n, plan)
      equal(steps.length, n * recipe.reduce((sum, step) => sum + epochsOf(step), 0), 'batches')
      for (const { lrs } of steps) equal(lrs.length, plan.groups, 'rates')
    })
  ),
  law(
    'has the rates of its parts, one after the other',
    fc.property(cases, cases, batches, plans, (a, b, n, plan) => {
      const later = laid(b, n, plan).map((s) => ({ ...s, step: s.step + a.length }))
      equal(laid(Recipe.sequence(a, b), n, plan), [...laid(a, n, plan), ...later], 'the rates of both')
    })
  ),
  law(
    'names the step and the field of every mistake',
    fc.property(cases, cases, (a, b) => {
      const wrong = Recipe.sequence(a, Recipe.fit(1, NaN), b, Recipe.fitOneCycle(0))
      const paths = checkRecipe(wrong).map((e) => e.path)
      equal(paths, [`recipe[${a.length}].lr`, `recipe[${a.length + b.length + 1}].cycLen`], 'mistakes')
    })
  )
]

const phase = (step: Recipe.TrainingStep, batchesPerEpoch: number, groups = 2) =>
  succeeded(phaseOf({ groups, batchesPerEpoch })(step), 'the phase')

const rate = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1e5)

const phaseLaws: ReadonlyArray<Law> = [
  law(
    'reaches the maximum of every group at batch ⌊n·pctStart⌋ of a cycle',
    fc.property(cycles, batches, (step, n) => {
      const total = n * (step.totEpochs ?? step.cycLen)
      const peak = Math.floor(total * step.pctStart)
      fc.pre(peak >= 1)
      equal(phase(step, n).at(peak).lrs, succeeded(ratesPerGroup(2)(step.maxLr), 'rates'), 'rates at the peak')
    })
  ),
  law(
    'starts at the right position of the cycle with a later start epoch',
    fc.property(cycles, batches, fc.nat({ max: 2 }), plans, (step, n, later, plan) => {
      const epochs = Math.min(step.cycLen, step.totEpochs ?? step.cycLen)
      fc.pre(epochs > 1)
      const from = 1 + (later % (epochs - 1))
      const whole = laid([{ ...step, startEpoch: null }], n, plan)
      equal(laid([{ ...step, startEpoch: from }], n, plan), whole.slice(from * n), 'the rest of the cycle')
    })
  ),
  law(
    'spreads slice(a, b) geometrically from a to b',
    fc.property(rate, rate, fc.integer({ min: 2, max: 6 }), (a, b, groups) => {
      const all = succeeded(ratesPerGroup(groups)(slice(a, b)), 'rates')
      close(all[0]! / a, 1, tolerance.curve, 'the first rate')
      close(all.at(-1)! / b, 1, tolerance.curve, 'the last rate')
      for (let i = 2; i < groups; i++)
        close((all[i]! * all[i - 2]!) / all[i - 1]! ** 2, 1, tolerance.curve, `the ratio at group ${i}`)
    })
  ),
  law(
    'gives a tenth of b to every group but the last with slice(b), and b to a single group',
    fc.property(rate, fc.integer({ min: 1, max: 6 }), (b, groups) => {
      const tenths = Array.from({ length: groups - 1 }, () => b / 10)
      equal(succeeded(ratesPerGroup(groups)(slice(b)), 'rates'), [...tenths, b], 'rates')
    })
  ),
  law(
    'is refused when rates and groups differ in number',
    fc.property(fc.array(rate, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 5 }), (list, groups) => {
      equal(E.isRight(ratesPerGroup(groups)(list)), list.length === groups, 'accepted')
    })
  )
]

/**
 * The laws of every recipe, or of yours: monoid, equality, rates over batches, phases.
 *
 * @example
 * import { recipeLaws } from 'graft-vision/laws'
 * import { Recipe } from 'graft-vision'
 *
 * for (const law of recipeLaws(Recipe.fitOneCycle(2, 1e-3))) await law.check({ seed: 1, numRuns: 10 })
 *
 * @category laws
 * @since 0.1.0
 */
export const recipeLaws = (mine: Subject<Recipe.Recipe> = recipes): ReadonlyArray<Law> => {
  const cases = drawn(mine)
  return [
    ...monoidLaws(Recipe.monoidRecipe, Recipe.eqRecipe, cases),
    // a single recipe has nothing to differ from but others
    ...valueLaws(Recipe.eqRecipe, fc.oneof(cases, recipes), Recipe.showRecipe),
    ...layoutLaws(cases),
    ...phaseLaws
  ]
}
