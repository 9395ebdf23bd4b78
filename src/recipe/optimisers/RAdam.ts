/**
 * `RAdam` (Liu et al. 2019, "On the Variance of the Adaptive Learning Rate and Beyond"): Adam without adaptive rates as
 * long as the variance of the second moment is large.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { type HyperOptions, type HyperValues, positive, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.9, 0.999), eps: positive(1e-8) }

export interface RAdam extends HyperValues<typeof hyper> {
  readonly _tag: 'RAdam'
}

/**
 * Rectified Adam as in torch: betas (0.9, 0.999), eps 1e-8. It needs no warm-up. The learner's `trueWd` chooses between
 * decoupled and L2 weight decay.
 *
 * @example
 * import { rAdam } from 'graft-vision'
 *
 * assert.deepStrictEqual(rAdam(), { _tag: 'RAdam', betas: [0.9, 0.999], eps: 1e-8 })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const rAdam = (options: HyperOptions<typeof hyper> = {}): RAdam => ({
  _tag: 'RAdam',
  ...withDefaults(hyper, options)
})

export const rAdamRecord = {
  name: 'rAdam',
  hyper,
  state: ['exp_avg', 'exp_avg_sq'],
  weightDecay: 'trueWd',
  joins: true,
  formula:
    "m, v as Adam's; ρ∞ ← 2/(1−β2) − 1; ρ ← ρ∞ − 2t·β2ᵗ/(1−β2ᵗ); p ← p − lr·m/(1−β1ᵗ) · u, where u = √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ)) · √(1−β2ᵗ)/(√v + eps) if ρ > 5, otherwise 1"
} as const satisfies OptimiserRecord
