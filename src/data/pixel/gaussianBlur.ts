/** Gaussian blur of 8-bit pixels (torchvision's `gaussian_blur`): edges are reflected, results rounded half to even. */
import { type Pixels, reflect } from '../index.js'

/** Weights below this part do not change a level. */
const least = 1e-9

/** The weights of a window, without negligible ones at its ends. */
const weightsOf = (sigma: number, kernel: number): Float64Array => {
  const half = (kernel - 1) / 2
  const all = Float64Array.from({ length: kernel }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2))
  const sum = all.reduce((a, b) => a + b, 0)
  const first = all.findIndex((weight) => weight / sum >= least)
  return all.subarray(first, kernel - first).map((weight) => weight / sum)
}

/** Adds `weight` times samples from `from` on to all sums. */
const addTo = (sums: Float64Array, weight: number, samples: Float64Array, from: number): void => {
  for (let i = 0; i < sums.length; i++) sums[i]! += weight * samples[from + i]!
}

export const blurred =
  (sigma: number, kernel: number) =>
  (image: Pixels): Pixels => {
    const { height, width, channels, data } = image
    const weights = weightsOf(sigma, kernel)
    const reach = (weights.length - 1) / 2
    const line = width * channels
    const padded = new Float64Array(line + 2 * reach * channels)
    const across = new Float64Array(data.length)
    for (let y = 0; y < height; y++) {
      for (let x = -reach, to = 0; x < width + reach; x++) {
        const from = y * line + reflect(x, width) * channels
        for (let k = 0; k < channels; k++, to++) padded[to] = data[from + k]!
      }
      const sums = across.subarray(y * line, (y + 1) * line)
      for (let t = 0; t < weights.length; t++) addTo(sums, weights[t]!, padded, t * channels)
    }
    const into = new Uint8ClampedArray(data.length)
    const sums = new Float64Array(line)
    for (let y = 0; y < height; y++) {
      sums.fill(0)
      for (let t = 0; t < weights.length; t++) addTo(sums, weights[t]!, across, reflect(y + t - reach, height) * line)
      into.set(sums, y * line)
    }
    return { ...image, data: new Uint8Array(into.buffer) }
  }
