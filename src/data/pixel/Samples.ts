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

let scratch = new Float32Array(0)

/**
 * 8-bit pixels as numbers in [0, 1], in memory that the next call uses again: threads that ask the system for megabytes
 * at every image wait for each other.
 */
export const scratchSamples = ({ data, ...sides }: Pixels): Samples => {
  if (scratch.length < data.length) scratch = new Float32Array(data.length)
  const samples = scratch.subarray(0, data.length)
  for (let i = 0; i < samples.length; i++) samples[i] = data[i]! * (1 / 255)
  return { ...sides, data: samples }
}
