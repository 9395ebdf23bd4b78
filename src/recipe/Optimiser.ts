/**
 * `Optimiser`: which update turns gradients into new parameters. A closed union, and an opaque pair of functions for
 * one's own.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../Opaque.js'
import { opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

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

export type Optimiser =
  /** Adam; with `decoupled`, weight decay never enters the gradient (AdamW), whatever `trueWd` says. */
  | {
      readonly _tag: 'Adam'
      readonly betas: readonly [number, number]
      readonly eps: number
      readonly decoupled: boolean
    }
  | { readonly _tag: 'Sgd'; readonly momentum: number; readonly nesterov: boolean }
  | { readonly _tag: 'Rmsprop'; readonly alpha: number; readonly eps: number; readonly momentum: number }
  | { readonly _tag: 'CustomOptimiser'; readonly momentum: number; readonly f: Opaque<string, Update> }

/**
 * AdamW: Adam whose weight decay never enters the gradient. betas (0.9, 0.99) as fastai has them, eps 1e-8: the default
 * of a learner.
 *
 * @example
 * import { adamW } from 'graft-vision'
 *
 * assert.deepStrictEqual(adamW(), { _tag: 'Adam', betas: [0.9, 0.99], eps: 1e-8, decoupled: true })
 *
 * @since 0.1.0
 */
export const adamW = (
  options: { readonly betas?: readonly [number, number]; readonly eps?: number } = {}
): Optimiser => ({ _tag: 'Adam', betas: options.betas ?? [0.9, 0.99], eps: options.eps ?? 1e-8, decoupled: true })

/**
 * Adam with torch's betas (0.9, 0.999) and eps 1e-8; the learner's `trueWd` says where weight decay enters.
 *
 * @example
 * import { adam } from 'graft-vision'
 *
 * assert.deepStrictEqual(adam({ betas: [0.9, 0.99] }), { _tag: 'Adam', betas: [0.9, 0.99], eps: 1e-8, decoupled: false })
 *
 * @since 0.1.0
 */
export const adam = (
  options: { readonly betas?: readonly [number, number]; readonly eps?: number } = {}
): Optimiser => ({ _tag: 'Adam', betas: options.betas ?? [0.9, 0.999], eps: options.eps ?? 1e-8, decoupled: false })

/**
 * Stochastic gradient descent, torch's form: buffer ← momentum·buffer + gradient. Momentum 0, plain (not Nesterov's) by
 * default.
 *
 * @example
 * import { momentumOf, sgd } from 'graft-vision'
 *
 * assert.deepStrictEqual([sgd(), sgd({ momentum: 0.9 })].map(momentumOf), [0, 0.9])
 *
 * @since 0.1.0
 */
export const sgd = (options: { readonly momentum?: number; readonly nesterov?: boolean } = {}): Optimiser => ({
  _tag: 'Sgd',
  momentum: options.momentum ?? 0,
  nesterov: options.nesterov ?? false
})

/**
 * RMSprop, torch's form: alpha 0.99, eps 1e-8, momentum 0 by default.
 *
 * @example
 * import { rmsprop } from 'graft-vision'
 *
 * assert.deepStrictEqual(rmsprop({ alpha: 0.9 }), { _tag: 'Rmsprop', alpha: 0.9, eps: 1e-8, momentum: 0 })
 *
 * @since 0.1.0
 */
export const rmsprop = (
  options: { readonly alpha?: number; readonly eps?: number; readonly momentum?: number } = {}
): Optimiser => ({
  _tag: 'Rmsprop',
  alpha: options.alpha ?? 0.99,
  eps: options.eps ?? 1e-8,
  momentum: options.momentum ?? 0
})

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
export const customOptimiser = (label: string, update: Update, momentum = 0): Optimiser => ({
  _tag: 'CustomOptimiser',
  momentum,
  f: opaque(label, update)
})

/**
 * Momentum (β1 of Adam) before a schedule moves it.
 *
 * @example
 * import { adamW, momentumOf, rmsprop } from 'graft-vision'
 *
 * assert.deepStrictEqual([adamW(), rmsprop()].map(momentumOf), [0.9, 0])
 *
 * @since 0.1.0
 */
export const momentumOf = (o: Optimiser): number => (o._tag === 'Adam' ? o.betas[0] : o.momentum)

/**
 * Reads an optimiser, whichever it is.
 *
 * @example
 * import { adamW, foldOptimiser } from 'graft-vision'
 *
 * const isAdaptive = foldOptimiser({
 *   Adam: () => true,
 *   Sgd: () => false,
 *   Rmsprop: () => true,
 *   CustomOptimiser: () => false
 * })
 * assert.ok(isAdaptive(adamW()))
 *
 * @since 0.1.0
 */
export const foldOptimiser = /*#__PURE__*/ foldUnion<Optimiser>()

/**
 * Structural equality; functions are equal when label and functions are.
 *
 * @since 0.1.0
 */
export const eqOptimiser: Eq<Optimiser> = eqValue()

/**
 * Kind and settings: `Sgd({ momentum: 0.9, nesterov: false })`, or `customOptimiser('label')`.
 *
 * @since 0.1.0
 */
export const showOptimiser: Show<Optimiser> = {
  show: (o) => {
    const { _tag, ...rest } = o
    return o._tag === 'CustomOptimiser' ? `customOptimiser(${showValue(o.f.label)})` : `${_tag}(${showValue(rest)})`
  }
}
