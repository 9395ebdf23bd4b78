/**
 * Sampling an image at other places: bilinear for images, nearest for masks (torch's `grid_sample`, corners aligned).
 */
import { roundHalfEven } from '../index.js'
import type { PaddingMode } from './place.js'
import type { Projective } from './Projective.js'
import type { Samples } from './Samples.js'

/** Mirrored about the edge pixels' centres, or held to them. */
const within: { readonly [M in PaddingMode]: (at: number, n: number) => number } = {
  zeros: (at) => at,
  border: (at, n) => Math.min(Math.max(at, 0), n - 1),
  reflection: (at, n) => {
    if (at >= 0 && at <= n - 1) return at
    if (n === 1) return 0
    const period = 2 * (n - 1)
    const rest = Math.abs(at) % period
    return rest < n - 1 ? rest : period - rest
  }
}

/** The place of a coordinate among `n` pixels, and back. */
const pixelAt = (coordinate: number, n: number): number => ((coordinate + 1) / 2) * (n - 1)
const coordinateAt = (pixel: number, n: number): number => (n === 1 ? 0 : (2 * pixel) / (n - 1) - 1)

/** Calls `visit` with the places in the image, in pixels, that the result's pixels are taken from. */
const everywhere = (
  m: Projective,
  [height, width]: readonly [number, number],
  image: Samples,
  visit: (y: number, x: number, at: number) => void
): void => {
  for (let row = 0; row < height; row++) {
    const v = coordinateAt(row, height)
    for (let col = 0; col < width; col++) {
      const u = coordinateAt(col, width)
      const w = m[6] * u + m[7] * v + m[8]
      const x = (m[0] * u + m[1] * v + m[2]) / w
      const y = (m[3] * u + m[4] * v + m[5]) / w
      visit(pixelAt(y, image.height), pixelAt(x, image.width), row * width + col)
    }
  }
}

const bilinear = (m: Projective, sides: readonly [number, number], mode: PaddingMode, image: Samples): Float32Array => {
  const { height, width, channels, data } = image
  const into = new Float32Array(sides[0] * sides[1] * channels)
  const held = within[mode]
  everywhere(m, sides, image, (row, col, at) => {
    const [y, x] = [held(row, height), held(col, width)]
    const [top, left] = [Math.floor(y), Math.floor(x)]
    const [down, right] = [y - top, x - left]
    for (let dy = 0; dy < 2; dy++) {
      const r = top + dy
      if (r < 0 || r >= height) continue
      const wy = dy === 0 ? 1 - down : down
      for (let dx = 0; dx < 2; dx++) {
        const c = left + dx
        if (c < 0 || c >= width) continue
        const weight = wy * (dx === 0 ? 1 - right : right)
        const from = (r * width + c) * channels
        for (let k = 0; k < channels; k++) into[at * channels + k]! += weight * data[from + k]!
      }
    }
  })
  return into
}

const nearest = (m: Projective, sides: readonly [number, number], mode: PaddingMode, image: Samples): Float32Array => {
  const { height, width, channels, data } = image
  const into = new Float32Array(sides[0] * sides[1] * channels)
  const held = within[mode]
  everywhere(m, sides, image, (row, col, at) => {
    const [y, x] = [roundHalfEven(held(row, height)), roundHalfEven(held(col, width))]
    if (y < 0 || y >= height || x < 0 || x >= width) return
    for (let k = 0; k < channels; k++) into[at * channels + k] = data[(y * width + x) * channels + k]!
  })
  return into
}

/** Means over areas (torch's adaptive average pooling). */
const shrunk = (image: Samples, [height, width]: readonly [number, number]): Samples => {
  const { channels, data } = image
  const into = new Float32Array(height * width * channels)
  const span = (i: number, n: number, of: number) => [Math.floor((i * of) / n), Math.ceil(((i + 1) * of) / n)] as const
  for (let row = 0; row < height; row++) {
    const [top, bottom] = span(row, height, image.height)
    for (let col = 0; col < width; col++) {
      const [left, right] = span(col, width, image.width)
      for (let k = 0; k < channels; k++) {
        let sum = 0
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += data[(y * image.width + x) * channels + k]!
        into[(row * width + col) * channels + k] = sum / ((bottom - top) * (right - left))
      }
    }
  }
  return { height, width, channels, data: into }
}

/** How far the places reach that a map takes the corners to, in x or y, whichever is more. */
const reach = (m: Projective): number => {
  const all = [-1, 1].flatMap((u) =>
    [-1, 1].flatMap((v) => {
      const w = m[6] * u + m[7] * v + m[8]
      return [(m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w]
    })
  )
  return Math.max(...all) - Math.min(...all)
}

/** What an image is averaged over before it is sampled, where the result is much smaller and not zoomed into. */
const smoothed = (m: Projective, [height, width]: readonly [number, number], image: Samples): Samples => {
  const shrinking = Math.min(image.height / height, image.width / width) / 2
  return shrinking > 1 && shrinking > 2 / reach(m)
    ? shrunk(image, [Math.floor(image.height / shrinking), Math.floor(image.width / shrinking)])
    : image
}

/** The image at the places that `m` takes a grid of these sides to. */
export const sampled =
  (m: Projective, sides: readonly [height: number, width: number], mode: PaddingMode, by: 'bilinear' | 'nearest') =>
  (image: Samples): Samples => ({
    height: sides[0],
    width: sides[1],
    channels: image.channels,
    data: by === 'nearest' ? nearest(m, sides, mode, image) : bilinear(m, sides, mode, smoothed(m, sides, image))
  })
