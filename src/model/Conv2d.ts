/**
 * `Conv2d`: a 2-D convolution, with torch's fields, arguments and defaults.
 *
 * @since 0.1.0
 */
import type { Init } from './Init.js'
import { layerOf, type LayerKind, none, sides, size } from './LayerKind.js'
import type { Pair } from './Shape.js'
import { weightAndBias, weightAndBiasFields } from './weightAndBias.js'

/**
 * A 2-D convolution with torch's fields; pairs are (vertical, horizontal).
 *
 * @category layers
 * @since 0.1.0
 */
export interface Conv2d {
  readonly _tag: 'Conv2d'
  readonly inChannels: number
  readonly outChannels: number
  readonly kernelSize: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly dilation: Pair
  readonly groups: number
  readonly bias: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

/**
 * Options of `conv2d` with torch's names and defaults: stride 1, zero padding 0, dilation 1, groups 1, a bias,
 * `torchDefault`.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Conv2dOptions {
  readonly stride?: number | Pair
  readonly padding?: number | Pair
  readonly dilation?: number | Pair
  readonly groups?: number
  readonly bias?: boolean
  readonly weightInit?: Init
  readonly biasInit?: Init
}

export const conv2dKind = {
  role: 'weighted',
  fields: {
    inChannels: size,
    outChannels: size,
    kernelSize: sides,
    stride: { _tag: 'Sides', min: 1, default: 1 },
    padding: { _tag: 'Sides', min: 0, default: 0 },
    dilation: { _tag: 'Sides', min: 1, default: 1 },
    groups: { _tag: 'Whole', min: 1, default: 1 },
    ...weightAndBiasFields
  },
  parameters: (layer) => {
    const [kh, kw] = layer.kernelSize
    const shape = [layer.outChannels, layer.inChannels / layer.groups, kh, kw]
    return weightAndBias(layer, shape, { in: shape[1]! * kh * kw, out: layer.outChannels * kh * kw })
  },
  buffers: none
} as const satisfies LayerKind<Conv2d>

/**
 * A 2-D convolution: `[inChannels, H, W]` → `[outChannels, H', W']`; arguments in torch's order.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }).stride, [2, 2])
 * @category layers
 * @since 0.1.0 */
export const conv2d = (
  inChannels: number,
  outChannels: number,
  kernelSize: number | Pair,
  options: Conv2dOptions = {}
): Conv2d => layerOf('Conv2d', conv2dKind.fields, { inChannels, outChannels, kernelSize, ...options })
