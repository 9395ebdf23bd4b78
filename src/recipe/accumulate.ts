import { type Recipe, trains } from './Recipe.js'

/**
 * Accumulates the gradients of `n` batches for each step of the optimiser, in every training step of a recipe: a step is
 * the same as with a batch `n` times as large, except that batch norms in training mode see the small batches. The last
 * group of an epoch may be smaller. Schedules advance with each step of the optimiser. Replaces an `accumulate` of the
 * steps; 1 is none.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * const recipe = Recipe.accumulate(4)(Recipe.fit(5, 1e-3))
 * assert.strictEqual(Show.recipe.show(recipe), 'sequence(accumulate(4)(fit(5, 0.001)))')
 *
 * @category recipes
 * @since 0.1.0
 */
export const accumulate =
  (n: number) =>
  (recipe: Recipe): Recipe =>
    recipe.map((step) => {
      if (!trains(step)) return step
      const { accumulate: _, ...rest } = step
      return n === 1 ? rest : { ...rest, accumulate: n }
    })
