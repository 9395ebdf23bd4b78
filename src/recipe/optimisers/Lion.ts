/**
 * `Lion` (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"): steps of equal size in the direction of
 * the sign of an interpolated momentum.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { type HyperOptions, type HyperValues, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.9, 0.99) }

export interface Lion extends HyperValues<typeof hyper> {
  readonly _tag: 'Lion'
}

/**
 * Lion with decoupled weight decay, as in timm; betas (0.9, 0.99). It keeps one state array for each parameter, where
 * Adam keeps two. Every element moves by the learning rate, so the rate should be three to ten times smaller than
 * AdamW's, and the weight decay larger by the same factor.
 *
 * @example
 * import { lion } from 'graft-vision'
 *
 * assert.deepStrictEqual(lion({ betas: [0.95, 0.98] }), { _tag: 'Lion', betas: [0.95, 0.98] })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const lion = (options: HyperOptions<typeof hyper> = {}): Lion => ({
  _tag: 'Lion',
  ...withDefaults(hyper, options)
})

export const lionRecord = {
  name: 'lion',
  hyper,
  state: ['exp_avg'],
  weightDecay: 'decoupled',
  joins: true,
  formula: 'p ← p − lr·sign(β1·m + (1−β1)·g); m ← β2·m + (1−β2)·g'
} as const satisfies OptimiserRecord
