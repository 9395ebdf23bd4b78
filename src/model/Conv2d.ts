/**
 * `Conv2d`: a 2-D convolution, with torch's fields, arguments and defaults.
 *
 * @since 0.1.0
 */
import { type Init, torchDefault } from './Init.js'
import { type Pair, pair } from './Shape.js'

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
): Conv2d => ({
  _tag: 'Conv2d',
  inChannels,
  outChannels,
  kernelSize: pair(kernelSize),
  stride: pair(options.stride ?? 1),
  padding: pair(options.padding ?? 0),
  dilation: pair(options.dilation ?? 1),
  groups: options.groups ?? 1,
  bias: options.bias ?? true,
  weightInit: options.weightInit ?? torchDefault,
  biasInit: options.biasInit ?? torchDefault
})
