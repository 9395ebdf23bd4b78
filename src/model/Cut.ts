/**
 * `Cut`: where a body ends.
 *
 *     Cut = the architecture's own | none | at a child (by count or name) | a labelled function
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'
import type { Layer } from './Layer.js'

export type Cut =
  /** The architecture's cut; without one, before its last pooling child. */
  | { readonly _tag: 'OwnCut' }
  /** The network is a body already. */
  | { readonly _tag: 'NoCut' }
  /** Keeps the named children before this one: a count (negative from the end) or a child's name. */
  | { readonly _tag: 'CutAt'; readonly at: number | string }
  | { readonly _tag: 'CutBy'; readonly f: Opaque<string, (network: Layer) => Layer> }

/** @since 0.1.0 */
export const ownCut: Cut = { _tag: 'OwnCut' }

/** @since 0.1.0 */
export const eqCut: Eq<Cut> = eqValue()

/**
 * The pipe step that makes it.
 *
 * @since 0.1.0
 */
export const showCut: Show<Cut> = {
  show: (c) =>
    c._tag === 'OwnCut'
      ? 'cut'
      : c._tag === 'NoCut'
        ? 'uncut'
        : c._tag === 'CutAt'
          ? `cutAt(${showValue(c.at)})`
          : `cutBy(${showValue(c.f.label)})`
}
