import { defaultRates, type Rates, type WeightDecay } from '../Rates.js'
import { fitSchedule, type Recipe } from '../Recipe.js'
import { concat, cosine } from '../Schedule.js'

/**
 * Options of `fitSgdr`.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface SgdrOptions {
  /** Each cycle is this many times as long as the one before it, an integer of at least 1. Default 2. */
  readonly cycleMult?: number
  /** Weight decay; default: the learner's. */
  readonly wd?: WeightDecay
}

/** Maximum number of cycles. */
const most = 1000

/**
 * Cosine annealing with warm restarts (SGDR, Loshchilov & Hutter 2016; fastai 2's `fit_sgdr`): `nCycles` cycles, the first
 * of `cycleLen` epochs, in each of which the rates decrease from `lr` (default `slice(3e-3)`) to 0 along a cosine. It is
 * one training step of `cycleLen·(1 + cycleMult + cycleMult² + …)` epochs. More than 1000 cycles are an error when the
 * recipe is checked, as are numbers that are not whole.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const [step] = Recipe.fitSgdr(3, 1, 1e-3)
 * assert.ok(step?._tag === 'FitSchedule' && step.epochs === 1 + 2 + 4)
 *
 * @category recipes
 * @since 0.1.0
 */
export const fitSgdr = (
  nCycles: number,
  cycleLen: number,
  lr: Rates = defaultRates,
  { cycleMult = 2, wd }: SgdrOptions = {}
): Recipe => {
  const isWhole = [nCycles, cycleLen, cycleMult].every((n) => Number.isInteger(n) && n >= 1) && nCycles <= most
  // without a length, which the check of the recipe rejects
  const lengths = isWhole ? Array.from({ length: nCycles }, (_, i) => cycleLen * cycleMult ** i) : []
  const epochs = isWhole ? lengths.reduce((sum, length) => sum + length, 0) : NaN
  return fitSchedule(
    epochs,
    concat(...lengths.map((length) => [length, cosine(1, 0)] as const)),
    lr,
    wd === undefined ? {} : { wd }
  )
}
