/**
 * `Decoding`: how an image file is decoded.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'

/**
 * How an image file is decoded to 8-bit red, green and blue.
 *
 * @category decoding
 * @since 0.1.0
 */
export interface Decoding {
  /**
   * `stored`: the values in the file, ignoring any colour profile, as Pillow's `convert('RGB')` returns them.
   * `convert`: converted to sRGB by the embedded profile. Masks are never converted.
   */
  readonly colour: 'stored' | 'convert'
  /** Whether images, and masks with an EXIF tag of their own, are rotated according to the EXIF orientation. */
  readonly orientation: 'apply' | 'ignore'
  /**
   * The sample values for black and white in images of more than 8 bits: `[0, 4095]` for 12 bits, `[0, 1]` for floats
   * in [0, 1]. None: the full range of integers; 0 to 255 for floats and 32-bit integers.
   */
  readonly range: O.Option<readonly [black: number, white: number]>
  /**
   * Whether JPEG and WebP images are decoded at full size and then scaled exactly as by Pillow's `resize(...,
   * BILINEAR)`, as other formats always are. Otherwise images that shrink to half their sides or less are reduced
   * during decoding, which is several times as fast and differs by less than one level on average.
   */
  readonly exact: boolean
}

/**
 * The defaults: samples as stored, EXIF orientation applied, full range, fast scaling.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([Io.defaultDecoding.colour, Io.defaultDecoding.orientation], ['stored', 'apply'])
 *
 * @category decoding
 * @since 0.1.0
 */
export const defaultDecoding: Decoding = { colour: 'stored', orientation: 'apply', range: O.none, exact: false }

/**
 * The decoding options of a description.
 *
 * @example
 * import { imageFolder, withExact } from 'graft-vision'
 * import { decodingOf } from '../index.js'
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
