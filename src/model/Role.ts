/**
 * `Role`: the purpose of a layer, for code that treats several kinds of layers alike.
 *
 * @since 0.1.0
 */
import type { Primitive } from './Primitive.js'

/**
 * `weighted`: mixes channels or pixels with learned weights, as convolutions do. `reshaping`: moves values, or adds
 * constants.
 *
 * @category networks
 * @since 0.1.0
 */
export type Role = 'weighted' | 'normalisation' | 'pooling' | 'activation' | 'dropout' | 'upsampling' | 'reshaping'

const roles: { readonly [T in Primitive['_tag']]: Role } = {
  Conv2d: 'weighted',
  Linear: 'weighted',
  WeightNorm: 'weighted',
  SpectralNorm: 'weighted',
  SelfAttention: 'weighted',
  BatchNorm: 'normalisation',
  MaxPool2d: 'pooling',
  AvgPool2d: 'pooling',
  AdaptiveAvgPool2d: 'pooling',
  AdaptiveMaxPool2d: 'pooling',
  AdaptiveConcatPool2d: 'pooling',
  Relu: 'activation',
  Relu6: 'activation',
  LeakyRelu: 'activation',
  Sigmoid: 'activation',
  Tanh: 'activation',
  SigmoidRange: 'activation',
  Dropout: 'dropout',
  PixelShuffle: 'upsampling',
  Blur: 'upsampling',
  ResizeNearest: 'upsampling',
  Flatten: 'reshaping',
  Identity: 'reshaping',
  Scale: 'reshaping',
  PadChannels: 'reshaping'
}

/**
 * The role of a layer.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual([nn.avgPool2d(2), nn.relu].map(nn.roleOf), ['pooling', 'activation'])
 *
 * @category networks
 * @since 0.1.0
 */
export const roleOf = (layer: Primitive): Role => roles[layer._tag]
