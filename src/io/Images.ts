/**
 * `Images`: decoding and encoding pictures as a capability.
 *
 * @since 0.1.0
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DataError, Pixels, Resize, Size } from '../data/index.js'
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
}

/**
 * What a picture's first bytes say.
 *
 * @since 0.1.0
 */
export interface ImageHeader {
  readonly format: string
  readonly height: number
  readonly width: number
}

/**
 * What graft asks a picture library. `name` is the file's, for the error.
 *
 * @category model
 * @since 0.1.0
 */
export interface Images {
  /** RGB, 8 bits. */
  readonly decode: (name: string, bytes: Uint8Array, how: DecodeOptions) => TaskEither<DataError, Pixels>
  /** One channel, 8 bits, at its own size: the values of a mask as they are. */
  readonly mask: (name: string, bytes: Uint8Array) => TaskEither<DataError, Pixels>
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
