/**
 * `BceWithLogits`: binary cross entropy on logits, mean over samples and classes.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface BceWithLogits {
  readonly _tag: 'BceWithLogits'
  /** A factor of the loss of each label where it is present (torch's `pos_weight`); null: none. */
  readonly posWeight: ReadonlyArray<number> | null
}

/**
 * Binary cross entropy on logits, for any number of labels per image; mean over samples and classes.
 * `withClassWeights` weighs each label where it is present (torch's `pos_weight`).
 *
 * @category losses
 * @since 0.1.0
 */
export const bceWithLogits: BceWithLogits = { _tag: 'BceWithLogits', posWeight: null }

export const bceWithLogitsRecord = {
  name: 'bceWithLogits',
  options: { posWeight: { _tag: 'ClassWeights', default: null } },
  targets: 'labels',
  activation: 'sigmoid',
  call: 'bceWithLogits',
  formula: 'mean over samples and classes; `posWeight` multiplies the loss of labels that are present'
} as const satisfies LossRecord
