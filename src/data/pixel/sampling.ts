/**
 * Resampling an image: bilinear for images, nearest neighbour for masks (torch's `grid_sample` with aligned corners).
 */
import { type PaddingMode, roundHalfEven, type Pixels } from '../index.js'
import { generator } from '../../Seed.js'
import { type Kernels, kernels, reserve } from '../images/kernels.js'
import { type Levels, levelsOf, type Lighting, litLevels, parts } from './light.js'
import { type Part, wholeOf } from './place.js'
import type { Projective } from './Projective.js'
import { samplesOf, type Samples, units } from './Samples.js'

type Sides = readonly [height: number, width: number]

const coordinateAt = (pixel: number, n: number): number => (n === 1 ? 0 : (2 * pixel) / (n - 1) - 1)

/**
 * The pixel to read for a position outside of `n` pixels: reflected about the centres of the edge pixels, or clamped.
 */
const held: { readonly [M in PaddingMode]: (place: number, n: number) => number } = {
  zeros: (place) => place,
  border: (place, n) => Math.min(Math.max(place, 0), n - 1),
  reflection: (place, n) => {
    const period = 2 * (n - 1)
    const rest = n === 1 ? 0 : Math.abs(place) % period
    return rest > n - 1 ? period - rest : rest
  }
}

/** Random distances, in units of half the side, that are added before the linear part of a map is applied. */
export interface Jitter {
  readonly linear: readonly [number, number, number, number]
  readonly magnitude: number
  readonly seed: number
}

/** A map to sample over a part of a grid. */
interface Sampling {
  readonly m: Projective
  /** Sides of the whole grid. */
  readonly sides: Sides
  readonly part: Part
  readonly mode: PaddingMode
  readonly jitter?: Jitter | undefined
}

/** Fills `ys` and `xs` with the input coordinates, in pixels, of one row of the output. */
type Places = (row: number, ys: Float64Array, xs: Float64Array) => void

/** Moves the input coordinates of one row; the same for an image and its mask. */
const jittered = ({ linear: [a, b, c, d], magnitude, seed }: Jitter, [down, across]: Sides): Places => {
  const { uniform } = generator(seed)
  return (_, ys, xs) => {
    for (let col = 0; col < ys.length; col++) {
      const u = (uniform() - 0.5) * 2 * magnitude
      const v = (uniform() - 0.5) * 2 * magnitude
      xs[col]! += ((a * u + b * v) / 2) * across
      ys[col]! += ((c * u + d * v) / 2) * down
    }
  }
}

const placesOf = ({ m, sides, part, mode, jitter }: Sampling, image: Samples | Pixels): Places => {
  const { width } = part
  const [a, b, c] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)]
  for (let col = 0; col < width; col++) {
    const u = coordinateAt(part.left + col, sides[1])
    a[col] = m[0] * u
    b[col] = m[3] * u
    c[col] = m[6] * u
  }
  const [down, across] = [image.height - 1, image.width - 1]
  const hold = held[mode]
  const kept = (at: number, last: number): number => (at >= 0 && at <= last ? at : hold(at, last + 1))
  const move = jitter === undefined ? undefined : jittered(jitter, [down, across])
  return (row, ys, xs) => {
    const v = coordinateAt(part.top + row, sides[0])
    const [x, y, w] = [m[1] * v, m[4] * v, m[7] * v]
    for (let col = 0; col < width; col++) {
      const depth = c[col]! + w + m[8]
      ys[col] = (((b[col]! + y + m[5]) / depth + 1) / 2) * down
      xs[col] = (((a[col]! + x + m[2]) / depth + 1) / 2) * across
    }
    move?.(row, ys, xs)
    for (let col = 0; col < width; col++) {
      ys[col] = kept(ys[col]!, down)
      xs[col] = kept(xs[col]!, across)
    }
  }
}

/** Interpolates channel `k` at a position; pixels outside the image are 0. `valueOf` reads a sample by its index. */
const mixedAt = (
  { height, width, channels }: Samples | Pixels,
  valueOf: (i: number) => number,
  y: number,
  x: number,
  k: number
): number => {
  // Also false for coordinates that a perspective maps to infinity.
  if (!(y >= -1 && y < height && x >= -1 && x < width)) return 0
  const top = Math.floor(y)
  const left = Math.floor(x)
  const above = top >= 0 ? 1 - (y - top) : 0
  const below = top + 1 < height ? y - top : 0
  const before = left >= 0 ? 1 - (x - left) : 0
  const after = left + 1 < width ? x - left : 0
  // A pixel with weight 0 may be any valid one.
  const first = (Math.max(top, 0) * width + Math.max(left, 0)) * channels + k
  const next = first + (after > 0 && left >= 0 ? channels : 0)
  const down = below > 0 && top >= 0 ? width * channels : 0
  const one = Math.fround(above * before * valueOf(first))
  const two = Math.fround(one + above * after * valueOf(next))
  const three = Math.fround(two + below * before * valueOf(first + down))
  return Math.fround(three + below * after * valueOf(next + down))
}

