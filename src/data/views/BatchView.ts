/**
 * `BatchView`: a change of whole training batches after normalisation, such as mixup, cutmix or random erasing. It is a function of the batch and
 * a seed, so a resumed run sees the same batches as an uninterrupted one.
 *
 * @category data
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Seed } from '../../Seed.js'
import { eqValue, foldUnion } from '../../Value.js'
import { type CutMix, cutMixKind } from './cutmix.js'
import { type MixUp, mixUpKind } from './mixup.js'
import { type RandomErasing, randomErasingKind } from './randomErasing.js'
import type { BatchSamples, BatchSetting, BatchViewKind } from './BatchViewKind.js'

export type BatchView = MixUp | CutMix | RandomErasing

/**
 * Folds a view: one function for each case.
 *
 * @example
 * import { Fold, mixup } from 'graft-vision'
 *
 * const alphaOf = Fold.batchView({ MixUp: ({ alpha }) => alpha, CutMix: ({ alpha }) => alpha, RandomErasing: () => 0 })
 * assert.strictEqual(alphaOf(mixup(0.2)), 0.2)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldBatchView = /*#__PURE__*/ foldUnion<BatchView>()

const kinds: { readonly [T in BatchView['_tag']]: BatchViewKind<Extract<BatchView, { readonly _tag: T }>> } = {
  MixUp: mixUpKind,
  CutMix: cutMixKind,
  RandomErasing: randomErasingKind
}

/**
 * The record of a view's kind.
 *
 * @internal
 */
export const kindOfView = (view: BatchView): BatchViewKind<BatchView> =>
  // the record of the view's own kind
  kinds[view._tag] as BatchViewKind<BatchView>

/**
 * Applies views to a training batch, one after the other; `step` counts all training batches.
 *
 * @internal
 */
export const viewedBy =
  (views: ReadonlyArray<BatchView>, seedAt: (view: string, place: number) => Seed, of: BatchSetting) =>
  <B extends BatchSamples>(batch: B): B =>
    views.reduce((b, view, i) => kindOfView(view).seen(view, seedAt(kindOfView(view).name, i), of)(b), batch)

/**
 * Equality of views.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqBatchView: Eq<BatchView> = eqValue()
/**
 * Shows a view as source code: `mixup(0.4)`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showBatchView: Show<BatchView> = { show: (view) => kindOfView(view).show(view) }
