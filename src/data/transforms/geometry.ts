/** Transforms that move pixels, all in one interpolation. */
import type { Between, Transform } from './Change.js'
import { centre, type Placed } from './Placed.js'

/**
 * Flips horizontally with probability `p` (0.5).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.flipLr(), { _tag: 'FlipLr', p: 0.5 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const flipLr = (p = 0.5): Transform => ({ _tag: 'FlipLr', p })

/**
 * One of the eight symmetries of the square, by moving samples; from `k` 4 on, width and height are swapped.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.dihedral(), { _tag: 'Dihedral', k: [0, 7], p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const dihedral = (k: Between = [0, 7], p = 1): Transform => ({ _tag: 'Dihedral', k, p })

/**
 * One of the eight symmetries of the square, resampled together with the other affine transforms.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.dihedralAffine(1), { _tag: 'DihedralAffine', k: 1, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const dihedralAffine = (k: Between = [0, 7], p = 1): Transform => ({ _tag: 'DihedralAffine', k, p })

/**
 * Rotates anticlockwise, in degrees.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.rotate([-10, 10], 0.75), { _tag: 'Rotate', degrees: [-10, 10], p: 0.75 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const rotate = (degrees: Between, p = 1): Transform => ({ _tag: 'Rotate', degrees, p })

/**
 * Enlarges about a position (default: the centre).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.zoom(1.35, { row: 0 }), { _tag: 'Zoom', scale: 1.35, row: 0, col: 0.5, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const zoom = (scale: Between, at: Placed = {}, p = 1): Transform => ({
  _tag: 'Zoom',
  scale,
  ...centre,
  ...at,
  p
})

/**
 * Stretches one side: the width below 1, the height above.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.squish([0.75, 1.5]).p, 1)
 *
 * @category transforms
 * @since 0.1.0
 */
export const squish = (scale: Between, at: Placed = {}, p = 1): Transform => ({
  _tag: 'Squish',
  scale,
  ...centre,
  ...at,
  p
})

/**
 * Perspective; one magnitude for each side, or one for all.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.symmetricWarp(0.2), Transform.symmetricWarp([0.2, 0.2, 0.2, 0.2]))
 *
 * @category transforms
 * @since 0.1.0
 */
export const symmetricWarp = (
  magnitude: Between | readonly [Between, Between, Between, Between],
  p = 1
): Transform => ({
  _tag: 'SymmetricWarp',
  magnitude:
    typeof magnitude === 'number' || magnitude.length === 2 ? [magnitude, magnitude, magnitude, magnitude] : magnitude,
  p
})

/**
 * Perspective by moving each corner (fastai's `perspective_warp`): one magnitude for all coordinates, or eight, which
 * are x and y of the top left, bottom left, top right and bottom right corner. A magnitude is a fraction of half the
 * side, from -0.49 to 0.49, so that the four corners stay a convex quadrilateral.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * const anywhere = Transform.perspectiveWarp([-0.2, 0.2], 0.75)
 * const topLeft = Transform.perspectiveWarp([0.3, 0.3, 0, 0, 0, 0, 0, 0])
 * assert.deepStrictEqual([anywhere.p, topLeft.p], [0.75, 1])
 *
 * @category transforms
 * @since 0.1.0
 */
export const perspectiveWarp = (
  magnitude: Between | readonly [Between, Between, Between, Between, Between, Between, Between, Between],
  p = 1
): Transform => {
  const isForAll = (m: typeof magnitude): m is Between => typeof m === 'number' || m.length === 2
  return {
    _tag: 'PerspectiveWarp',
    magnitude: isForAll(magnitude)
      ? [magnitude, magnitude, magnitude, magnitude, magnitude, magnitude, magnitude, magnitude]
      : magnitude,
    p
  }
}

/**
 * Perspective of an image tilted away: 0 left, 1 top, 2 right, 3 bottom.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.tilt([0, 3], 0.3), { _tag: 'Tilt', direction: [0, 3], magnitude: 0.3, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const tilt = (direction: Between, magnitude: Between, p = 1): Transform => ({
  _tag: 'Tilt',
  direction,
  magnitude,
  p
})

/**
 * Perspective with one corner moved: directions 0 to 7.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.skew(3, 0.3), { _tag: 'Skew', direction: 3, magnitude: 0.3, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const skew = (direction: Between, magnitude: Between, p = 1): Transform => ({
  _tag: 'Skew',
  direction,
  magnitude,
  p
})

/**
 * Enlarges the area `scale` times and changes the aspect ratio by `squish`, exchanging width and height at random
 * (fastai's `zoom_squish`). Eight draws are tried; if none fits into the image, its central square is stretched over it.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.zoomSquish([1, 2], [0.75, 1.33]).p, 1)
 *
 * @category transforms
 * @since 0.1.0
 */
export const zoomSquish = (scale: Between, squish: Between, at: Placed = {}, p = 1): Transform => ({
  _tag: 'ZoomSquish',
  scale,
  squish,
  invert: [0, 1],
  ...centre,
  ...at,
  p
})

/**
 * Replaces each pixel by one at a random distance of up to `magnitude` of half the side, in both directions (fastai's
 * `jitter`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.jitter(0.02), { _tag: 'Jitter', magnitude: 0.02, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const jitter = (magnitude: Between, p = 1): Transform => ({ _tag: 'Jitter', magnitude, p })
