/**
 * `Split`: the parameter groups of a model, given by where each one after the first *starts* (paths in the whole
 * model, in data-flow order). Groups are what freezes and discriminative rates speak of.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'
import type { Layer } from './Layer.js'

export type Split =
  /** The architecture's split; without one, body and head. */
  | { readonly _tag: 'OwnSplit' }
  | { readonly _tag: 'SplitOn'; readonly starts: ReadonlyArray<string> }
  /** From the body's network to the starts, as paths in the whole model. */
  | { readonly _tag: 'SplitBy'; readonly f: Opaque<string, (body: Layer) => ReadonlyArray<string>> }

/** @since 0.1.0 */
export const ownSplit: Split = { _tag: 'OwnSplit' }

/** @since 0.1.0 */
export const eqSplit: Eq<Split> = eqValue()
/** @since 0.1.0 */
export const showSplit: Show<Split> = {
  show: (s) =>
    s._tag === 'OwnSplit'
      ? 'ownSplit'
      : s._tag === 'SplitOn'
        ? `splitOn(${showValue(s.starts)})`
        : `splitBy(${showValue(s.f.label)})`
}
