/**
 * Checks a recipe against a plan, and computes the learning rate of every group at every step.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { checkStep, type Hyper, phaseOf, type Recipe, type RecipeError } from '../recipe/index.js'
import { resolveFreeze } from './grouping.js'
import type { Plan } from './Plan.js'
import type { PlanError } from './PlanError.js'

/**
 * The hyperparameters of one training batch: learning rates per group, momentum, weight decay, and its position.
 *
 * @category plans
 * @since 0.1.0
 */
export interface StepRates extends Hyper {
  /** Position in the recipe. */
  readonly step: number
  readonly epoch: number
  readonly batch: number
}

type Mistake = RecipeError | PlanError

const mistakeOf: (checked: E.Either<Mistake, unknown>) => ReadonlyArray<Mistake> = E.match(
  (mistake) => [mistake],
  () => []
)

/**
 * Every mistake in a recipe for this plan, in the order of the steps: those of `checkRecipe`, and freezes and rates
 * that do not fit the plan's groups. Empty: the recipe is valid.
 *
 * @example
 * import { checkRecipeFor, classification, cut, head, plan, Recipe, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const paths = pipe(
 *   pipe(resnet18, cut, withHead(head())),
 *   plan({ input: [3, 32, 32], task: classification(['a', 'b']) }),
 *   E.map(checkRecipeFor(Recipe.sequence(Recipe.freezeTo(9), Recipe.fit(0, [1e-5, 1e-3])))),
 *   E.map((mistakes) => mistakes.map((m) => m.path))
 * )
 * assert.deepStrictEqual(paths, E.right(['recipe[0]: freezeTo(9)', 'recipe[1].epochs', 'recipe[1].lr']))
 *
 * @category plans
 * @since 0.1.0
 */
export const checkRecipeFor =
  (recipe: Recipe.Recipe) =>
  (plan: Plan): ReadonlyArray<RecipeError | PlanError> =>
    recipe.flatMap((step, i): ReadonlyArray<Mistake> => {
      const path = `recipe[${i}]`
      const own = checkStep(step, { path, groups: plan.groups })
      return step._tag === 'SetFreeze' && own.length === 0
        ? mistakeOf(resolveFreeze(step.freeze, plan.groups, path))
        : own
    })

const stepRates = (
  step: Recipe.Step,
  index: number,
  plan: Plan,
  batchesPerEpoch: number
): E.Either<RecipeError, ReadonlyArray<StepRates>> => {
  const path = `recipe[${index}]`
  switch (step._tag) {
    case 'SetFreeze':
    case 'SetSize':
    case 'Save':
    case 'Load':
      return E.right([])
    case 'Fit':
    case 'FitOneCycle':
    case 'FitSchedule':
      return pipe(
        phaseOf({ groups: plan.groups, batchesPerEpoch, path })(step),
        E.map((phase) => {
          const epochs = phase.endEpoch - phase.startEpoch
          return Array.from({ length: Math.max(0, epochs) * batchesPerEpoch }, (_, i) => {
            const [epoch, batch] = [phase.startEpoch + Math.floor(i / batchesPerEpoch), i % batchesPerEpoch]
            const taken = Math.floor(batch / (step.accumulate ?? 1))
            return { step: index, epoch, batch, ...phase.at(epoch * phase.stepsPerEpoch + taken) }
          })
        })
      )
  }
}

/**
 * The learning rate of every group at every training batch of a recipe, or all its mistakes.
 *
 * @example
 * import { classification, cut, head, plan, ratesOf, Recipe, resnet18, slice, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const rates = pipe(
 *   pipe(resnet18, cut, withHead(head())),
 *   plan({ input: [3, 32, 32], task: classification(['a', 'b']) }),
 *   E.chainW(ratesOf(Recipe.fit(1, slice(1e-5, 1e-3)), 2)),
 *   E.map((steps) => steps.map((s) => s.lrs.length))
 * )
 * assert.deepStrictEqual(rates, E.right([3, 3]))
 *
 * @category plans
 * @since 0.1.0
 */
export const ratesOf =
  (recipe: Recipe.Recipe, batchesPerEpoch: number) =>
  (plan: Plan): E.Either<RNEA.ReadonlyNonEmptyArray<RecipeError | PlanError>, ReadonlyArray<StepRates>> => {
    const mistakes = checkRecipeFor(recipe)(plan)
    if (RA.isNonEmpty(mistakes)) return E.left(mistakes)
    return pipe(
      recipe.map((step, i) => stepRates(step, i, plan, batchesPerEpoch)),
      E.sequenceArray,
      E.bimap(RNEA.of<RecipeError | PlanError>, (steps) => steps.flat())
    )
  }
