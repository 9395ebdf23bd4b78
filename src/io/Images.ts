/**
 * `Images`: decoding and encoding pictures as a capability.
 *
 * @since 0.1.0
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DataError, Decoding, MaskSamples, Pixels, Resize, Size } from '../data/index.js'
import type { IoError } from './IoError.js'

/**
 * How a picture is wanted.
 *
 * @since 0.1.0
 */
export interface DecodeOptions {
  /** As it is, unless given. */
  readonly size: Option<Size>
  readonly resize: Resize
  /** Whether what is scaled is then cut or padded to the size. Default true. */
  readonly cut?: boolean
  /** Default `defaultDecoding`. */
  readonly decoding?: Decoding
}

/**
 * What a picture's file says of it.
 *
 * @since 0.1.0
 */
export interface ImageHeader {
  readonly format: string
  /** As stored, before the orientation is applied. */
  readonly height: number
  readonly width: number
  /** The EXIF orientation, 1 to 8; 1 where there is none. */
  readonly orientation: number
}

/**
 * A decoded picture, and what its file says of it.
 *
 * @since 0.1.0
 */
export interface DecodedImage extends Pixels {
  readonly header: ImageHeader
  /** Of more than 8 bits: the least and the greatest sample, and what was taken for black and white. */
  readonly samples?: {
    readonly extremes: readonly [least: number, greatest: number]
    readonly range: readonly [black: number, white: number]
  }
}

/**
 * A decoded mask, and what its file says of it.
 *
 * @since 0.1.0
 */
export interface DecodedMask extends MaskSamples {
  readonly header: ImageHeader
}

/**
 * How a mask is wanted: its values (a palette's indices), or colours; turned upright or as stored.
 *
 * @since 0.1.0
 */
export interface MaskOptions {
  readonly as: 'values' | 'colours'
  readonly orientation: Decoding['orientation']
}

/**
 * What graft asks a picture library. `name` is the file's, for the error.
 *
 * @category model
 * @since 0.1.0
 */
export interface Images {
  /** RGB, 8 bits. */
  readonly decode: (name: string, bytes: Uint8Array, how: DecodeOptions) => TaskEither<DataError, DecodedImage>
  /** At its own size, the values as the file stores them. */
  readonly mask: (name: string, bytes: Uint8Array, how: MaskOptions) => TaskEither<DataError, DecodedMask>
  readonly header: (name: string, bytes: Uint8Array) => TaskEither<DataError, ImageHeader>
  /** A PNG of 1, 3 or 4 channels, without loss. */
  readonly encode: (pixels: Pixels) => TaskEither<IoError, Uint8Array>
  /** How many pictures are worth working on at once. */
  readonly workers: number
}

/**
 * Wants a picture library.
 *
 * @category model
 * @since 0.1.0
 */
export interface HasImages {
  readonly images: Images
}
