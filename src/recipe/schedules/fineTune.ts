import { slice } from '../Rates.js'
import { fitSchedule, freeze, type Recipe, sequence, unfreeze } from '../Recipe.js'
import { combinedCosine } from '../Schedule.js'

/**
 * Options of `fineTune`, as in fastai 2.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface FineTuneOptions {
  /** Epochs in which only the last group trains, from 0. Default 1. */
  readonly freezeEpochs?: number
  /** The last group's rate over the first group's, once all train. Default 100. */
  readonly lrMult?: number
  /** The part of the second cycle in which the rates increase, in [0, 1]. Default 0.3. */
  readonly pctStart?: number
  /** The second cycle starts at its largest rates over `div`. Default 5. */
  readonly div?: number
}

/** fastai 2's cycles end at the largest rate over this. */
const divFinal = 1e5

/** fastai 2's `fit_one_cycle`: its peak is at a part of the cycle, not at a whole batch. */
const cycle = (epochs: number, pctStart: number, div: number, lr: ReturnType<typeof slice>): Recipe =>
  fitSchedule(epochs, combinedCosine(pctStart, 1 / div, 1, 1 / divFinal), lr, {
    moms: combinedCosine(pctStart, 0.95, 0.85, 0.95)
  })

/**
 * fastai 2's `fine_tune`: freezes all groups but the last and trains `freezeEpochs` with one cycle that increases for 99%
 * of its batches to `slice(baseLr)`; then unfreezes and trains `epochs` with one cycle at half that rate,
 * `slice(baseLr/2/lrMult, baseLr/2)`. `baseLr` is 2e-3 by default.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(
 *   Recipe.fineTune(5).map((step) => (step._tag === 'FitSchedule' ? step.epochs : step._tag)),
 *   ['SetFreeze', 1, 'SetFreeze', 5]
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const fineTune = (
  epochs: number,
  baseLr = 2e-3,
  { freezeEpochs = 1, lrMult = 100, pctStart = 0.3, div = 5 }: FineTuneOptions = {}
): Recipe =>
  sequence(
    ...(freezeEpochs === 0 ? [] : [freeze, cycle(freezeEpochs, 0.99, 25, slice(baseLr))]),
    unfreeze,
    cycle(epochs, pctStart, div, slice(baseLr / 2 / lrMult, baseLr / 2))
  )
