/**
 * Transforms of 8-bit pixels that torchvision defines, with the results of its Pillow backend to the level. They are
 * applied after all others to the image at its final size, in the order of the list.
 */
import type { Between, Transform } from './Change.js'

/**
 * Moves the image `x` pixels to the right and `y` down, rounded towards 0; what comes in is black, and ignored in masks.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.translate({ x: [-32, 32] }), { _tag: 'Translate', x: [-32, 32], y: 0, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const translate = ({ x = 0, y = 0 }: { readonly x?: Between; readonly y?: Between }, p = 1): Transform => ({
  _tag: 'Translate',
  x,
  y,
  p
})

/**
 * `translate` by fractions of the width and the height.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.translateRel({ y: 0.1 }), { _tag: 'TranslateRel', x: 0, y: 0.1, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const translateRel = ({ x = 0, y = 0 }: { readonly x?: Between; readonly y?: Between }, p = 1): Transform => ({
  _tag: 'TranslateRel',
  x,
  y,
  p
})

/**
 * Shears the image about its top left corner: `x` pixels to the left for each pixel down, `y` up for each to the right
 * (`F.affine` with `shear`, by nearest neighbour).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.shear({ x: [-0.3, 0.3] }), { _tag: 'Shear', x: [-0.3, 0.3], y: 0, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const shear = ({ x = 0, y = 0 }: { readonly x?: Between; readonly y?: Between }, p = 1): Transform => ({
  _tag: 'Shear',
  x,
  y,
  p
})

/**
 * Rotates anticlockwise by nearest neighbour (`F.rotate`); what comes in is black, and ignored in masks. `rotate` is
 * bilinear and reflects.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.rotateNearest([-30, 30]), { _tag: 'RotateNearest', degrees: [-30, 30], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const rotateNearest = (degrees: Between, p = 1): Transform => ({ _tag: 'RotateNearest', degrees, p })

/**
 * Multiplies samples by `factor` (`F.adjust_brightness`): 0 is black, 1 changes nothing.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.adjustBrightness([0.6, 1.4]), { _tag: 'AdjustBrightness', factor: [0.6, 1.4], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const adjustBrightness = (factor: Between, p = 1): Transform => ({ _tag: 'AdjustBrightness', factor, p })

/**
 * Moves samples away from the mean grey of the image (`F.adjust_contrast`): 0 is grey, 1 changes nothing.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.adjustContrast([0.6, 1.4]), { _tag: 'AdjustContrast', factor: [0.6, 1.4], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const adjustContrast = (factor: Between, p = 1): Transform => ({ _tag: 'AdjustContrast', factor, p })

/**
 * Moves samples away from the grey of their pixel (`F.adjust_saturation`): 0 is grey, 1 changes nothing.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.colour([0.6, 1.4]), { _tag: 'Colour', factor: [0.6, 1.4], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const colour = (factor: Between, p = 1): Transform => ({ _tag: 'Colour', factor, p })

/**
 * Moves samples away from the smoothed image (`F.adjust_sharpness`): 0 is blurred, 1 changes nothing, 2 is sharper.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.sharpness([0.6, 1.4]), { _tag: 'Sharpness', factor: [0.6, 1.4], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const sharpness = (factor: Between, p = 1): Transform => ({ _tag: 'Sharpness', factor, p })

/**
 * Inverts samples of at least `threshold` (0 to 256; `F.solarize`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.solarize(128, 0.2), { _tag: 'Solarize', threshold: 128, p: 0.2 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const solarize = (threshold: Between, p = 1): Transform => ({ _tag: 'Solarize', threshold, p })

/**
 * Keeps the highest `bits` (0 to 8) of each sample (`F.posterize`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.posterize([3, 8]), { _tag: 'Posterize', bits: [3, 8], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const posterize = (bits: Between, p = 1): Transform => ({ _tag: 'Posterize', bits, p })

/**
 * Equalises the histogram of each channel (`F.equalize`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.equalize(0.5), { _tag: 'Equalize', p: 0.5 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const equalize = (p = 1): Transform => ({ _tag: 'Equalize', p })

/**
 * Stretches each channel to the full range (`F.autocontrast`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.autoContrast(0.5), { _tag: 'AutoContrast', p: 0.5 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const autoContrast = (p = 1): Transform => ({ _tag: 'AutoContrast', p })

/**
 * Inverts samples (`F.invert`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.invert(0.1), { _tag: 'Invert', p: 0.1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const invert = (p = 1): Transform => ({ _tag: 'Invert', p })

/**
 * Blurs by a Gaussian of standard deviation `sigma` ([0.1, 2]) pixels, in a window of `kernel` (23, odd) pixels
 * (`F.gaussian_blur`). Edges are reflected.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.gaussianBlur(1.5, 5), { _tag: 'GaussianBlur', sigma: 1.5, kernel: 5, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const gaussianBlur = (sigma: Between = [0.1, 2], kernel: Between = 23, p = 1): Transform => ({
  _tag: 'GaussianBlur',
  sigma,
  kernel,
  p
})
