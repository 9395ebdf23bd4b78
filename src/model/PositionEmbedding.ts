/**
 * `PositionEmbedding`: learned positions of tokens.
 *
 * @since 0.1.0
 */
import { type Init, normal } from './Init.js'
import { layerOf, type LayerKind, none, sides, size } from './LayerKind.js'
import type { Pair } from './Shape.js'

/**
 * Learned positions of tokens.
 *
 * @category layers
 * @since 0.1.0
 */
export interface PositionEmbedding {
  readonly _tag: 'PositionEmbedding'
  readonly channels: number
  readonly grid: Pair
  readonly prefix: number
  readonly init: Init
}

export const positionEmbeddingKind = {
  role: 'reshaping',
  fields: {
    channels: size,
    grid: sides,
    prefix: { _tag: 'Whole', min: 0, default: 0 },
    init: { _tag: 'Init', default: normal(0.02) }
  },
  parameters: ({ channels, grid: [h, w], prefix, init }) => [
    { name: '', shape: [1, prefix + h * w, channels], init, fan: { in: channels, out: channels }, decays: 'ifBnWd' }
  ],
  buffers: none
} as const satisfies LayerKind<PositionEmbedding>

/**
 * Adds a learned vector to every token: those of `prefix` tokens that are not patches, such as a class token, then those
 * of `grid` patches (height and width; one number for a square). If the patches of an image form another grid, the
 * vectors of the patches are interpolated, bicubically and antialiased, as timm's `resample_abs_pos_embed` does. The
 * parameter, `[1, prefix + height·width, channels]`, has the layer's own path, such as timm's `pos_embed`; initially
 * normal with std 0.02.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const positions = nn.positionEmbedding(384, 14, { prefix: 1 })
 * assert.deepStrictEqual(nn.parametersOf(positions).map((p) => p.shape), [[1, 197, 384]])
 *
 * @category layers
 * @since 0.1.0
 */
export const positionEmbedding = (
  channels: number,
  grid: number | Pair,
  options: { readonly prefix?: number; readonly init?: Init } = {}
): PositionEmbedding => layerOf('PositionEmbedding', positionEmbeddingKind.fields, { channels, grid, ...options })
