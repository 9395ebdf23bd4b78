/**
 * `Sgd`: stochastic gradient descent with momentum, as in torch.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { flag, type HyperOptions, type HyperValues, share, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { momentum: share(0), nesterov: flag(false) }

export interface Sgd extends HyperValues<typeof hyper> {
  readonly _tag: 'Sgd'
}

/**
 * Stochastic gradient descent as in torch: buffer ← momentum·buffer + gradient. Defaults: momentum 0, no Nesterov
 * momentum.
 *
 * @example
 * import { sgd } from 'graft-vision'
 * import { momentumOf } from '../index.js'
 *
 * assert.deepStrictEqual([sgd(), sgd({ momentum: 0.9 })].map(momentumOf), [0, 0.9])
 *
 * @category optimisers
 * @since 0.1.0
 */
export const sgd = (options: HyperOptions<typeof hyper> = {}): Sgd => ({
  _tag: 'Sgd',
  ...withDefaults(hyper, options)
})

export const sgdRecord = {
  name: 'sgd',
  hyper,
  state: ['momentum_buffer'],
  weightDecay: 'trueWd',
  joins: true,
  formula: 'b ← momentum·b + g; p ← p − lr·b (Nesterov: p − lr·(g + momentum·b))'
} as const satisfies OptimiserRecord
