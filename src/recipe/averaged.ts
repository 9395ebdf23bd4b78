import type { Averaging } from './Averaging.js'
import { type Recipe, trains } from './Recipe.js'

const averagedBy =
  (average: Averaging) =>
  (recipe: Recipe): Recipe =>
    recipe.map((step) => (trains(step) ? { ...step, average } : step))

/**
 * Averages the parameters of every training step of a recipe exponentially, with `decay` in [0, 1): after each step of the
 * optimiser, a ← decay·a + (1 − decay)·w. The average is what validates, what watchers and handlers see and save, and
 * what the step ends with; the optimiser continues from its own parameters. Running statistics of batch norms are averaged
 * in the same way, as in timm's `ModelEmaV2`. Replaces an `ema` or `swa` of the steps.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.recipe.show(Recipe.ema(0.999)(Recipe.fit(5, 1e-3))), 'sequence(ema(0.999)(fit(5, 0.001)))')
 *
 * @category recipes
 * @since 0.1.0
 */
export const ema = (decay: number): ((recipe: Recipe) => Recipe) => averagedBy({ _tag: 'Ema', decay })

/**
 * Averages the parameters of every training step of a recipe over its epochs (stochastic weight averaging): the mean of
 * the parameters after each epoch from `from` on, counted from 0. As soon as there is one, the mean is what validates,
 * what watchers and handlers see and save, and what the step ends with; the optimiser continues from its own parameters.
 * Running statistics of batch norms are averaged too, as torch's `AveragedModel` does with `use_buffers=True`, and are not
 * computed again. Replaces an `ema` or `swa` of the steps.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.recipe.show(Recipe.swa(3)(Recipe.fit(5, 1e-3))), 'sequence(swa(3)(fit(5, 0.001)))')
 *
 * @category recipes
 * @since 0.1.0
 */
export const swa = (from: number): ((recipe: Recipe) => Recipe) => averagedBy({ _tag: 'Swa', from })
