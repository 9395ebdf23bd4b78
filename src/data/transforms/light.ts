/** Transforms of samples that fastai defines. */
import type { Between, Transform } from './Change.js'

/**
 * Changes brightness: brighter above 0.5, darker below.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.brightness([0.4, 0.6]), { _tag: 'Brightness', change: [0.4, 0.6], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const brightness = (change: Between, p = 1): Transform => ({ _tag: 'Brightness', change, p })

/**
 * Changes contrast: more above 1, less below. Drawn uniformly in the logarithm.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.contrast([0.8, 1.25]), { _tag: 'Contrast', scale: [0.8, 1.25], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const contrast = (scale: Between, p = 1): Transform => ({ _tag: 'Contrast', scale, p })

/**
 * Fills one channel with noise, uniform between 0 and a random part of `thresh` (0.3) of the range (fastai's
 * `rgb_randomize`). `channel`: 0 red, 1 green, 2 blue; default red or green, as in fastai.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.rgbRandomize({ channel: 2 }).p, 1)
 *
 * @category transforms
 * @since 0.1.0
 */
export const rgbRandomize = (
  { channel = [0, 1], thresh = 0.3 }: { readonly channel?: Between; readonly thresh?: Between } = {},
  p = 1
): Transform => ({ _tag: 'RgbRandomize', channel, thresh, p })

/**
 * Blackens `holes` (1) squares with sides of `length` (40) pixels at random positions, after the crop (fastai's
 * `cutout`); at the edges they are smaller. Masks and target images are unchanged.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.cutout({ holes: [1, 4], length: [10, 30] }, 0.75).p, 0.75)
 *
 * @category transforms
 * @since 0.1.0
 */
export const cutout = (
  { holes = 1, length = 40 }: { readonly holes?: Between; readonly length?: Between } = {},
  p = 1
): Transform => ({ _tag: 'Cutout', holes, length, p })
