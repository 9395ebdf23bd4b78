/**
 * `FileFacts`: what reading one image file tells a check.
 *
 * @since 0.1.0
 */
import type { Likeness } from '../likeness/Likeness.js'

/**
 * How the samples of an image are stored, where that is unusual.
 *
 * @category capabilities
 * @since 0.1.0
 */
export type ImageTrait = 'sixteenBit' | 'palette' | 'alpha' | 'cmyk' | 'frames'

/** The length of a digest in bytes; half of SHA-256. */
export const digestLength = 16

/**
 * What reading one image file tells a check.
 *
 * @category capabilities
 * @since 0.1.0
 */
export type FileFacts =
  | { readonly _tag: 'Empty' }
  | { readonly _tag: 'Unreadable'; readonly reason: string; readonly isTruncated: boolean }
  | {
      readonly _tag: 'Decoded'
      readonly format: string
      /** As stored, before the orientation is applied. */
      readonly height: number
      readonly width: number
      readonly orientation: number
      readonly traits: ReadonlyArray<ImageTrait>
      /** Of more than 8 bits: the least and greatest sample, and those of black and white. */
      readonly samples?: {
        readonly extremes: readonly [least: number, greatest: number]
        readonly range: readonly [black: number, white: number]
      }
      /** The first 16 bytes of the SHA-256 of the file's bytes. */
      readonly digest: Uint8Array
      readonly likeness: Likeness
    }
