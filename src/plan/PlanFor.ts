import type { Task } from '../data/index.js'
import type { Shape } from '../model/index.js'

/**
 * The input and the task to plan a model for.
 *
 * @category plans
 * @since 0.1.0
 */
export interface PlanFor {
  /** `[channels, height, width]` of the images. */
  readonly input: Shape
  /** Required by `head(...)`, whose width it determines; checked against the outputs of any other head. */
  readonly task?: Task
}
