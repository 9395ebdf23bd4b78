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

/** The numbers in [0, 1] that 8-bit samples stand for. */
export const units = Float32Array.from({ length: 256 }, (_, v) => v * (1 / 255))

/** 8-bit pixels as numbers in [0, 1]. */
export const samplesOf = ({ data, ...sides }: Pixels): Samples => ({
  ...sides,
  data: Float32Array.from(data, (v) => units[v]!)
})
