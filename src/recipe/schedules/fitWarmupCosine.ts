import { defaultRates, type Rates, type WeightDecay } from '../Rates.js'
import { fitSchedule, type Recipe } from '../Recipe.js'
import { concat, cosine, linear } from '../Schedule.js'

/**
 * Options of `fitWarmupCosine`, with timm's defaults.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface WarmupCosineOptions {
  /** Epochs of warm-up, from 0 to `epochs`, fractions too. Default 5. */
  readonly warmupEpochs?: number
  /** The last group's rate at the first batch; those of the others are in proportion. Default 1e-5. */
  readonly warmupLr?: number
  /** The last group's rate at the end; those of the others are in proportion. Default 0. */
  readonly minLr?: number
  /** Weight decay; default: the learner's. */
  readonly wd?: WeightDecay
}

/** The rate of the last group, whatever the number of groups. */
const lastRate = (rates: Rates): number =>
  typeof rates === 'number' ? rates : '_tag' in rates ? rates.stop : (rates.at(-1) ?? NaN)

/**
 * Linear warm-up, then a cosine: over the first `warmupEpochs` of `epochs` the rates increase from `warmupLr` to `lr`
 * (default `slice(3e-3)`), then they decrease to `minLr`, batch by batch. timm's `CosineLRScheduler` with `warmup_prefix`
 * and `t_initial = epochs - warmupEpochs`; PyTorch's `SequentialLR` of `LinearLR` and `CosineAnnealingLR`.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * assert.strictEqual(
 *   Show.recipe.show(Recipe.fitWarmupCosine(20, 1e-3, { warmupLr: 1e-4 })),
 *   'sequence(fitSchedule(20, concat([5, linear(0.1, 1)], [15, cosine(1, 0)]), 0.001))'
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const fitWarmupCosine = (
  epochs: number,
  lr: Rates = defaultRates,
  { warmupEpochs = 5, warmupLr = 1e-5, minLr = 0, wd }: WarmupCosineOptions = {}
): Recipe => {
  const peak = lastRate(lr)
  return fitSchedule(
    epochs,
    concat([warmupEpochs, linear(warmupLr / peak, 1)], [epochs - warmupEpochs, cosine(1, minLr / peak)]),
    lr,
    wd === undefined ? {} : { wd }
  )
}
