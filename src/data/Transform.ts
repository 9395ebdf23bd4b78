/**
 * `Transform`: a random change of an image, as data: its kind, the bounds of its parameters, and its probability.
 * Drawing it gives a `DrawnTransform`, the same record with numbers in place of bounds, which `applyTransforms`
 * applies.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * One number, or the bounds between which one is drawn.
 *
 * @category transforms
 * @since 0.1.0
 */
export type Between = number | readonly [low: number, high: number]

/**
 * Every kind of transform, with parameters of type `P`. Positions are fractions of the free space: 0 is top or left,
 * 0.5 the centre.
 */
type ChangeOf<P> =
  /** Crops to the data's size at a position; an image that is too small is first padded by reflection. */
  | { readonly _tag: 'CropPad'; readonly row: P; readonly col: P }
  /** Flips horizontally. */
  | { readonly _tag: 'FlipLr' }
  /** One of the eight symmetries of the square: bit 0 flips the rows, bit 1 flips the columns, bit 2 transposes. */
  | { readonly _tag: 'Dihedral'; readonly k: P }
  /** The same as part of the affine transform; the image keeps its sides. Bit 0 flips the columns, bit 1 the rows. */
  | { readonly _tag: 'DihedralAffine'; readonly k: P }
  | { readonly _tag: 'Rotate'; readonly degrees: P }
  /** Scales by `scale` about a position. */
  | { readonly _tag: 'Zoom'; readonly scale: P; readonly row: P; readonly col: P }
  /** Stretches the width (below 1) or the height (above 1). */
  | { readonly _tag: 'Squish'; readonly scale: P; readonly row: P; readonly col: P }
  /**
   * Perspective: the distance that the corners move apart on the right, left, bottom and top side, as a fraction of
   * half the side.
   */
  | { readonly _tag: 'SymmetricWarp'; readonly magnitude: readonly [P, P, P, P] }
  /** Perspective of an image tilted away: 0 left, 1 top, 2 right, 3 bottom. */
  | { readonly _tag: 'Tilt'; readonly direction: P; readonly magnitude: P }
  /** Perspective with one corner moved: 0 to 7, two directions for each corner. */
  | { readonly _tag: 'Skew'; readonly direction: P; readonly magnitude: P }
  /** Adds the logit of `change` to the logit of each sample; 0.5 changes nothing. */
  | { readonly _tag: 'Brightness'; readonly change: P }
  /** Multiplies the logit of each sample. */
  | { readonly _tag: 'Contrast'; readonly scale: P }

/**
 * A change of an image with bounds for its parameters, and the probability `p` of applying it.
 *
 * @category transforms
 * @since 0.1.0
 */
export type Transform = ChangeOf<Between> & { readonly p: number }

/**
 * A change of an image with drawn parameters.
 *
 * @category transforms
 * @since 0.1.0
 */
export type DrawnTransform = ChangeOf<number>

export { draw, drawAll } from './drawTransform.js'

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

interface Placed {
  readonly row?: Between
  readonly col?: Between
}

const centre = { row: 0.5, col: 0.5 }

/**
 * Crops to the data's size at a position (default: the centre), as fastai's `crop_pad`.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.cropPad(), { _tag: 'CropPad', row: 0.5, col: 0.5, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const cropPad = (at: Placed = {}, p = 1): Transform => ({ _tag: 'CropPad', ...centre, ...at, p })

/**
 * `cropPad` at a random position.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.randomCrop(), Transform.cropPad({ row: [0, 1], col: [0, 1] }))
 *
 * @category transforms
 * @since 0.1.0
 */
export const randomCrop = (): Transform => cropPad({ row: [0, 1], col: [0, 1] })

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

// -------------------------------------------------------------------------------------------------------------------
// folds
// -------------------------------------------------------------------------------------------------------------------

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
