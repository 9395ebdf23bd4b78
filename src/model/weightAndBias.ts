/** The weight and bias that convolutions and linear layers have. */
import { type Fan, type Init, torchDefault } from './Init.js'
import type { LayerArray } from './LayerArray.js'
import type { Shape } from './Shape.js'

export const weightAndBiasFields = {
  bias: { _tag: 'Flag', default: true },
  weightInit: { _tag: 'Init', default: torchDefault },
  biasInit: { _tag: 'Init', default: torchDefault }
} as const

export const weightAndBias = (
  layer: { readonly bias: boolean; readonly weightInit: Init; readonly biasInit: Init },
  shape: Shape,
  fan: Fan
): ReadonlyArray<LayerArray> => [
  { name: 'weight', shape, init: layer.weightInit, fan },
  ...(layer.bias ? [{ name: 'bias', shape: [shape[0]!], init: layer.biasInit, fan }] : [])
]
