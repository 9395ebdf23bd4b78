/**
 * The effect of drawn transforms on images. This room has samples, coordinates and logits; it must not depend on files,
 * labels or how seeds are chosen.
 *
 * @since 0.1.0
 */
export { applyTransforms, transformSamples, type ApplyOptions } from './applyTransforms.js'
export { mapPoints, type Coordinates } from './mapPoints.js'
export { framedPoints, pointFrame, unframedPoints, type PointFrame, type Seen } from './pointFrame.js'
export type { PaddingMode } from '../index.js'
export type { Samples } from './Samples.js'
