/**
 * `L1`: mean absolute error, over samples and outputs.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface L1 {
  readonly _tag: 'L1'
}

/**
 * Mean absolute error, for regression and points (torch's `L1Loss`); mean over samples and outputs.
 *
 * @category losses
 * @since 0.1.0
 */
export const l1: L1 = { _tag: 'L1' }

export const l1Record = {
  name: 'l1',
  options: {},
  targets: 'numbers',
  activation: 'identity',
  call: 'l1',
  formula: 'mean over samples and outputs'
} as const satisfies LossRecord
