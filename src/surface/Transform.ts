/**
 * Augmentation as data: random transforms, drawing their parameters, and applying them to pixels.
 *
 * @since 0.1.0
 */
// drawing
export {
  type Between,
  draw,
  drawAll,
  type DrawnTransform,
  enumerate,
  type Transform
} from '../data/transforms/Transform.js'
export { applyTransforms as apply, type ApplyOptions, type Samples } from '../data/pixel/index.js'
export { type Coordinates, mapPoints, type PointFrame } from '../data/pixel/index.js'
export type { PaddingMode } from '../data/index.js'

// transforms
export {
  brightness,
  contrast,
  cropPad,
  cutout,
  dihedral,
  dihedralAffine,
  flipLr
} from '../data/transforms/Transform.js'
export {
  jitter,
  pad,
  perspectiveWarp,
  presize,
  randomCrop,
  randomResizedCrop,
  randResizeCrop
} from '../data/transforms/Transform.js'
export {
  rgbRandomize,
  rotate,
  skew,
  squish,
  symmetricWarp,
  tilt,
  zoom,
  zoomCrop
} from '../data/transforms/Transform.js'
export { zoomSquish } from '../data/transforms/Transform.js'

// torchvision's transforms
export {
  adjustBrightness,
  adjustContrast,
  autoContrast,
  colour,
  equalize,
  gaussianBlur
} from '../data/transforms/Transform.js'
export {
  invert,
  posterize,
  randAugment,
  rotateNearest,
  sharpness,
  shear,
  solarize
} from '../data/transforms/Transform.js'
export { translate, translateRel, trivialAugment } from '../data/transforms/Transform.js'
