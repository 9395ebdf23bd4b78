import type { Tensor } from '@tensorflow/tfjs-core'

/**
 * A parameter or buffer by path, in the engine's layout.
 *
 * @category programs
 * @since 0.1.0
 */
export type Arrays = (path: string) => Tensor
