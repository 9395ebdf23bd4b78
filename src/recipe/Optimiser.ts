/**
 * `Optimiser`: how gradients update parameters. A closed union with a record for each named optimiser, and a pair of
 * functions for a user-defined one.
 *
 * @category optimisers
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import { type Adam, adamRecord } from './optimisers/Adam.js'
import { type AdamW, adamWRecord } from './optimisers/AdamW.js'
import { type CustomOptimiser, customTraits } from './optimisers/CustomOptimiser.js'
import { type HyperOptions, type HyperParameters, withDefaults } from './optimisers/HyperParameter.js'
import { type Lamb, lambRecord } from './optimisers/Lamb.js'
import { type Lion, lionRecord } from './optimisers/Lion.js'
import type { OptimiserRecord, OptimiserTraits } from './optimisers/OptimiserRecord.js'
import { type RAdam, rAdamRecord } from './optimisers/RAdam.js'
import { type Ranger, rangerRecord } from './optimisers/Ranger.js'
import { type Rmsprop, rmspropRecord } from './optimisers/Rmsprop.js'
import { type Sgd, sgdRecord } from './optimisers/Sgd.js'

export { type Adam, adam } from './optimisers/Adam.js'
export { type AdamW, adamW } from './optimisers/AdamW.js'
export { type CustomOptimiser, customOptimiser, type Update, type UpdateInput } from './optimisers/CustomOptimiser.js'
export type { HyperOptions, HyperParameter, HyperParameters, HyperValues } from './optimisers/HyperParameter.js'
export { type Lamb, lamb } from './optimisers/Lamb.js'
export { type Lion, lion } from './optimisers/Lion.js'
export type { OptimiserRecord, OptimiserTraits, WeightDecayMode } from './optimisers/OptimiserRecord.js'
export { type RAdam, rAdam } from './optimisers/RAdam.js'
export { type Ranger, ranger } from './optimisers/Ranger.js'
export { type Rmsprop, rmsprop } from './optimisers/Rmsprop.js'
export { type Sgd, sgd } from './optimisers/Sgd.js'

/**
 * The optimisers that are plain data.
 *
 * @category optimisers
 * @since 0.1.0
 */
export type NamedOptimiser = AdamW | Adam | Sgd | Rmsprop | Lamb | Lion | RAdam | Ranger

export type Optimiser = NamedOptimiser | CustomOptimiser

/**
 * The record of each named optimiser, by tag.
 *
 * @since 0.1.0
 */
export const optimiserRecords = {
  AdamW: adamWRecord,
  Adam: adamRecord,
  Sgd: sgdRecord,
  Rmsprop: rmspropRecord,
  Lamb: lambRecord,
  Lion: lionRecord,
  RAdam: rAdamRecord,
  Ranger: rangerRecord
} as const satisfies Readonly<Record<NamedOptimiser['_tag'], OptimiserRecord>>

/**
 * The optimiser of a tag with the given hyperparameters and defaults for the others.
 *
 * @example
 * import { sgd } from 'graft-vision'
 * import { optimiserOf } from './index.js'
 *
 * assert.deepStrictEqual(optimiserOf('Sgd', { momentum: 0.9 }), sgd({ momentum: 0.9 }))
 *
 * @since 0.1.0
 */
export const optimiserOf = <T extends NamedOptimiser['_tag']>(
  tag: T,
  options: HyperOptions<(typeof optimiserRecords)[T]['hyper']> = {}
): Extract<NamedOptimiser, { readonly _tag: T }> =>
  // a named optimiser is its tag and its hyperparameters
  ({ _tag: tag, ...withDefaults<HyperParameters>(optimiserRecords[tag].hyper, options) }) as never

/**
 * The properties of an optimiser, also a user-defined one, that training needs.
 *
 * @example
 * import { adamW } from 'graft-vision'
 * import { optimiserTraits } from './index.js'
 *
 * assert.strictEqual(optimiserTraits(adamW()).weightDecay, 'decoupled')
 *
 * @since 0.1.0
 */
export const optimiserTraits = (o: Optimiser): OptimiserTraits =>
  o._tag === 'CustomOptimiser' ? customTraits : optimiserRecords[o._tag]

/**
 * The initial momentum (β1 if there are betas), before a schedule changes it.
 *
 * @example
 * import { adamW, rmsprop } from 'graft-vision'
 * import { momentumOf } from './index.js'
 *
 * assert.deepStrictEqual([adamW(), rmsprop()].map(momentumOf), [0.9, 0])
 *
 * @since 0.1.0
 */
export const momentumOf = (o: Optimiser): number => ('betas' in o ? o.betas[0] : o.momentum)

/**
 * Folds an optimiser: one function for each case.
 *
 * @example
 * import { adamW, Fold } from 'graft-vision'
 *
 * const isAdaptive = Fold.optimiser({
 *   AdamW: () => true,
 *   Adam: () => true,
 *   Sgd: () => false,
 *   Rmsprop: () => true,
 *   Lamb: () => true,
 *   Lion: () => false,
 *   RAdam: () => true,
 *   Ranger: () => true,
 *   CustomOptimiser: () => false
 * })
 * assert.ok(isAdaptive(adamW()))
 *
 * @category folds
 * @since 0.1.0
 */
export const foldOptimiser = /*#__PURE__*/ foldUnion<Optimiser>()

/**
 * Structural equality; custom optimisers are equal when label and functions are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqOptimiser: Eq<Optimiser> = eqValue()

/**
 * Shows kind and settings: `Sgd({ momentum: 0.9, nesterov: false })`, or `customOptimiser('label')`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showOptimiser: Show<Optimiser> = {
  show: (o) => {
    const { _tag, ...rest } = o
    return o._tag === 'CustomOptimiser' ? `customOptimiser(${showValue(o.f.label)})` : `${_tag}(${showValue(rest)})`
  }
}
