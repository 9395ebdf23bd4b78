/**
 * `Calibration`: what was fitted on the validation set after training.
 *
 * @since 0.1.0
 */
import type { Abstention } from './abstaining.js'
import type { TemperatureScaling } from './temperatureScaling.js'

/**
 * What was fitted on the validation set after training: a temperature, when to abstain, or both; null for what was not.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Calibration {
  readonly scaling: TemperatureScaling | null
  readonly abstention: Abstention | null
}
