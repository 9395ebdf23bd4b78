/**
 * `Freeze`: what does not train, and `BatchNormPolicy`: what batch norms in the frozen part do. They are separate
 * things: fastai's batch norms train on under a freeze.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue } from '../Value.js'

export type Freeze =
  /** Freezes groups `[0, n)`; negative counts from the end; 0 freezes nothing. */
  | { readonly _tag: 'FreezeTo'; readonly n: number }
  /** Freezes what lies under `body`, however it is split. */
  | { readonly _tag: 'FreezeBody' }

/** @since 0.1.0 */
export const freezeToGroup = (n: number): Freeze => ({ _tag: 'FreezeTo', n })
/** @since 0.1.0 */
export const nothingFrozen: Freeze = freezeToGroup(0)

/** @since 0.1.0 */
export const eqFreeze: Eq<Freeze> = eqValue()
/** @since 0.1.0 */
export const showFreeze: Show<Freeze> = {
  show: (f) =>
    f._tag === 'FreezeBody' ? 'freezeBody' : f.n === 0 ? 'unfreeze' : f.n === -1 ? 'freeze' : `freezeTo(${f.n})`
}

/**
 * Batch norms in frozen groups: `trains` (the default, fastai's): weight and bias train and statistics move;
 * `statisticsOnly` (fastai's `train_bn=False`): only the statistics move; `inference` (with `BnFreeze`, and Keras): the
 * stored statistics are used and kept.
 *
 * @since 0.1.0
 */
export type BatchNormPolicy = 'trains' | 'statisticsOnly' | 'inference'

/** @since 0.1.0 */
export const batchNormPolicies: ReadonlyArray<BatchNormPolicy> = ['trains', 'statisticsOnly', 'inference']

/** @since 0.1.0 */
export const eqBatchNormPolicy: Eq<BatchNormPolicy> = eqValue()
