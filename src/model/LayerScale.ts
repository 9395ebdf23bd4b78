/**
 * `LayerScale`: a learned factor for every channel of a residual branch.
 *
 * @since 0.1.0
 */
import { constant, type Init } from './Init.js'
import { layerOf, type LayerKind, none, size } from './LayerKind.js'

/**
 * A learned factor for every channel.
 *
 * @category layers
 * @since 0.1.0
 */
export interface LayerScale {
  readonly _tag: 'LayerScale'
  readonly channels: number
  readonly expanded: boolean
  readonly init: Init
}

export const layerScaleKind = {
  role: 'reshaping',
  fields: {
    channels: size,
    expanded: { _tag: 'Flag', default: false },
    init: { _tag: 'Init', default: constant(1e-5) }
  },
  parameters: ({ channels, expanded, init }) => [
    {
      name: '',
      shape: expanded ? [channels, 1, 1] : [channels],
      init,
      fan: { in: channels, out: channels },
      decays: 'ifBnWd'
    }
  ],
  buffers: none
} as const satisfies LayerKind<LayerScale>

/**
 * Multiplies every channel of `[C, H, W]`, `[T, C]` or `[F]` by a learned factor, initially 1e-5, at the end of a
 * residual branch (Touvron et al. 2021, LayerScale). The parameter has the layer's own path, as timm's `gamma`; with
 * `expanded` its shape is `[C, 1, 1]`, as torchvision's `layer_scale`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const block = nn.sequential(nn.named('gamma', nn.layerScale(96)))
 * assert.deepStrictEqual(nn.leaves(block).map((leaf) => leaf.path), ['gamma'])
 *
 * @category layers
 * @since 0.1.0
 */
export const layerScale = (
  channels: number,
  options: { readonly expanded?: boolean; readonly init?: Init } = {}
): LayerScale => layerOf('LayerScale', layerScaleKind.fields, { channels, ...options })
