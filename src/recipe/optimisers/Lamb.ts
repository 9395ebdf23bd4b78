/**
 * `Lamb` (You et al. 2020, "Large Batch Optimization for Deep Learning"): Adam's update including weight decay, scaled
 * for each parameter by the ratio of the parameter's norm to the update's.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { flag, type HyperOptions, type HyperValues, positive, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.9, 0.999), eps: positive(1e-6), alwaysAdapt: flag(false) }

export interface Lamb extends HyperValues<typeof hyper> {
  readonly _tag: 'Lamb'
}

/**
 * LAMB as in timm and NVIDIA's Apex: bias-corrected moments, and wd·p is part of the update whatever the learner's
 * `trueWd`. The trust ratio ‖p‖/‖update‖ scales the update of every parameter with weight decay, or of every parameter
 * with `alwaysAdapt`; it is 1 where a norm is 0. betas (0.9, 0.999), eps 1e-6. Gradients are clipped only if the
 * learner's `clip` is set (timm clips them to norm 1 by default).
 *
 * @example
 * import { lamb } from 'graft-vision'
 *
 * assert.deepStrictEqual(lamb(), { _tag: 'Lamb', betas: [0.9, 0.999], eps: 1e-6, alwaysAdapt: false })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const lamb = (options: HyperOptions<typeof hyper> = {}): Lamb => ({
  _tag: 'Lamb',
  ...withDefaults(hyper, options)
})

export const lambRecord = {
  name: 'lamb',
  hyper,
  state: ['exp_avg', 'exp_avg_sq'],
  weightDecay: 'update',
  // norms are taken over whole parameters
  joins: false,
  formula:
    "m, v as Adam's; u ← m/(1−β1ᵗ) / (√(v/(1−β2ᵗ)) + eps) + wd·p; p ← p − lr·‖p‖/‖u‖·u; the ratio is 1 where a norm is 0, or wd is 0 without `alwaysAdapt`"
} as const satisfies OptimiserRecord
