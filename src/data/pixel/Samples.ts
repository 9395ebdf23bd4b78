/**
 * `Samples`: an image in computation - numbers of any size, laid out as in `Pixels`.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../index.js'

/**
 * Rows first, channels innermost. Images are in [0, 1], masks hold class numbers.
 *
 * @category model
 * @since 0.1.0
 */
export interface Samples {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Float32Array
}

/** Values of 8-bit pixels, each times `unit`. */
export const samplesOf =
  (unit: number) =>
  ({ data, ...sides }: Pixels): Samples => ({ ...sides, data: Float32Array.from(data, (v) => v * unit) })

/** Back to 8 bits: each value times `scale`, rounded, within 0 to 255. */
export const pixelsOf =
  (scale: number) =>
  ({ data, ...sides }: Samples): Pixels => ({
    ...sides,
    data: new Uint8Array(Uint8ClampedArray.from(data, (v) => v * scale).buffer)
  })

/** An image of other sides, each of its samples taken from one of the first image, or 0 where `from` says -1. */
export const rearranged =
  (height: number, width: number, from: (y: number, x: number) => number) =>
  ({ channels, data }: Samples): Samples => {
    const moved = new Float32Array(height * width * channels)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = from(y, x)
        const to = (y * width + x) * channels
        if (at >= 0) for (let c = 0; c < channels; c++) moved[to + c] = data[at * channels + c]!
      }
    return { height, width, channels, data: moved }
  }
