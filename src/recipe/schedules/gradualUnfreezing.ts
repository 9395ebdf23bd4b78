import { fitOneCycle, freezeTo, type Recipe, sequence, unfreeze } from '../Recipe.js'

/** Maximum number of groups. */
const most = 1000

/**
 * Gradual unfreezing (ULMFiT, Howard & Ruder 2018): trains the last group, then the last two, and so on until all
 * `groups` train. `each` gives the steps for the number of unfrozen groups; default: one epoch of one cycle. More groups than the
 * model has are an error when the recipe is checked against it, as is a number that is not whole.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * const recipe = Recipe.gradualUnfreezing(3, (unfrozen) => Recipe.fit(1, 1e-3 / unfrozen))
 * assert.strictEqual(
 *   Show.recipe.show(recipe),
 *   'sequence(freeze, fit(1, 0.001), freezeTo(-2), fit(1, 0.0005), unfreeze, fit(1, 0.0003333333333333333))'
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const gradualUnfreezing = (
  groups: number,
  each: (unfrozen: number) => Recipe = () => fitOneCycle(1)
): Recipe => {
  // no model has the group, so the check rejects it
  if (!Number.isInteger(groups) || groups < 1 || groups > most) return freezeTo(NaN)
  return sequence(
    ...Array.from({ length: groups }, (_, i) => sequence(i + 1 === groups ? unfreeze : freezeTo(-i - 1), each(i + 1)))
  )
}
