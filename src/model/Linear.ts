/**
 * `Linear`: a fully connected layer, with torch's fields, arguments and defaults.
 *
 * @since 0.1.0
 */
import type { Init } from './Init.js'
import { layerOf, type LayerKind, none, size } from './LayerKind.js'
import { weightAndBias, weightAndBiasFields } from './weightAndBias.js'

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

export const linearKind = {
  role: 'weighted',
  fields: { inFeatures: size, outFeatures: size, ...weightAndBiasFields },
  parameters: (layer) =>
    weightAndBias(layer, [layer.outFeatures, layer.inFeatures], { in: layer.inFeatures, out: layer.outFeatures }),
  buffers: none
} as const satisfies LayerKind<Linear>

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
): Linear => layerOf('Linear', linearKind.fields, { inFeatures, outFeatures, ...options })
