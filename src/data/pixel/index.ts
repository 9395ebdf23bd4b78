/**
 * The room of pixel arithmetic: what drawn transforms do to an image. It knows samples, places and logits; it refuses to
 * know files, labels and seeds.
 *
 * @since 0.1.0
 */
export { applyTransforms, transformSamples, type ApplyOptions } from './applyTransforms.js'
export type { PaddingMode } from './place.js'
export type { Samples } from './Samples.js'
