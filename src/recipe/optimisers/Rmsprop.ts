/**
 * `Rmsprop`: as in torch, with the square root taken before eps is added.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { type HyperOptions, type HyperValues, positive, share, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { alpha: share(0.99), eps: positive(1e-8), momentum: share(0) }

export interface Rmsprop extends HyperValues<typeof hyper> {
  readonly _tag: 'Rmsprop'
}

/**
 * RMSprop as in torch; defaults: alpha 0.99, eps 1e-8, momentum 0.
 *
 * @example
 * import { rmsprop } from 'graft-vision'
 *
 * assert.deepStrictEqual(rmsprop({ alpha: 0.9 }), { _tag: 'Rmsprop', alpha: 0.9, eps: 1e-8, momentum: 0 })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const rmsprop = (options: HyperOptions<typeof hyper> = {}): Rmsprop => ({
  _tag: 'Rmsprop',
  ...withDefaults(hyper, options)
})

export const rmspropRecord = {
  name: 'rmsprop',
  hyper,
  state: ['square_avg', 'momentum_buffer'],
  weightDecay: 'trueWd',
  joins: true,
  formula: 'v ← alpha·v + (1−alpha)·g²; b ← momentum·b + g/(√v + eps); p ← p − lr·b'
} as const satisfies OptimiserRecord
