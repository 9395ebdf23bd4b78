/**
 * `LayerNorm` and `GroupNorm`: normalisations over the values of one image, without running statistics.
 *
 * @since 0.1.0
 */
import { constant, type Init } from './Init.js'
import { layerOf, type LayerKind, none, size } from './LayerKind.js'
import { weightAndBias } from './weightAndBias.js'

/**
 * A layer normalisation over channels.
 *
 * @category layers
 * @since 0.1.0
 */
export interface LayerNorm {
  readonly _tag: 'LayerNorm'
  readonly features: number
  readonly eps: number
  readonly weightInit: Init
  readonly biasInit: Init
}

/**
 * A group normalisation.
 *
 * @category layers
 * @since 0.1.0
 */
export interface GroupNorm {
  readonly _tag: 'GroupNorm'
  readonly groups: number
  readonly channels: number
  readonly eps: number
  readonly weightInit: Init
  readonly biasInit: Init
}

const affine = {
  eps: { _tag: 'Real', within: 'positive', default: 1e-5 },
  weightInit: { _tag: 'Init', default: constant(1) },
  biasInit: { _tag: 'Init', default: constant(0) }
} as const

const scaleAndShift = (layer: { readonly weightInit: Init; readonly biasInit: Init }, channels: number) =>
  weightAndBias({ ...layer, bias: true }, [channels], { in: channels, out: channels })

export const layerNormKind = {
  role: 'normalisation',
  fields: { features: size, ...affine },
  parameters: (layer) => scaleAndShift(layer, layer.features),
  buffers: none
} as const satisfies LayerKind<LayerNorm>

export const groupNormKind = {
  role: 'normalisation',
  fields: { groups: size, channels: size, ...affine },
  parameters: (layer) => scaleAndShift(layer, layer.channels),
  buffers: none
} as const satisfies LayerKind<GroupNorm>

interface NormOptions {
  readonly eps?: number
  readonly weightInit?: Init
  readonly biasInit?: Init
}

/**
 * Layer normalisation over channels (Ba et al. 2016): of every pixel of `[C, H, W]`, of every token of `[T, C]`, or of
 * `[F]`. (x − mean)/√(variance + eps), with the biased variance, then a weight and a bias per channel. Defaults: eps
 * 1e-5, weight 1, bias 0. On tokens it is torch's `LayerNorm`, on feature maps timm's `LayerNorm2d`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.parametersOf(nn.layerNorm(96)).map((p) => [p.name, p.shape]), [['weight', [96]], ['bias', [96]]])
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNorm = (features: number, options: NormOptions = {}): LayerNorm =>
  layerOf('LayerNorm', layerNormKind.fields, { features, ...options })

/**
 * Group normalisation of `[C, H, W]` (Wu and He 2018; torch's `GroupNorm`): channels are divided into `groups` of equal
 * size, and the values of a group in one image are normalised together; then a weight and a bias per channel. Defaults:
 * eps 1e-5, weight 1, bias 0.
 *
 * @example
 * import { nn, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.layer.show(nn.groupNorm(8, 32)).startsWith('GroupNorm(groups: 8, channels: 32'), true)
 *
 * @category layers
 * @since 0.1.0
 */
export const groupNorm = (groups: number, channels: number, options: NormOptions = {}): GroupNorm =>
  layerOf('GroupNorm', groupNormKind.fields, { groups, channels, ...options })
