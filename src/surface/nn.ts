/**
 * Layers and networks as values, with the names and defaults of torch's `nn`.
 *
 * @since 0.1.0
 */
// layers
export { type Activation, adaptiveAvgPool2d, adaptiveConcatPool2d, adaptiveMaxPool2d } from '../model/index.js'
export { type AdaptivePool2d, avgPool2d, type AvgPool2d, batchNorm, type BatchNorm, blur } from '../model/index.js'
export { conv2d, type Conv2d, type Conv2dOptions, dropout, flatten, identity, type Layer } from '../model/index.js'
export { type Leaf, leakyRelu, linear, type Linear, maxPool2d, type MaxPool2d, padChannels } from '../model/index.js'
export { pixelShuffle, type Primitive, relu, relu6, type Reparametrised, resizeNearest, scale } from '../model/index.js'
export { selfAttention, type SelfAttention, sigmoid, sigmoidRange, spectralNorm } from '../model/index.js'
export { squeezeExcite, tanh, type Upsampling, weightNorm } from '../model/index.js'
export { gelu, geluTanh, groupNorm, type GroupNorm, hardSigmoid, hardSwish, layerNorm } from '../model/index.js'
export { type LayerNorm, layerScale, type LayerScale, linear2d, type Linear2d, linearDepth } from '../model/index.js'
export { patchMerging, silu, stochasticDepth, type StochasticDepth } from '../model/index.js'

// tokens
export { attention, type Attention, classToken, type LearnedTokens, meanTokens, patchEmbed } from '../model/index.js'
export { positionEmbedding, type PositionEmbedding, registerTokens, takeToken, tokens } from '../model/index.js'
export { type Tokens, windowAttention, type WindowAttention } from '../model/index.js'

// combinations
export { type Child, type Combination, concat, named, numbered, product, sequential, sum } from '../model/index.js'

// initialisation
export { constant, type Fan, icnr, type Init, kaimingNormal, kaimingNormalFanOut } from '../model/index.js'
export { kaimingUniform, normal, torchDefault, uniform, xavierUniform } from '../model/index.js'

// shapes
export type { Pair, Shape, Window } from '../model/index.js'

// networks
export { buffersOf, type LayerAlgebra, type LayerArray, layerAt, type LayerNode, leaves } from '../model/index.js'
export { mapLeaves, modifyAt, namedChildren, parametersOf, type Role, roleOf } from '../model/index.js'
