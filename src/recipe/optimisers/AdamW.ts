/**
 * `AdamW` (Loshchilov and Hutter 2017): Adam with decoupled weight decay.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { type HyperOptions, type HyperValues, positive, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.9, 0.99), eps: positive(1e-8) }

export interface AdamW extends HyperValues<typeof hyper> {
  readonly _tag: 'AdamW'
}

/**
 * AdamW: Adam with decoupled weight decay, whatever the learner's `trueWd`. betas (0.9, 0.99) as in fastai, eps 1e-8.
 * The default of a learner.
 *
 * @example
 * import { adamW } from 'graft-vision'
 *
 * assert.deepStrictEqual(adamW(), { _tag: 'AdamW', betas: [0.9, 0.99], eps: 1e-8 })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const adamW = (options: HyperOptions<typeof hyper> = {}): AdamW => ({
  _tag: 'AdamW',
  ...withDefaults(hyper, options)
})

export const adamWRecord = {
  name: 'adamW',
  hyper,
  state: ['exp_avg', 'exp_avg_sq'],
  weightDecay: 'decoupled',
  joins: true,
  formula:
    'm ← β1·m + (1−β1)·g; v ← β2·v + (1−β2)·g²; p ← p − lr/(1−β1ᵗ) · m / (√(v/(1−β2ᵗ)) + eps), with the current β1'
} as const satisfies OptimiserRecord
