/**
 * `Ranger`: RAdam with lookahead (Zhang et al. 2019, "Lookahead Optimizer: k steps forward, 1 step back"), as Wright
 * combined them.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { count, type HyperOptions, type HyperValues, positive, share, shares, withDefaults } from './HyperParameter.js'
import type { OptimiserRecord } from './OptimiserRecord.js'

const hyper = { betas: shares(0.95, 0.99), eps: positive(1e-6), k: count(6), alpha: share(0.5) }

export interface Ranger extends HyperValues<typeof hyper> {
  readonly _tag: 'Ranger'
}

/**
 * RAdam with lookahead, with fastai's defaults: betas (0.95, 0.99), eps 1e-6, k 6, alpha 0.5. Slow weights start as the
 * parameters; after every `k` steps they move the fraction `alpha` of the way to the parameters, which continue from
 * there. Weight decay is decoupled, whatever the learner's `trueWd`. Usually trained with `Recipe.fitFlatCos`.
 *
 * @example
 * import { ranger } from 'graft-vision'
 *
 * assert.deepStrictEqual(ranger({ k: 5 }), { _tag: 'Ranger', betas: [0.95, 0.99], eps: 1e-6, k: 5, alpha: 0.5 })
 *
 * @category optimisers
 * @since 0.1.0
 */
export const ranger = (options: HyperOptions<typeof hyper> = {}): Ranger => ({
  _tag: 'Ranger',
  ...withDefaults(hyper, options)
})

export const rangerRecord = {
  name: 'ranger',
  hyper,
  state: ['exp_avg', 'exp_avg_sq', 'slow'],
  // the slow weights start as the parameters before any decay
  weightDecay: 'update',
  joins: true,
  formula: "p ← (1 − lr·wd)·p, then `rAdam`'s update; at every k-th step s ← s + alpha·(p−s) and p ← s"
} as const satisfies OptimiserRecord
