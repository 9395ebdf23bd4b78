/**
 * `BatchNorm`: torch's BatchNorm1d or BatchNorm2d, chosen by the shape of the input.
 *
 * @since 0.1.0
 */
import { constant, type Init } from './Init.js'

/**
 * A batch normalisation; `momentum` is the weight of the new batch's statistics, as in torch.
 *
 * @category layers
 * @since 0.1.0
 */
export interface BatchNorm {
  readonly _tag: 'BatchNorm'
  readonly features: number
  readonly eps: number
  readonly momentum: number
  readonly weightInit: Init
  readonly biasInit: Init
}

/**
 * Batch normalisation over `[C, H, W]` or `[F]` (torch's BatchNorm2d, BatchNorm1d). Defaults: eps 1e-5, momentum 0.1,
 * weight 1, bias 0. In training, the biased variance normalises the batch and the unbiased one updates the running
 * variance.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual([nn.batchNorm(8).eps, nn.batchNorm(8, { momentum: 0.01 }).momentum], [1e-5, 0.01])
 * @category layers
 * @since 0.1.0 */
export const batchNorm = (
  features: number,
  options: {
    readonly eps?: number
    readonly momentum?: number
    readonly weightInit?: Init
    readonly biasInit?: Init
  } = {}
): BatchNorm => ({
  _tag: 'BatchNorm',
  features,
  eps: options.eps ?? 1e-5,
  momentum: options.momentum ?? 0.1,
  weightInit: options.weightInit ?? constant(1),
  biasInit: options.biasInit ?? constant(0)
})
