/**
 * `OptimiserRecord`: everything about an optimiser that does not need tensors. Its JSON form, its name for `--opt`, the
 * check of its settings, the laws' arbitrary and the documentation's table are derived from it; the update itself is in
 * the engine's record of the same tag.
 *
 * @since 0.1.0
 */
import type { HyperParameters } from './HyperParameter.js'

/**
 * How weight decay is applied. `decoupled`: the parameter is multiplied by 1 − lr·wd before the step. `trueWd`: the
 * same if the learner's `trueWd` is set; otherwise wd·p is added to the gradient. `update`: wd·p is part of the update.
 *
 * @since 0.1.0
 */
export type WeightDecayMode = 'decoupled' | 'trueWd' | 'update'

/**
 * The properties of an optimiser, also a user-defined one, that training needs.
 *
 * @since 0.1.0
 */
export interface OptimiserTraits {
  readonly hyper: HyperParameters
  readonly weightDecay: WeightDecayMode
  /**
   * Whether small parameters may be concatenated and updated as one array: true if the step is element-wise, false if
   * it takes a norm of the parameter or depends on its shape.
   */
  readonly joins: boolean
}

export interface OptimiserRecord extends OptimiserTraits {
  /** The constructor's name, also used in JSON and on the command line. */
  readonly name: string
  /** State arrays of each parameter, in its shape, initially zero; named as in torch. */
  readonly state: ReadonlyArray<string>
  /** The update rule, for the documentation. */
  readonly formula: string
}
