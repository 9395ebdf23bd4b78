/**
 * What a network is: shapes, layers, architectures, cuts, heads, splits, freezes, and the staged model. It knows
 * choices and arithmetic on shapes; it refuses to know tensors, files, tasks, and which architectures exist.
 *
 * @since 0.1.0
 */
export * from './Activation.js'
export * from './Arch.js'
export * from './BatchNorm.js'
export * from './Conv2d.js'
export * from './createBody.js'
export * from './Cut.js'
export * from './Freeze.js'
export * from './Head.js'
export * from './Init.js'
export * from './isArch.js'
export * from './isLayer.js'
export * from './Layer.js'
export * from './Leaf.js'
export * from './Linear.js'
export * from './Model.js'
export * from './Network.js'
export * from './Path.js'
export * from './Pool2d.js'
export * from './Primitive.js'
export { isReparametrised, type Reparametrised, spectralNorm, weightNorm } from './Reparametrised.js'
export { projections, type SelfAttention, selfAttention } from './SelfAttention.js'
export * from './Role.js'
export * from './Shape.js'
export * from './Split.js'
export * from './Start.js'
export * from './Unet.js'
export * from './Upsampling.js'
export * from './Weights.js'
