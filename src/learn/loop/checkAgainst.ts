/**
 * What is checked before a recipe runs.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { sidesOf, trainOrder } from '../../data/index.js'
import { costsId, type Engine, enoughRows } from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { checkRecipeFor } from '../../plan/index.js'
import { epochsOf, type Recipe } from '../../recipe/index.js'
import type { Cursor } from '../saved/Saved.js'
import { recipeFingerprint } from '../saved/fingerprints.js'
import type { Learner } from '../learner/Learner.js'
import { refreeze } from '../learner/refreeze.js'
import { plannedAt } from '../learner/resize.js'
import { savedError } from '../LearnError.js'
import { batchingOf } from './training.js'
import { unmeasured } from './watched.js'

/** Checks that every batch norm in training mode sees more than one value per channel, in the smallest batch too. */
const normsHaveRows = (recipe: Recipe.Recipe, l: Learner): E.Either<GraftError, void> => {
  if (!recipe.some((step) => epochsOf(step) > 0 || step._tag === 'SetSize')) return E.right(undefined)
  const order = trainOrder(batchingOf(l), l.data.train.length)(0)
  if (E.isLeft(order)) return order
  const smallest = Math.min(...order.right.map((batch) => batch.length))
  let now = l
  for (const [index, step] of recipe.entries()) {
    if (step._tag === 'Save' || step._tag === 'Load') continue
    if (step._tag === 'SetFreeze') {
      const frozen = refreeze(step.freeze)(now)
      if (E.isLeft(frozen)) return frozen
      now = frozen.right
      continue
    }
    if (step._tag === 'SetSize') {
      const resized = plannedAt(step.size, `recipe[${index}]`)(now)
      if (E.isLeft(resized)) return resized
      now = { ...now, plan: resized.right, data: { ...now.data, shape: [3, ...sidesOf(step.size)] } }
      continue
    }
    const enough = enoughRows(now.plan, smallest)
    if (E.isLeft(enough)) return enough
  }
  return E.right(undefined)
}

/**
 * Every mistake in a recipe that shows before it runs, with freezes and rates checked against the groups.
 *
 * @example
 * import { digits, Recipe, squeezenet1_1 } from 'graft-vision'
 * import { checkAgainst } from '../index.js'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainEitherKW(checkAgainst(Recipe.freezeTo(9)))
 * )
 * const checked = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isLeft(checked) && checked.left._tag === 'FreezeError')
 *
 * @since 0.1.0
 */
export const checkAgainst =
  (recipe: Recipe.Recipe) =>
  (l: Learner): E.Either<GraftError, void> => {
    const [first, ...rest] = [...checkRecipeFor(recipe)(l.plan), ...unmeasured(recipe, l)]
    return first === undefined ? normsHaveRows(recipe, l) : E.left(mistakes('the recipe', [first, ...rest]))
  }

/** Checks that a resumed run has the recipe of the interrupted one. */
export const sameRecipe = (recipe: Recipe.Recipe, from: Cursor | undefined): E.Either<GraftError, void> =>
  from === undefined || from.recipe === recipeFingerprint(recipe)
    ? E.right(undefined)
    : E.left(savedError('recipe', 'the recipe of the checkpoint', 'another recipe', 'use the same recipe'))

/** Other costs may choose other convolution algorithms, with different rounding errors. */
export const sameCosts = ({ costs }: Engine, from: Cursor | undefined): E.Either<GraftError, void> => {
  const here = costsId(costs)
  if (from === undefined || (from.costs ?? null) === here) return E.right(undefined)
  const named = (id: string | null): string => (id === null ? 'the built-in costs' : `measured costs ${id}`)
  return E.left(
    savedError(
      'engine',
      `convolution algorithms chosen by ${named(from.costs ?? null)}, as in the checkpoint`,
      named(here),
      "acquire the engine with the original costs: costs: 'built-in', or those measured; or train again"
    )
  )
}
