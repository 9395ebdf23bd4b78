/**
 * `BceWithLogits`: binary cross entropy on logits, mean over samples and classes.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface BceWithLogits {
  readonly _tag: 'BceWithLogits'
}

/**
 * Binary cross entropy on logits, for any number of labels per image; mean over samples and classes.
 *
 * @category losses
 * @since 0.1.0
 */
export const bceWithLogits: BceWithLogits = { _tag: 'BceWithLogits' }

export const bceWithLogitsRecord = {
  name: 'bceWithLogits',
  options: {},
  targets: 'labels',
  activation: 'sigmoid',
  call: 'bceWithLogits',
  formula: 'mean over samples and classes'
} as const satisfies LossRecord
