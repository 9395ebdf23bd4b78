/**
 * `Likeness`: what is kept of an image to recognise copies of it that were scaled, compressed or brightened: a perceptual
 * hash and a thumbnail.
 */
import type { Pixels } from '../images/Pixels.js'
import { hashedSide, hammingDistance, perceptualHash, type PerceptualHash } from './perceptualHash.js'

/** The side of a thumbnail, in RGB. */
const side = 8

/** Samples of a thumbnail. */
export const thumbnailLength = 3 * side * side

/**
 * What is kept of an image to recognise its copies.
 *
 * @since 0.1.0
 */
export interface Likeness {
  readonly hash: PerceptualHash
  /** 8 x 8 RGB pixels, each the mean of 4 x 4 pixels of the hashed image. */
  readonly thumbnail: Uint8Array
}

const thumbnailOf = ({ data }: Pixels): Uint8Array => {
  const each = hashedSide / side
  const thumbnail = new Uint8Array(thumbnailLength)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let dy = 0; dy < each; dy++)
          for (let dx = 0; dx < each; dx++) sum += data[3 * ((y * each + dy) * hashedSide + x * each + dx) + c]!
        thumbnail[3 * (y * side + x) + c] = Math.round(sum / (each * each))
      }
  return thumbnail
}

/**
 * What is kept of an RGB image of 32 x 32 pixels.
 *
 * @example
 * import { areAlike, likenessOf } from '../index.js'
 *
 * const image = (f: (x: number, y: number) => number) => ({
 *   ...{ height: 32, width: 32, channels: 3 },
 *   data: Uint8Array.from({ length: 3072 }, (_, i) => f(Math.floor(i / 3) % 32, Math.floor(i / 96)))
 * })
 * const [one, lighter, other] = [(x: number) => 5 * x, (x: number) => 20 + 5 * x, (_: number, y: number) => 5 * y].map((f) => likenessOf(image(f)))
 * assert.deepStrictEqual([areAlike(one!, lighter!), areAlike(one!, other!)], [true, false])
 *
 * @since 0.1.0
 */
export const likenessOf = (pixels: Pixels): Likeness => ({
  hash: perceptualHash(pixels),
  thumbnail: thumbnailOf(pixels)
})

/** The largest distance of two hashes of copies; of 1.3 million pairs of other photographs, none is below 10. */
export const mostBits = 6

/** The least correlation of thumbnails of copies, and the distance below which images with little contrast are alike. */
const [leastCorrelation, leastDistance] = [0.98, 2]

/** Differences from the mean of each channel, and their sum of squares. */
const centred = (thumbnail: Uint8Array): readonly [Float64Array, number] => {
  const means = [0, 0, 0]
  for (let i = 0; i < thumbnail.length; i++) means[i % 3]! += thumbnail[i]! / (side * side)
  const differences = Float64Array.from(thumbnail, (value, i) => value - means[i % 3]!)
  return [differences, differences.reduce((sum, d) => sum + d * d, 0)]
}

/** Whether two thumbnails show the same, but for brightness and contrast. */
export const areThumbnailsAlike = (a: Uint8Array, b: Uint8Array): boolean => {
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2
  if (Math.sqrt(squares / a.length) <= leastDistance) return true
  const [[da, sa], [db, sb]] = [centred(a), centred(b)]
  let product = 0
  for (let i = 0; i < da.length; i++) product += da[i]! * db[i]!
  return sa > 0 && sb > 0 && product / Math.sqrt(sa * sb) >= leastCorrelation
}

/** Whether one of two images is most likely a copy of the other. */
export const areAlike = (a: Likeness, b: Likeness): boolean =>
  hammingDistance(a.hash, b.hash) <= mostBits && areThumbnailsAlike(a.thumbnail, b.thumbnail)
