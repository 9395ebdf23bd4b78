/**
 * `BatchNorm`: torch's BatchNorm1d or BatchNorm2d, chosen by the shape of the input.
 *
 * @since 0.1.0
 */
import { constant, type Init } from './Init.js'
import type { LayerArray } from './LayerArray.js'
import { layerOf, type LayerKind, size } from './LayerKind.js'
import { weightAndBias } from './weightAndBias.js'

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

/** A batch norm's running mean (initially 0) and running variance (initially 1). */
const statistics = (features: number): ReadonlyArray<LayerArray> =>
  (
    [
      ['running_mean', 0],
      ['running_var', 1]
    ] as const
  ).map(([name, value]) => ({
    name,
    shape: [features],
    init: constant(value),
    fan: { in: features, out: features }
  }))

export const batchNormKind = {
  role: 'normalisation',
  fields: {
    features: size,
    eps: { _tag: 'Real', within: 'positive', default: 1e-5 },
    momentum: { _tag: 'Real', within: 'share', default: 0.1 },
    weightInit: { _tag: 'Init', default: constant(1) },
    biasInit: { _tag: 'Init', default: constant(0) }
  },
  parameters: (layer) =>
    weightAndBias({ ...layer, bias: true }, [layer.features], { in: layer.features, out: layer.features }),
  buffers: ({ features }) => statistics(features)
} as const satisfies LayerKind<BatchNorm>

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
): BatchNorm => layerOf('BatchNorm', batchNormKind.fields, { features, ...options })
