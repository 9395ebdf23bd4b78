/**
 * `Adam` (Kingma and Ba 2014), as in torch. The learner's `trueWd` chooses between decoupled and L2 weight decay.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { type HyperOptions, type HyperValues, positive, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.9, 0.999), eps: positive(1e-8) }

export interface Adam extends HyperValues<typeof hyper> {
  readonly _tag: 'Adam'
}

/**
 * Adam as in torch, betas (0.9, 0.999) and eps 1e-8. The learner's `trueWd` chooses between decoupled and L2 weight
 * decay.
 *
 * @example
 * import { adam } from 'graft-vision'
 *
 * assert.deepStrictEqual(adam({ betas: [0.9, 0.99] }), { _tag: 'Adam', betas: [0.9, 0.99], eps: 1e-8 })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const adam = (options: HyperOptions<typeof hyper> = {}): Adam => ({
  _tag: 'Adam',
  ...withDefaults(hyper, options)
})

export const adamRecord = {
  name: 'adam',
  hyper,
  state: ['exp_avg', 'exp_avg_sq'],
  weightDecay: 'trueWd',
  joins: true,
  formula: 'the same update; it differs from `adamW` in weight decay and in the default of β2'
} as const satisfies OptimiserRecord
