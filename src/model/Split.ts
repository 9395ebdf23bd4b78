/**
 * `Split`: the parameter groups of a model, given by the paths at which the second and later groups *start* (in the
 * whole model, in data-flow order). Freezing and discriminative learning rates apply to groups.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Layer } from './Layer.js'

export type Split =
  /** The architecture's own split; if it has none, body and head. */
  | { readonly _tag: 'OwnSplit' }
  | { readonly _tag: 'SplitOn'; readonly starts: ReadonlyArray<string> }
  /** A function from the body's network to the starts, as paths in the whole model. */
  | { readonly _tag: 'SplitBy'; readonly f: Opaque<string, (body: Layer) => ReadonlyArray<string>> }

/**
 * The architecture's own split plus the head; if it has none, body and head.
 *
 * @since 0.1.0
 */
export const ownSplit: Split = { _tag: 'OwnSplit' }

/**
 * Folds a split: one function for each case.
 *
 * @example
 * import { Fold } from 'graft-vision'
 * import { ownSplit } from './index.js'
 *
 * const starts = Fold.split({ OwnSplit: () => 0, SplitOn: (s) => s.starts.length, SplitBy: () => NaN })
 * assert.strictEqual(starts(ownSplit), 0)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldSplit = /*#__PURE__*/ foldUnion<Split>()

/**
 * Structural equality; functions are equal when label and function are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqSplit: Eq<Split> = eqValue()

/**
 * Shows the `pipe` step that makes it: `splitOn(['head'])`, `splitBy('label')`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showSplit: Show<Split> = {
  show: foldSplit({
    OwnSplit: () => 'ownSplit',
    SplitOn: ({ starts }) => `splitOn(${showValue(starts)})`,
    SplitBy: ({ f }) => `splitBy(${showValue(f.label)})`
  })
}
