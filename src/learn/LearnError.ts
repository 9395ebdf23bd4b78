/**
 * What can go wrong in a run beyond data, plan, engine and files.
 *
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type LearnError =
  /** Weights that do not fit the network: each missing, unexpected or misshaped key. */
  | Explained<'WeightsError'>
  /** A setting of the learner. */
  | Explained<'SettingError'>
  /** The loss is no longer a number. */
  | Explained<'Diverged'>
  /** A saved file that belongs to another run, model or data. */
  | Explained<'SavedError'>

export const weightsError = explained('WeightsError')
export const settingError = explained('SettingError')
export const diverged = explained('Diverged')
export const savedError = explained('SavedError')
