/**
 * A perceptual hash of 64 bits: the signs of the lowest frequencies of an image against their median, as pHash and
 * ImageHash's `phash` compute it (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010).
 */
import type { Pixels } from '../images/Pixels.js'

/** The side of the square that is hashed. */
export const hashedSide = 32

/** The number of frequencies in each direction. */
const low = 8

/** cos(π (2x + 1) u / 2n): the discrete cosine transform (DCT-II). */
const cosines = /*#__PURE__*/ Float64Array.from({ length: low * hashedSide }, (_, i) => {
  const [u, x] = [Math.floor(i / hashedSide), i % hashedSide]
  return Math.cos((Math.PI * (2 * x + 1) * u) / (2 * hashedSide))
})

/** Luma as in ITU-R BT.601, rounded as Pillow does. */
export const lumaOf = ({ data, channels, height, width }: Pixels): Uint8Array => {
  const luma = new Uint8Array(height * width)
  for (let i = 0; i < luma.length; i++) {
    const at = i * channels
    luma[i] =
      channels < 3 ? data[at]! : (19_595 * data[at]! + 38_470 * data[at + 1]! + 7471 * data[at + 2]! + 32_768) >> 16
  }
  return luma
}

/** The 8 x 8 lowest frequencies of a square of luma. */
const frequencies = (luma: Uint8Array): Float64Array => {
  const rows = new Float64Array(hashedSide * low)
  for (let y = 0; y < hashedSide; y++)
    for (let u = 0; u < low; u++) {
      let sum = 0
      for (let x = 0; x < hashedSide; x++) sum += luma[y * hashedSide + x]! * cosines[u * hashedSide + x]!
      rows[y * low + u] = sum
    }
  const out = new Float64Array(low * low)
  for (let v = 0; v < low; v++)
    for (let u = 0; u < low; u++) {
      let sum = 0
      for (let y = 0; y < hashedSide; y++) sum += rows[y * low + u]! * cosines[v * hashedSide + y]!
      // what should be 0 is 0, so that its bit is not a rounding error
      out[v * low + u] = Math.round(sum)
    }
  return out
}

/** A hash in two halves of 32 bits. */
export type PerceptualHash = readonly [high: number, low: number]

/**
 * The perceptual hash of an image of 32 x 32 pixels.
 *
 * @example
 * import { hammingDistance, perceptualHash } from '../index.js'
 *
 * const ramp = (f: (x: number) => number) => ({ height: 32, width: 32, channels: 1, data: Uint8Array.from({ length: 1024 }, (_, i) => f(i % 32)) })
 * const [dark, light] = [perceptualHash(ramp((x) => x)), perceptualHash(ramp((x) => 20 + 7 * x))]
 * assert.strictEqual(hammingDistance(dark, light), 0)
 *
 * @since 0.1.0
 */
export const perceptualHash = (pixels: Pixels): PerceptualHash => {
  const values = frequencies(lumaOf(pixels))
  const sorted = values.slice().sort()
  const median = (sorted[31]! + sorted[32]!) / 2
  let [first, second] = [0, 0]
  for (let i = 0; i < 32; i++) {
    first = (first << 1) | (values[i]! > median ? 1 : 0)
    second = (second << 1) | (values[i + 32]! > median ? 1 : 0)
  }
  return [first >>> 0, second >>> 0]
}

/** The number of bits that are set in 32. */
export const bitCount = (n: number): number => {
  const pairs = n - ((n >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return (((fours + (fours >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24
}

/** The number of bits in which two hashes differ. */
export const hammingDistance = (a: PerceptualHash, b: PerceptualHash): number =>
  bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1])
