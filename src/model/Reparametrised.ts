/**
 * `Reparametrised`: a layer whose weight is computed from other parameters in each forward pass.
 *
 * @since 0.1.0
 */
import { type Conv2d, conv2dKind } from './Conv2d.js'
import type { Layer } from './Layer.js'
import type { LayerArray } from './LayerArray.js'
import { type LayerKind, none } from './LayerKind.js'

/**
 * A convolution with weight norm or spectral norm.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Reparametrised {
  readonly _tag: 'WeightNorm' | 'SpectralNorm'
  readonly layer: Conv2d
}

/**
 * A convolution with weight normalisation: its weight is g·v/‖v‖, a length and a direction for each output channel
 * (Salimans and Kingma 2016; torch's `weight_norm`). Parameters `weight_g` and `weight_v`. Its initial weight is the
 * convolution's.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const arrays = nn.parametersOf(nn.weightNorm(nn.conv2d(4, 8, 3)))
 * assert.deepStrictEqual(arrays.map((a) => a.name), ['bias', 'weight_g', 'weight_v'])
 *
 * @category layers
 * @since 0.1.0
 */
export const weightNorm = (layer: Conv2d): Reparametrised => ({ _tag: 'WeightNorm', layer })

/**
 * A convolution with spectral normalisation: its weight is W/σ, where σ = uᵀWv estimates the largest singular value of
 * W as a matrix of `out` rows (Miyato et al. 2018; torch's `spectral_norm`). Parameter `weight_orig`, buffers
 * `weight_u` and `weight_v`, updated by one power iteration before the forward pass of each training step.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const arrays = nn.buffersOf(nn.spectralNorm(nn.conv2d(4, 8, 3)))
 * assert.deepStrictEqual(arrays.map((a) => [a.name, a.shape]), [['weight_u', [8]], ['weight_v', [36]]])
 *
 * @category layers
 * @since 0.1.0
 */
export const spectralNorm = (layer: Conv2d): Reparametrised => ({ _tag: 'SpectralNorm', layer })

/**
 * Returns whether the layer's weight is computed from other parameters.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import { isReparametrised } from './index.js'
 *
 * const conv = nn.conv2d(4, 8, 3)
 * assert.deepStrictEqual([nn.weightNorm(conv), conv].map(isReparametrised), [true, false])
 *
 * @since 0.1.0
 */
export const isReparametrised = (layer: Layer): layer is Reparametrised =>
  layer._tag === 'WeightNorm' || layer._tag === 'SpectralNorm'

/** The bias comes first, as in torch, which removes `weight` and appends its parts. */
const weightNormed = ([weight, ...rest]: ReadonlyArray<LayerArray>): ReadonlyArray<LayerArray> => {
  const { shape, init, fan } = weight!
  const lengths = [shape[0]!, ...shape.slice(1).map(() => 1)]
  return [
    ...rest,
    { name: 'weight_g', shape: lengths, init: { _tag: 'RowNorms', of: 'weight_v', init }, fan },
    { name: 'weight_v', shape, init, fan }
  ]
}

/** As in `weightNormed`. */
const spectralNormed = ([weight, ...rest]: ReadonlyArray<LayerArray>): ReadonlyArray<LayerArray> => [
  ...rest,
  { ...weight!, name: 'weight_orig' }
]

/** The two vectors of the power iteration. */
export const powerVectors = (prefix: string, rows: number, columns: number): ReadonlyArray<LayerArray> => {
  const vector = (name: string, size: number): LayerArray => ({
    name: `${prefix}${name}`,
    shape: [size],
    init: { _tag: 'UnitNormal' },
    fan: { in: size, out: size }
  })
  return [vector('weight_u', rows), vector('weight_v', columns)]
}

const fields = { layer: { _tag: 'Convolution', default: null } } as const

export const weightNormKind = {
  role: 'weighted',
  fields,
  parameters: ({ layer }) => weightNormed(conv2dKind.parameters(layer)),
  buffers: none
} as const satisfies LayerKind<Reparametrised>

export const spectralNormKind = {
  role: 'weighted',
  fields,
  parameters: ({ layer }) => spectralNormed(conv2dKind.parameters(layer)),
  buffers: ({ layer }) => {
    const { shape, fan } = conv2dKind.parameters(layer)[0]!
    return powerVectors('', shape[0]!, fan.in)
  }
} as const satisfies LayerKind<Reparametrised>
