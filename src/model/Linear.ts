/**
 * `Linear`: a fully connected layer, with torch's fields, arguments and defaults.
 *
 * @since 0.1.0
 */
import { type Init, torchDefault } from './Init.js'

/**
 * A fully connected layer.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Linear {
  readonly _tag: 'Linear'
  readonly inFeatures: number
  readonly outFeatures: number
  readonly bias: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

/**
 * A fully connected layer: `[inFeatures]` → `[outFeatures]`; by default with a bias and initialised by `torchDefault`.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.parametersOf(nn.linear(512, 10)).map((p) => p.shape), [[10, 512], [10]])
 * @category layers
 * @since 0.1.0 */
export const linear = (
  inFeatures: number,
  outFeatures: number,
  options: { readonly bias?: boolean; readonly weightInit?: Init; readonly biasInit?: Init } = {}
): Linear => ({
  _tag: 'Linear',
  inFeatures,
  outFeatures,
  bias: options.bias ?? true,
  weightInit: options.weightInit ?? torchDefault,
  biasInit: options.biasInit ?? torchDefault
})
