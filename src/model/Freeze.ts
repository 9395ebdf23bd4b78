/**
 * `Freeze`: what does not train, and `BatchNormPolicy`: what batch norms in the frozen part do. They are separate
 * things: fastai's batch norms train on under a freeze.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

export type Freeze =
  /** Freezes groups `[0, n)`; negative counts from the end; 0 freezes nothing. */
  | { readonly _tag: 'FreezeTo'; readonly n: number }
  /** Freezes what lies under `body`, however it is split. */
  | { readonly _tag: 'FreezeBody' }

/**
 * Freezes the groups before the `n`-th, from the end when negative: with g groups, `n` is a whole number in [−g, g),
 * with one group 0. A plan checks it: `FreezeError`.
 *
 * @example
 * import { freezeToGroup, showFreeze } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 1, -1].map((n) => showFreeze.show(freezeToGroup(n))), ['unfreeze', 'freezeTo(1)', 'freeze'])
 *
 * @since 0.1.0
 */
export const freezeToGroup = (n: number): Freeze => ({ _tag: 'FreezeTo', n })

/**
 * Every group trains: what a model starts with.
 *
 * @since 0.1.0
 */
export const nothingFrozen: Freeze = freezeToGroup(0)

/**
 * Reads a freeze, whichever it is.
 *
 * @example
 * import { foldFreeze, nothingFrozen } from 'graft-vision'
 *
 * const groups = foldFreeze({ FreezeBody: () => NaN, FreezeTo: ({ n }) => n })
 * assert.strictEqual(groups(nothingFrozen), 0)
 *
 * @since 0.1.0
 */
export const foldFreeze = /*#__PURE__*/ foldUnion<Freeze>()

/**
 * Structural equality: `freezeToGroup(-1)` and `freezeToGroup(2)` differ, whatever the number of groups.
 *
 * @since 0.1.0
 */
export const eqFreeze: Eq<Freeze> = eqValue()

/**
 * The step that makes it: `freezeBody`, `freeze` (all but the last group), `unfreeze` or `freezeTo(n)`.
 *
 * @since 0.1.0
 */
export const showFreeze: Show<Freeze> = {
  show: foldFreeze({
    FreezeBody: () => 'freezeBody',
    FreezeTo: ({ n }) => (n === 0 ? 'unfreeze' : n === -1 ? 'freeze' : `freezeTo(${n})`)
  })
}

/**
 * Batch norms in frozen groups: `trains` (the default, fastai's): weight and bias train and statistics move;
 * `statisticsOnly` (fastai's `train_bn=False`): only the statistics move; `inference` (with `BnFreeze`, and Keras): the
 * stored statistics are used and kept.
 *
 * @since 0.1.0
 */
export type BatchNormPolicy = 'trains' | 'statisticsOnly' | 'inference'

/**
 * Every policy, the default first: what a codec accepts.
 *
 * @since 0.1.0
 */
export const batchNormPolicies: ReadonlyArray<BatchNormPolicy> = ['trains', 'statisticsOnly', 'inference']

/**
 * Equality of policies.
 *
 * @since 0.1.0
 */
export const eqBatchNormPolicy: Eq<BatchNormPolicy> = eqValue()

/** A policy as the string that chooses it. @since 0.1.0 */
export const showBatchNormPolicy: Show<BatchNormPolicy> = { show: showValue }
