/**
 * `SelfAttention`: attention between all pixels of a feature map.
 *
 * @since 0.1.0
 */
import { constant, kaimingNormal } from './Init.js'
import type { LayerArray } from './LayerArray.js'
import { type LayerKind, size } from './LayerKind.js'
import { powerVectors } from './Reparametrised.js'

/**
 * Self-attention over the pixels of `[channels, H, W]`.
 *
 * @category layers
 * @since 0.1.0
 */
export interface SelfAttention {
  readonly _tag: 'SelfAttention'
  readonly channels: number
}

/**
 * Self-attention over the pixels of `[channels, H, W]`: x + γ·v·A. Queries, keys and values are 1×1 convolutions of x
 * with spectral norm and without bias; queries and keys have an eighth of the channels (at least one). A is the softmax
 * of qᵀk over its *first* axis. γ starts at 0, which makes the layer the identity (Zhang et al. 2018; fastai's
 * `SelfAttention`). Memory grows with the square of the number of pixels.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const arrays = nn.parametersOf(nn.selfAttention(16))
 * assert.deepStrictEqual(arrays.map((a) => a.name), ['gamma', 'query.weight_orig', 'key.weight_orig', 'value.weight_orig'])
 *
 * @category layers
 * @since 0.1.0
 */
export const selfAttention = (channels: number): SelfAttention => ({ _tag: 'SelfAttention', channels })

/**
 * The numbers of channels of the three convolutions.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import { projections } from './index.js'
 *
 * assert.deepStrictEqual(projections(nn.selfAttention(32) as { _tag: 'SelfAttention'; channels: number }), {
 *   query: 4,
 *   key: 4,
 *   value: 32
 * })
 *
 * @since 0.1.0
 */
export const projections = ({ channels }: SelfAttention) =>
  ({ query: attended(channels), key: attended(channels), value: channels }) as const

/** The number of channels of queries and keys. */
const attended = (channels: number): number => Math.max(1, Math.floor(channels / 8))

const attentionParameters = (layer: SelfAttention): ReadonlyArray<LayerArray> => [
  { name: 'gamma', shape: [1], init: constant(0), fan: { in: 1, out: 1 } },
  ...Object.entries(projections(layer)).map(([name, out]) => ({
    name: `${name}.weight_orig`,
    shape: [out, layer.channels, 1],
    init: kaimingNormal,
    fan: { in: layer.channels, out }
  }))
]

const attentionBuffers = (layer: SelfAttention): ReadonlyArray<LayerArray> =>
  Object.entries(projections(layer)).flatMap(([name, out]) => powerVectors(`${name}.`, out, layer.channels))

export const selfAttentionKind = {
  role: 'weighted',
  fields: { channels: size },
  parameters: attentionParameters,
  buffers: attentionBuffers
} as const satisfies LayerKind<SelfAttention>