/** Interpolates along one row of the output. */
const mixRow = (image: Samples, ys: Float64Array, xs: Float64Array, into: Float32Array): void => {
  const { height, width, channels, data } = image
  const stride = width * channels
  const [bottom, end] = [height - 1, width - 1]
  const valueOf = (i: number): number => data[i]!
  for (let col = 0, to = 0; col < ys.length; col++) {
    const y = ys[col]!
    const x = xs[col]!
    if (!(y >= 0 && y < bottom && x >= 0 && x < end)) {
      for (let k = 0; k < channels; k++, to++) into[to] = mixedAt(image, valueOf, y, x, k)
      continue
    }
    const top = y | 0
    const left = x | 0
    const below = y - top
    const after = x - left
    const above = 1 - below
    const before = 1 - after
    const aa = above * before
    const ab = above * after
    const ba = below * before
    const bb = below * after
    let i = top * stride + left * channels
    for (const stop = to + channels; to < stop; to++, i++) {
      const one = Math.fround(aa * data[i]!)
      const two = Math.fround(one + ab * data[i + channels]!)
      const three = Math.fround(two + ba * data[i + stride]!)
      into[to] = three + bb * data[i + stride + channels]!
    }
  }
}

/** Calls a function for every output row, with its input coordinates in `ys` and `xs`. */
const eachRow = (
  how: Sampling,
  image: Samples | Pixels,
  visit: (row: number, ys: Float64Array, xs: Float64Array) => void,
  [ys, xs] = [new Float64Array(how.part.width), new Float64Array(how.part.width)]
): void => {
  const places = placesOf(how, image)
  for (let row = 0; row < how.part.height; row++) {
    places(row, ys, xs)
    visit(row, ys, xs)
  }
}

const bilinear = (how: Sampling, image: Samples): Float32Array => {
  const { height, width } = how.part
  const line = width * image.channels
  const data = new Float32Array(height * line)
  eachRow(how, image, (row, ys, xs) => mixRow(image, ys, xs, data.subarray(row * line, (row + 1) * line)))
  return data
}

const nearest = <A extends Uint8Array | Float32Array>(
  how: Sampling,
  image: (Samples | Pixels) & { readonly data: A },
  into: A
): A => {
  const { height, width, channels, data } = image
  eachRow(how, image, (row, ys, xs) => {
    for (let col = 0, to = row * ys.length * channels; col < ys.length; col++, to += channels) {
      const [y, x] = [roundHalfEven(ys[col]!), roundHalfEven(xs[col]!)]
      if (!(y >= 0 && y < height && x >= 0 && x < width)) continue
      const from = (y * width + x) * channels
      for (let k = 0; k < channels; k++) into[to + k] = data[from + k]!
    }
  })
  return into
}

/** The bounds of `n` bins over `of` pixels. */
const spans = (n: number, of: number): { readonly from: Int32Array; readonly to: Int32Array } => {
  const [from, to] = [new Int32Array(n), new Int32Array(n)]
  for (let i = 0; i < n; i++) {
    from[i] = Math.floor((i * of) / n)
    to[i] = Math.ceil(((i + 1) * of) / n)
  }
  return { from, to }
}

/** Adaptive average pooling, as in torch. */
const shrunk = (image: Samples, [height, width]: Sides): Samples => {
  const { channels, data } = image
  const into = new Float32Array(height * width * channels)
  const [rows, cols] = [spans(height, image.height), spans(width, image.width)]
  for (let row = 0, at = 0; row < height; row++) {
    const [top, bottom] = [rows.from[row]!, rows.to[row]!]
    for (let col = 0; col < width; col++) {
      const [left, right] = [cols.from[col]!, cols.to[col]!]
      const pixels = (bottom - top) * (right - left)
      for (let k = 0; k < channels; k++, at++) {
        let sum = 0
        for (let y = top; y < bottom; y++) {
          const end = (y * image.width + right) * channels
          for (let i = (y * image.width + left) * channels + k; i < end; i += channels) sum += data[i]!
        }
        into[at] = sum / pixels
      }
    }
  }
  return { height, width, channels, data: into }
}

