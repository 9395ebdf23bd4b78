/**
 * `Decoding`: how the samples of an image file become pixels.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'

/**
 * How the samples of an image file become red, green and blue of 8 bits.
 *
 * @category model
 * @since 0.1.0
 */
export interface Decoding {
  /**
   * `stored`: the numbers in the file, whatever colour profile is embedded, as Pillow's `convert('RGB')` gives them;
   * `convert`: converted to sRGB by the embedded profile. Masks are never converted.
   */
  readonly colour: 'stored' | 'convert'
  /** Whether pictures, and masks with a tag of their own, are turned upright by the EXIF orientation. */
  readonly orientation: 'apply' | 'ignore'
  /**
   * The samples that are black and white in images of more than 8 bits: `[0, 4095]` for 12 bits, `[0, 1]` for floats from 0
   * to 1. None: the whole range of integers, and 0 to 255 of floats and 32-bit integers.
   */
  readonly range: O.Option<readonly [black: number, white: number]>
  /**
   * Decodes JPEG and WebP whole and scales them as Pillow's `resize(..., BILINEAR)` does, to the level, as other pictures
   * always are. Otherwise those that shrink to half their sides or less are shrunk while they are decoded, which is several
   * times as fast and less than a level off on average.
   */
  readonly exact: boolean
}

/**
 * Samples as stored, upright, whole ranges, scaled fast.
 *
 * @example
 * import { defaultDecoding } from 'graft-vision'
 *
 * assert.deepStrictEqual([defaultDecoding.colour, defaultDecoding.orientation], ['stored', 'apply'])
 *
 * @since 0.1.0
 */
export const defaultDecoding: Decoding = { colour: 'stored', orientation: 'apply', range: O.none, exact: false }

/**
 * The part of a description that says how images are decoded.
 *
 * @example
 * import { decodingOf, imageFolder, withExact } from 'graft-vision'
 *
 * assert.strictEqual(decodingOf(withExact(true)(imageFolder('photos'))).exact, true)
 *
 * @since 0.1.0
 */
export const decodingOf = ({ colour, orientation, range, exact }: Decoding): Decoding => ({
  colour,
  orientation,
  range,
  exact
})
