import type { Fan } from './Init.js'
import type { Shape } from './Shape.js'
import type { Start } from './Start.js'

/**
 * A parameter or a buffer of a layer. An empty name: its path is the layer's own.
 *
 * @category networks
 * @since 0.1.0
 */
export interface LayerArray {
  readonly name: string
  /** Shape as in torch: `[out, in/groups, kh, kw]`, `[out, in]`, `[features]`. */
  readonly shape: Shape
  readonly init: Start
  readonly fan: Fan
  /** Decayed only with the learner's `bnWd`, as biases and the parameters of normalisations are. */
  readonly decays?: 'ifBnWd'
}
