/**
 * `CustomOptimiser`: a user-defined pair of functions over plain arrays. It has no JSON form.
 *
 * @category optimisers
 * @since 0.1.0
 */
import { opaque, type Opaque } from '../../Opaque.js'
import { share } from './HyperParameter.js'
import type { OptimiserTraits } from './OptimiserRecord.js'

/**
 * The input of a user-defined update for one parameter: copies in torch's row-major layout.
 *
 * @category optimisers
 * @since 0.1.0
 */
export interface UpdateInput {
  /**
   * Shape as in torch: `[out, in, h, w]` of a convolution, `[out, in]` of a linear layer, `[n]` of a bias or a batch
   * norm.
   */
  readonly shape: ReadonlyArray<number>
  readonly parameter: Float32Array
  readonly gradient: Float32Array
  /** The parameter's state, in the order of `init`. */
  readonly state: ReadonlyArray<Float32Array>
  /** The step number since the optimiser was created, from 1. */
  readonly t: number
  readonly lr: number
  readonly mom: number
  /** L2 factor; 0 with decoupled weight decay (then the parameter is already decayed). */
  readonly wd: number
}

/**
 * Two pure functions: a parameter's initial state, and one step. States and results have the parameter's size and
 * layout, and every parameter has the same number of state arrays; otherwise training fails with an error that names
 * the optimiser.
 *
 * @category optimisers
 * @since 0.1.0
 */
export interface Update {
  /** Also called with size 1, to find the number of state arrays. */
  readonly init: (size: number) => ReadonlyArray<Float32Array>
  readonly update: (input: UpdateInput) => {
    readonly parameter: Float32Array
    readonly state: ReadonlyArray<Float32Array>
  }
}

export interface CustomOptimiser {
  readonly _tag: 'CustomOptimiser'
  readonly momentum: number
  readonly f: Opaque<string, Update>
}

/**
 * A user-defined optimiser over plain arrays.
 *
 * @example
 * import { customOptimiser } from 'graft-vision'
 *
 * const signed = customOptimiser('signSgd', {
 *   init: () => [],
 *   update: ({ parameter, gradient, lr, state }) => ({
 *     parameter: parameter.map((p, i) => p - lr * Math.sign(gradient[i] ?? 0)),
 *     state
 *   })
 * })
 * assert.strictEqual(signed._tag, 'CustomOptimiser')
 *
 * @category optimisers
 * @since 0.1.0
 */
export const customOptimiser = (label: string, update: Update, momentum = 0): CustomOptimiser => ({
  _tag: 'CustomOptimiser',
  momentum,
  f: opaque(label, update)
})

/** Parameters are updated one by one, in their shapes. */
export const customTraits: OptimiserTraits = { hyper: { momentum: share(0) }, weightDecay: 'trueWd', joins: false }
