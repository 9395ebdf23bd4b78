/**
 * `Mse`: mean squared error, over samples and outputs.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface Mse {
  readonly _tag: 'Mse'
}

/**
 * Mean squared error, for regression and points; mean over samples and outputs.
 *
 * @category losses
 * @since 0.1.0
 */
export const mse: Mse = { _tag: 'Mse' }

export const mseRecord = {
  name: 'mse',
  options: {},
  targets: 'numbers',
  activation: 'identity',
  call: 'mse',
  formula: 'mean over samples and outputs'
} as const satisfies LossRecord
