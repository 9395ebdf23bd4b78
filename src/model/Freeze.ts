/**
 * `Freeze`: which groups are frozen, and `BatchNormPolicy`: what batch norms in frozen groups do. They are separate
 * choices because fastai keeps training batch norms in frozen groups.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

export type Freeze =
  /** Freezes groups [0, n); a negative n counts from the end; 0 freezes nothing. */
  | { readonly _tag: 'FreezeTo'; readonly n: number }
  /** Freezes everything under `body`, however it is split into groups. */
  | { readonly _tag: 'FreezeBody' }

/**
 * Freezes the groups before the `n`-th. With g groups, `n` is an integer in [−g, g); a negative one counts from the
 * end. With one group, `n` must be 0. Checked when planning: `FreezeError`.
 *
 * @example
 * import { freezeToGroup, Show } from 'graft-vision'
 *
 * assert.deepStrictEqual([0, 1, -1].map((n) => Show.freeze.show(freezeToGroup(n))), ['unfreeze', 'freezeTo(1)', 'freeze'])
 *
 * @category models
 * @since 0.1.0
 */
export const freezeToGroup = (n: number): Freeze => ({ _tag: 'FreezeTo', n })

/**
 * Freezes nothing: the initial state of a model.
 *
 * @category models
 * @since 0.1.0
 */
export const nothingFrozen: Freeze = freezeToGroup(0)

/**
 * Folds a freeze: one function for each case.
 *
 * @example
 * import { Fold, nothingFrozen } from 'graft-vision'
 *
 * const groups = Fold.freeze({ FreezeBody: () => NaN, FreezeTo: ({ n }) => n })
 * assert.strictEqual(groups(nothingFrozen), 0)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldFreeze = /*#__PURE__*/ foldUnion<Freeze>()

/**
 * Structural equality: `freezeToGroup(-1)` and `freezeToGroup(2)` differ even for three groups.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqFreeze: Eq<Freeze> = eqValue()

/**
 * Shows the step that makes it: `freezeBody`, `freeze` (all but the last group), `unfreeze` or `freezeTo(n)`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showFreeze: Show<Freeze> = {
  show: foldFreeze({
    FreezeBody: () => 'freezeBody',
    FreezeTo: ({ n }) => (n === 0 ? 'unfreeze' : n === -1 ? 'freeze' : `freezeTo(${n})`)
  })
}

/**
 * What batch norms in frozen groups do. `trains` (default, as in fastai): weight and bias are trained and running
 * statistics updated. `statisticsOnly` (fastai's `train_bn=False`): only running statistics are updated. `inference`
 * (fastai's `BnFreeze`, Keras): running statistics are used and left unchanged.
 *
 * @category models
 * @since 0.1.0
 */
export type BatchNormPolicy = 'trains' | 'statisticsOnly' | 'inference'

/**
 * All policies, the default first.
 *
 * @since 0.1.0
 */
export const batchNormPolicies: ReadonlyArray<BatchNormPolicy> = ['trains', 'statisticsOnly', 'inference']

/**
 * Equality of policies.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqBatchNormPolicy: Eq<BatchNormPolicy> = eqValue()

/**
 * Shows a policy as its string.
 *
 * @category instances
 * @since 0.1.0
 */
export const showBatchNormPolicy: Show<BatchNormPolicy> = { show: showValue }
