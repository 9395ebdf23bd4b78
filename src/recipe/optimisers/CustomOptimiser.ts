/**
 * `CustomOptimiser`: a pair of functions of one's own over plain arrays. It has no name, so no JSON form.
 *
 * @since 0.1.0
 */
import { opaque, type Opaque } from '../../Opaque.js'
import { share } from './HyperParameter.js'
import type { OptimiserTraits } from './OptimiserRecord.js'

/**
 * What an optimiser of one's own is given for one parameter: copies, row by row in torch's shape.
 *
 * @since 0.1.0
 */
export interface UpdateInput {
  /** torch's: `[out, in, h, w]` of a convolution, `[out, in]` of a linear layer, `[n]` of a bias or a batch norm. */
  readonly shape: ReadonlyArray<number>
  readonly parameter: Float32Array
  readonly gradient: Float32Array
  /** Its state, in the order of `init`. */
  readonly state: ReadonlyArray<Float32Array>
  /** 1 for the first step since the optimiser was made. */
  readonly t: number
  readonly lr: number
  readonly mom: number
  /** L2 factor, 0 when weight decay is decoupled (then the parameter is already decayed). */
  readonly wd: number
}

/**
 * A pair of pure functions: a parameter's state at the start, and one step. State and results have the parameter's
 * size and torch's order, and every parameter has as many arrays of state; otherwise training fails with an error that
 * names the optimiser.
 *
 * @since 0.1.0
 */
export interface Update {
  /** Asked with 1 as well, to learn how many arrays there are. */
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
 * An optimiser of one's own over plain arrays.
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
 * @since 0.1.0
 */
export const customOptimiser = (label: string, update: Update, momentum = 0): CustomOptimiser => ({
  _tag: 'CustomOptimiser',
  momentum,
  f: opaque(label, update)
})

/** It sees parameters one by one, in their shapes. */
export const customTraits: OptimiserTraits = { hyper: { momentum: share(0) }, weightDecay: 'trueWd', joins: false }
