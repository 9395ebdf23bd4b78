/**
 * `Samples`: an image of floating-point samples, laid out as `Pixels`.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../index.js'

/**
 * Row by row, channels last. Images are in [0, 1]; masks contain class indices.
 *
 * @category transforms
 * @since 0.1.0
 */
export interface Samples {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Float32Array
}

/** The values in [0, 1] of 8-bit samples. */
export const units = Float32Array.from({ length: 256 }, (_, v) => v * (1 / 255))

/** 8-bit pixels as floats in [0, 1]. */
export const samplesOf = ({ data, ...sides }: Pixels): Samples => ({
  ...sides,
  data: Float32Array.from(data, (v) => units[v]!)
})

/** Floats in [0, 1] as 8-bit pixels, rounded half to even. */
export const pixelsOf = ({ data, ...sides }: Samples): Pixels => ({
  ...sides,
  data: new Uint8Array(Uint8ClampedArray.from(data, (sample) => sample * 255).buffer)
})
