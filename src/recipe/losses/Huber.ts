/**
 * `Huber`: squared error near the target, absolute error further away (Huber 1964), as in torch's `HuberLoss`.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface Huber {
  readonly _tag: 'Huber'
  readonly delta: number
}

/**
 * The Huber loss, for regression and points, less sensitive to outliers than squared error (torch's `HuberLoss`): half the
 * square of an error up to `delta`, delta·(|error| − delta/2) beyond. `delta` is positive, default 1, in units of the
 * targets; coordinates of points go from -1 to 1. Mean over samples and outputs.
 *
 * @example
 * import { huber } from 'graft-vision'
 *
 * assert.deepStrictEqual(huber(), { _tag: 'Huber', delta: 1 })
 *
 * @category losses
 * @since 0.1.0
 */
export const huber = ({ delta = 1 }: { readonly delta?: number } = {}): Huber => ({ _tag: 'Huber', delta })

export const huberRecord = {
  name: 'huber',
  options: { delta: { _tag: 'Positive', default: 1 } },
  targets: 'numbers',
  activation: 'identity',
  call: 'huber({ delta = 1 })',
  formula: 'e²/2 up to an error e of δ, δ·(e−δ/2) beyond; mean over samples and outputs'
} as const satisfies LossRecord
