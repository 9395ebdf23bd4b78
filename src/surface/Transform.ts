/**
 * Augmentation as data: random transforms, drawing their parameters, and applying them to pixels.
 *
 * @since 0.1.0
 */
// transforms
export { type Between, brightness, contrast, cropPad, dihedral, dihedralAffine, draw } from '../data/Transform.js'
export { drawAll, type DrawnTransform, flipLr, randomCrop, rotate, skew, squish } from '../data/Transform.js'
export { symmetricWarp, tilt, type Transform, zoom } from '../data/Transform.js'
export { applyTransforms as apply, type ApplyOptions, type PaddingMode, type Samples } from '../data/pixel/index.js'
