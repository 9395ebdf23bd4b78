/**
 * `Cut`: where a body ends.
 *
 *     Cut = the architecture's own | none | at a child (by count or name) or a path | a labelled function
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Layer } from './Layer.js'

export type Cut =
  /** The architecture's default cut; without one, before the last child that is or contains a pooling layer. */
  | { readonly _tag: 'OwnCut' }
  /** Keeps the whole network. */
  | { readonly _tag: 'NoCut' }
  /** Keeps everything before a child: a count (negative from the end), a child's name, or the path of a layer. */
  | { readonly _tag: 'CutAt'; readonly at: number | string }
  | { readonly _tag: 'CutBy'; readonly f: Opaque<string, (network: Layer) => Layer> }

/**
 * The architecture's default cut; without one, before the last child that is or contains a pooling layer.
 *
 * @since 0.1.0
 */
export const ownCut: Cut = { _tag: 'OwnCut' }

/**
 * Folds a cut: one function for each case.
 *
 * @example
 * import { Fold } from 'graft-vision'
 * import { ownCut } from './index.js'
 *
 * const isFunction = Fold.cut({ OwnCut: () => false, NoCut: () => false, CutAt: () => false, CutBy: () => true })
 * assert.strictEqual(isFunction(ownCut), false)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldCut = /*#__PURE__*/ foldUnion<Cut>()

/**
 * Structural equality; functions are equal when label and function are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqCut: Eq<Cut> = eqValue()

/**
 * Shows the `pipe` step that makes the cut: `cutAt(-2)`, `cutBy('label')`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showCut: Show<Cut> = {
  show: foldCut({
    OwnCut: () => 'cut',
    NoCut: () => 'uncut',
    CutAt: ({ at }) => `cutAt(${showValue(at)})`,
    CutBy: ({ f }) => `cutBy(${showValue(f.label)})`
  })
}
