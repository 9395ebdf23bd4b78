/**
 * `OptimiserRecord`: what is known of an optimiser without tensors. Its JSON form, the name after `--opt`, the check of
 * its settings, the laws' arbitrary and the table of the documentation are read from it; the step itself is the
 * engine's record of the same tag.
 *
 * @since 0.1.0
 */
import type { HyperParameters } from './HyperParameter.js'

/**
 * Where weight decay enters a step. `decoupled`: the parameter is multiplied by 1 − lr·wd before the step. `trueWd`: so
 * too if the learner's `trueWd` says it, else wd·p is added to the gradient. `update`: the step adds wd·p to its update.
 *
 * @category model
 * @since 0.1.0
 */
export type WeightDecayMode = 'decoupled' | 'trueWd' | 'update'

/**
 * What training must know of any optimiser, one's own included.
 *
 * @category model
 * @since 0.1.0
 */
export interface OptimiserTraits {
  readonly hyper: HyperParameters
  readonly weightDecay: WeightDecayMode
  /**
   * Whether short parameters may be updated as one array. Only if the step treats every number by itself: not if it
   * takes a norm of the parameter or looks at its shape.
   */
  readonly joins: boolean
}

export interface OptimiserRecord extends OptimiserTraits {
  /** The constructor's name, which is the name in JSON and on the command line. */
  readonly name: string
  /** The arrays kept for each parameter, in its shape, zero at the start; named as torch names them. */
  readonly state: ReadonlyArray<string>
  /** The step as the documentation writes it. */
  readonly formula: string
}