/** The larger extent, in x or y, of the corners' input coordinates. */
const reach = (m: Projective): number => {
  const all = [-1, 1].flatMap((u) =>
    [-1, 1].flatMap((v) => {
      const w = m[6] * u + m[7] * v + m[8]
      return [(m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w]
    })
  )
  return Math.max(...all) - Math.min(...all)
}

/** The factor by which an image is reduced before sampling: above 1 if the result is much smaller and not zoomed in. */
const shrinkingFor = (m: Projective, [height, width]: Sides, image: Samples | Pixels): number => {
  const shrinking = Math.min(image.height / height, image.width / width) / 2
  return shrinking > 1 && shrinking > 2 / reach(m) ? shrinking : 1
}

/** Samples the image at the input coordinates that `m` gives a grid of these sides, or a part of the grid. */
export const sampled =
  (m: Projective, sides: Sides, mode: PaddingMode, part: Part = wholeOf(sides), jitter?: Jitter) =>
  (image: Samples): Samples => {
    const { height, width } = part
    const by = shrinkingFor(m, sides, image)
    const source = by > 1 ? shrunk(image, [Math.floor(image.height / by), Math.floor(image.width / by)]) : image
    const data = bilinear({ m, sides, mode, part, jitter }, source)
    return { height, width, channels: image.channels, data }
  }

/**
 * Samples RGB pixels in WebAssembly. It omits float32 rounding after each operation, which affects a level only where
 * `levels` are not certain.
 */
const mixedRgb = (loops: Kernels, { certain, exact }: Levels, how: Sampling, image: Pixels): Uint8Array => {
  const { height, width } = how.part
  const line = 3 * width
  const at = reserve(loops, {
    ys: 8 * width,
    xs: 8 * width,
    doubts: 4 * line,
    certain: certain.byteLength,
    image: image.data.length,
    result: height * line
  })
  const { buffer } = loops.memory
  const memory = new Uint8Array(buffer)
  memory.set(image.data, at.image)
  new Int16Array(buffer, at.certain, certain.length).set(certain)
  const doubts = new Int32Array(buffer, at.doubts, line)
  const [bottom, end] = [image.height - 1, image.width - 1]
  const valueOf = (i: number): number => units[image.data[i]!]!
  eachRow(
    how,
    image,
    (row, ys, xs) => {
      const to = at.result + row * line
      const stretch = parts / 255
      const n = loops.mix(
        at.image,
        3 * image.width,
        bottom,
        end,
        at.ys,
        at.xs,
        width,
        stretch,
        at.certain,
        to,
        at.doubts
      )
      for (let i = 0; i < n; i++) {
        const k = doubts[i]! % 3
        const col = (doubts[i]! - k) / 3
        memory[to + doubts[i]!] = exact(mixedAt(image, valueOf, ys[col]!, xs[col]!, k))
      }
    },
    [new Float64Array(buffer, at.ys, width), new Float64Array(buffer, at.xs, width)]
  )
  return memory.slice(at.result, at.result + height * line)
}

/** The same for 8-bit pixels: with lighting, and rounded to 8 bits. */
export const sampledPixels =
  (lighting: Lighting) =>
  (m: Projective, sides: Sides, mode: PaddingMode, part: Part, jitter?: Jitter) =>
  (image: Pixels): Pixels => {
    const { height, width } = part
    const { channels } = image
    const loops = channels === 3 && shrinkingFor(m, sides, image) === 1 ? kernels() : undefined
    const data =
      loops === undefined
        ? litLevels(lighting, sampled(m, sides, mode, part, jitter)(samplesOf(image)).data)
        : mixedRgb(loops, levelsOf(lighting), { m, sides, mode, part, jitter }, image)
    return { height, width, channels, data }
  }

/** The same by nearest neighbour, without mixing values, so that classes stay classes. */
export const sampledNearest =
  (m: Projective, sides: Sides, mode: PaddingMode, part: Part = wholeOf(sides), jitter?: Jitter) =>
  <S extends Samples | Pixels>(image: S): S => {
    const { height, width } = part
    const how = { m, sides, mode, part, jitter }
    const length = height * width * image.channels
    const data =
      image.data instanceof Uint8Array
        ? nearest(how, image as Pixels, new Uint8Array(length))
        : nearest(how, image as Samples, new Float32Array(length))
    return { ...image, height, width, data }
  }
