/**
 * The arithmetic of resizing: the sides to scale an image to, and the crop or padding that follows (fastai's
 * `_get_resize_target`, `crop_pad`). A decoder does the scaling.
 *
 * @since 0.1.0
 */
import type { Resize, Size } from '../DataSpec.js'
import type { Pixels } from './Pixels.js'
import { positions, rearranged } from './rearranged.js'

/**
 * Rounds half to even.
 *
 * @example
 * import { roundHalfEven } from '../index.js'
 *
 * assert.deepStrictEqual([0.5, 1.5, 2.5, 2.6].map(roundHalfEven), [0, 2, 2, 3])
 *
 * @since 0.1.0
 */
export const roundHalfEven = (x: number): number => {
  const below = Math.floor(x)
  const rest = x - below
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1
}

/**
 * Height and width of a size.
 *
 * @example
 * import { sidesOf } from '../index.js'
 *
 * assert.deepStrictEqual([sidesOf(28), sidesOf([20, 30])], [[28, 28], [20, 30]])
 *
 * @since 0.1.0
 */
export const sidesOf = (size: Size): readonly [height: number, width: number] =>
  typeof size === 'number' ? [size, size] : size

/**
 * The sides to scale an image to before cropping or padding. `crop` uses the ratio of the side that shrinks least,
 * `pad` of the one that shrinks most; sides are rounded half to even.
 *
 * @example
 * import { scaledSides } from '../index.js'
 *
 * assert.deepStrictEqual(scaledSides('crop', 100)([200, 400]), [100, 200])
 * assert.deepStrictEqual(scaledSides('pad', 100)([200, 400]), [50, 100])
 * assert.deepStrictEqual(scaledSides('squish', 100)([200, 400]), [100, 100])
 *
 * @since 0.1.0
 */
export const scaledSides =
  (resize: Resize, size: Size) =>
  ([height, width]: readonly [number, number]): readonly [height: number, width: number] => {
    const [h, w] = sidesOf(size)
    if (resize === 'squish') return [h, w]
    const ratio = (resize === 'crop' ? Math.min : Math.max)(height / h, width / w)
    return [Math.max(1, roundHalfEven(height / ratio)), Math.max(1, roundHalfEven(width / ratio))]
  }

/**
 * Reflects a position into `n` pixels about the centres of the edge pixels, repeatedly if needed.
 *
 * @example
 * import { reflect } from '../index.js'
 *
 * assert.deepStrictEqual([-1, 2, 4, 7].map((i) => reflect(i, 4)), [1, 2, 2, 1])
 *
 * @since 0.1.0
 */
export const reflect = (i: number, n: number): number => {
  if (n === 1) return 0
  const period = 2 * (n - 1)
  const at = ((i % period) + period) % period
  return at < n ? at : period - at
}

/**
 * Crops the centre to the given sides; a side that is too short is first padded by reflection, at both ends by half of
 * the difference, rounded up.
 *
 * @example
 * import { cropPad } from '../index.js'
 *
 * const row = { height: 1, width: 4, channels: 1, data: Uint8Array.of(1, 2, 3, 4) }
 * assert.deepStrictEqual([...cropPad([1, 2])(row).data], [2, 3])
 * assert.deepStrictEqual([...cropPad([1, 6])(row).data], [2, 1, 2, 3, 4, 3])
 *
 * @since 0.1.0
 */
export const cropPad =
  ([height, width]: readonly [height: number, width: number]) =>
  (image: Pixels): Pixels => {
    if (image.height === height && image.width === width) return image
    const offset = (have: number, want: number): number => {
      const padding = have < want ? Math.ceil((want - have) / 2) : 0
      return Math.floor((have + 2 * padding - want + 1) * 0.5) - padding
    }
    const [top, left] = [offset(image.height, height), offset(image.width, width)]
    const rows = positions(height, (y) => reflect(y + top, image.height) * image.width)
    const cols = positions(width, (x) => reflect(x + left, image.width))
    return rearranged(rows, cols)(image)
  }

/**
 * The multiple of `of` nearest to a number of pixels, half to even.
 *
 * @example
 * import { nearestMultiple } from '../index.js'
 *
 * assert.deepStrictEqual([nearestMultiple(32)(223), nearestMultiple(32)(240)], [224, 256])
 *
 * @since 0.1.0
 */
export const nearestMultiple =
  (of: number) =>
  (pixels: number): number =>
    of * roundHalfEven(pixels / of)
