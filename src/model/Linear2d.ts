/**
 * `Linear2d`: a linear layer over the channels of a feature map.
 *
 * @since 0.1.0
 */
import type { Init } from './Init.js'
import { layerOf, type LayerKind, none, size } from './LayerKind.js'
import { weightAndBias, weightAndBiasFields } from './weightAndBias.js'

/**
 * A linear layer over the channels of a feature map.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Linear2d {
  readonly _tag: 'Linear2d'
  readonly inChannels: number
  readonly outChannels: number
  readonly bias: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

export const linear2dKind = {
  role: 'weighted',
  fields: { inChannels: size, outChannels: size, ...weightAndBiasFields },
  parameters: (layer) =>
    weightAndBias(layer, [layer.outChannels, layer.inChannels], { in: layer.inChannels, out: layer.outChannels }),
  buffers: none
} as const satisfies LayerKind<Linear2d>

/**
 * A linear layer over channels, at every pixel: `[inChannels, H, W]` → `[outChannels, H, W]`. The same function as a
 * 1×1 convolution, with the weight of a linear layer, `[out, in]`: what torch's `Linear` does to images whose channels
 * are last, as in ConvNeXt and Swin. By default with a bias and initialised by `torchDefault`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.parametersOf(nn.linear2d(96, 384)).map((p) => p.shape), [[384, 96], [384]])
 *
 * @category layers
 * @since 0.1.0
 */
export const linear2d = (
  inChannels: number,
  outChannels: number,
  options: { readonly bias?: boolean; readonly weightInit?: Init; readonly biasInit?: Init } = {}
): Linear2d => layerOf('Linear2d', linear2dKind.fields, { inChannels, outChannels, ...options })
