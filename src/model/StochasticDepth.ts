/**
 * `StochasticDepth`: skips residual branches at random in training.
 *
 * @since 0.1.0
 */
import { bare } from './LayerKind.js'

/**
 * Skips a residual branch at random in training.
 *
 * @category layers
 * @since 0.1.0
 */
export interface StochasticDepth {
  readonly _tag: 'StochasticDepth'
  readonly p: number
}

export const stochasticDepthKind = /*#__PURE__*/ bare('dropout', {
  p: { _tag: 'Real', within: 'probability', default: null }
})

/**
 * In training, sets all values of an image to 0 with probability `p` in [0, 1] and scales those of the other images by
 * 1/(1−p); the identity in evaluation. At the end of a residual branch, it skips the branch (Huang et al. 2016;
 * torchvision's `StochasticDepth` with mode 'row', timm's `DropPath`).
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.stochasticDepth(0.1), { _tag: 'StochasticDepth', p: 0.1 })
 *
 * @category layers
 * @since 0.1.0
 */
export const stochasticDepth = (p: number): StochasticDepth => ({ _tag: 'StochasticDepth', p })

/**
 * The probability of every one of `blocks` blocks when it rises linearly with depth, from 0 at the first block to `p` at
 * the last (Huang et al. 2016, section 3).
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.linearDepth(0.2, 3), [0, 0.1, 0.2])
 *
 * @category layers
 * @since 0.1.0
 */
export const linearDepth = (p: number, blocks: number): ReadonlyArray<number> =>
  Array.from({ length: blocks }, (_, i) => (blocks === 1 ? 0 : (p * i) / (blocks - 1)))
