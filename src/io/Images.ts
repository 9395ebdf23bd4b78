/**
 * `Images`: decoding and encoding of images as a capability.
 *
 * @since 0.1.0
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DataError, Decoding, ImageTrait, MaskSamples, Pixels, Resize, Size } from '../data/index.js'
import type { IoError } from './IoError.js'

/**
 * Options for decoding an image.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface DecodeOptions {
  /** Default: the image's own size. */
  readonly size: Option<Size>
  readonly resize: Resize
  /** Whether the scaled image is then cropped or padded to the size. Default true. */
  readonly cut?: boolean
  /** Default `defaultDecoding`. */
  readonly decoding?: Decoding
}

/**
 * The header of an image file.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface ImageHeader {
  readonly format: string
  /** Height as stored, before the orientation is applied. */
  readonly height: number
  readonly width: number
  /** The EXIF orientation, 1 to 8; default 1. */
  readonly orientation: number
  /** How samples are stored, where that is unusual; absent: 8 bits, grey or RGB. */
  readonly traits?: ReadonlyArray<ImageTrait>
}

/**
 * A decoded image with its header.
 *
 * @since 0.1.0
 */
export interface DecodedImage extends Pixels {
  readonly header: ImageHeader
  /** For more than 8 bits: the minimum and maximum sample, and the samples used as black and white. */
  readonly samples?: {
    readonly extremes: readonly [least: number, greatest: number]
    readonly range: readonly [black: number, white: number]
  }
}

/**
 * A decoded mask with its header.
 *
 * @since 0.1.0
 */
export interface DecodedMask extends MaskSamples {
  readonly header: ImageHeader
}

/**
 * How to read a mask: as values (a palette's indices) or colours; rotated by its orientation or as stored.
 *
 * @since 0.1.0
 */
export interface MaskOptions {
  readonly as: 'values' | 'colours'
  readonly orientation: Decoding['orientation']
}

/**
 * Operations of an image library. `name` is the file's name, for errors.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Images {
  /** Decodes to 8-bit RGB. */
  readonly decode: (name: string, bytes: Uint8Array, how: DecodeOptions) => TaskEither<DataError, DecodedImage>
  /** Decodes a mask at its own size, with the values as stored in the file. */
  readonly mask: (name: string, bytes: Uint8Array, how: MaskOptions) => TaskEither<DataError, DecodedMask>
  readonly header: (name: string, bytes: Uint8Array) => TaskEither<DataError, ImageHeader>
  /** Encodes 1, 3 or 4 channels as PNG. */
  readonly encode: (pixels: Pixels) => TaskEither<IoError, Uint8Array>
  /** Number of images worth processing at once. */
  readonly workers: number
}

/**
 * Requires an image library.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasImages {
  readonly images: Images
}
