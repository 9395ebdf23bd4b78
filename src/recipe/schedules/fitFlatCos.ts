import { defaultRates, type Rates, type WeightDecay } from '../Rates.js'
import { fitSchedule, type Recipe } from '../Recipe.js'
import { combinedCosine } from '../Schedule.js'

/**
 * Options of `fitFlatCos`, as in fastai 2.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface FlatCosOptions {
  /** The part of the batches in which the rates stay constant, in [0, 1]. Default 0.75. */
  readonly pctStart?: number
  /** The rates decrease to `lr/divFinal`. Default 1e5. */
  readonly divFinal?: number
  /** Weight decay; default: the learner's. */
  readonly wd?: WeightDecay
}

/**
 * fastai 2's `fit_flat_cos`: constant rates (default `slice(3e-3)`) for `pctStart` of the batches, then a cosine down to
 * `lr/divFinal`. Made for optimisers such as LAMB and Ranger.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * assert.strictEqual(
 *   Show.recipe.show(Recipe.fitFlatCos(4, 1e-3, { divFinal: 10 })),
 *   'sequence(fitSchedule(4, concat([0.75, cosine(1, 1)], [0.25, cosine(1, 0.1)]), 0.001))'
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const fitFlatCos = (
  epochs: number,
  lr: Rates = defaultRates,
  { pctStart = 0.75, divFinal = 1e5, wd }: FlatCosOptions = {}
): Recipe => fitSchedule(epochs, combinedCosine(pctStart, 1, 1, 1 / divFinal), lr, wd === undefined ? {} : { wd })
