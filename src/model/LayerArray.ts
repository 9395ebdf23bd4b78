import type { Fan } from './Init.js'
import type { Shape } from './Shape.js'
import type { Start } from './Start.js'

/**
 * A number array that a layer owns: a parameter or a buffer.
 *
 * @since 0.1.0
 */
export interface LayerArray {
  readonly name: string
  /** torch's shape: `[out, in/groups, kh, kw]`, `[out, in]`, `[features]`. */
  readonly shape: Shape
  readonly init: Start
  readonly fan: Fan
}
