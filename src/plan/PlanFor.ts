import type { Task } from '../data/index.js'
import type { Shape } from '../model/index.js'

/**
 * What a model is planned for.
 *
 * @since 0.1.0
 */
export interface PlanFor {
  /** `[channels, height, width]` of the images. */
  readonly input: Shape
  /** Needed by `head(...)`, whose width it gives; checked against every other output. */
  readonly task?: Task
}
