/**
 * A recipe against a plan: which mistakes it has, and every group's rate at every step.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { checkRecipe, type Hyper, phaseOf, type Recipe, type RecipeError } from '../recipe/index.js'
import { resolveFreeze } from './grouping.js'
import type { Plan } from './Plan.js'
import type { PlanError } from './PlanError.js'

/** The hyper-parameters of one training batch. */
export interface StepRates extends Hyper {
  /** Position in the recipe. */
  readonly step: number
  readonly epoch: number
  readonly batch: number
}

type Mistakes = RNEA.ReadonlyNonEmptyArray<RecipeError | PlanError>

const stepRates = (
  step: Recipe.Step,
  index: number,
  plan: Plan,
  batchesPerEpoch: number
): E.Either<RecipeError | PlanError, ReadonlyArray<StepRates>> => {
  const path = `recipe[${index}]`
  switch (step._tag) {
    case 'SetFreeze':
      return pipe(
        resolveFreeze(step.freeze, plan.groups, path),
        E.map(() => [])
      )
    case 'Save':
    case 'Load':
      return E.right([])
    case 'Fit':
    case 'FitOneCycle':
      return pipe(
        phaseOf({ groups: plan.groups, batchesPerEpoch, path })(step),
        E.map((phase) => {
          const first = phase.startEpoch * batchesPerEpoch
          return Array.from({ length: phase.endBatch - first }, (_, i) => ({
            step: index,
            epoch: Math.floor((first + i) / batchesPerEpoch),
            batch: (first + i) % batchesPerEpoch,
            ...phase.at(first + i)
          }))
        })
      )
  }
}

/**
 * Every group's rate at every training batch of a recipe, or all its mistakes.
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
 * @since 0.1.0
 */
export const ratesOf =
  (recipe: Recipe.Recipe, batchesPerEpoch: number) =>
  (plan: Plan): E.Either<Mistakes, ReadonlyArray<StepRates>> => {
    const mistakes = checkRecipe(recipe)
    if (mistakes.length > 0) return E.left(mistakes as unknown as Mistakes)
    const steps = recipe.map((step, i) => stepRates(step, i, plan, batchesPerEpoch))
    const lefts = steps.flatMap((s) => (E.isLeft(s) ? [s.left] : []))
    return lefts.length > 0
      ? E.left(lefts as unknown as Mistakes)
      : E.right(steps.flatMap((s) => (E.isRight(s) ? s.right : [])))
  }
