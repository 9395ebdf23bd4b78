/**
 * `Transform`: a random change of an image, as data: its kind, the bounds of its parameters, and its probability.
 * Drawing it gives a `DrawnTransform`, the same record with numbers in place of bounds, which `applyTransforms`
 * applies.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../../Value.js'
import type { Transform } from './Change.js'

export type { Between, DrawnTransform, Transform } from './Change.js'
export { cropPad, pad, presize, randomCrop, randomResizedCrop, randResizeCrop, zoomCrop } from './crops.js'
export { draw, drawAll } from './draw.js'
export { enumerate } from './enumerate.js'
export {
  dihedral,
  dihedralAffine,
  flipLr,
  jitter,
  perspectiveWarp,
  rotate,
  skew,
  squish,
  symmetricWarp,
  tilt,
  zoom,
  zoomSquish
} from './geometry.js'
export { brightness, contrast, cutout, rgbRandomize } from './light.js'
export {
  adjustBrightness,
  adjustContrast,
  autoContrast,
  colour,
  equalize,
  gaussianBlur,
  invert,
  posterize,
  rotateNearest,
  sharpness,
  shear,
  solarize,
  translate,
  translateRel
} from './pixelwise.js'
export { randAugment, trivialAugment } from './policies.js'

/**
 * Folds a transform: one function for each case.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * const moves = (t: Transform.Transform) => t._tag !== 'Brightness' && t._tag !== 'Contrast'
 * assert.deepStrictEqual([Transform.flipLr(), Transform.contrast(2)].map(moves), [true, false])
 *
 * @category folds
 * @since 0.1.0
 */
export const fold = /*#__PURE__*/ foldUnion<Transform>()

// -------------------------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------------------------

/**
 * Equality of transforms.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqTransform: Eq<Transform> = eqValue()
/**
 * Shows a transform as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showTransform: Show<Transform> = { show: showValue }
