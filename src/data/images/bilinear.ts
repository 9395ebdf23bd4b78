/**
 * Bilinear scaling identical, to the level, to Pillow's `Image.resize(size, BILINEAR)` (`Resample.c`): the triangle
 * filter widens with the reduction; horizontally first, then vertically, each rounded to 8 bits with fixed-point weights.
 *
 * @since 0.1.0
 */
import { kernels, type Kernels, reserve } from './kernels.js'
import type { Pixels } from './Pixels.js'

/** Fractional bits of a weight; a sum of 255 times 1 still fits in 32 bits. */
const precision = 22

/** The weight 1. */
const one = 2 ** precision

/** For each output position: the first source pixel, and `taps` weights. */
interface Weights {
  readonly starts: Int32Array
  readonly taps: number
  readonly weights: Int32Array
}

const weightsFor = (from: number, to: number): Weights => {
  const scale = from / to
  const support = Math.max(scale, 1)
  const taps = Math.min(from, 2 * Math.ceil(support) + 1)
  const starts = new Int32Array(to)
  const weights = new Int32Array(to * taps)
  const row = new Float64Array(taps)
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - support + 0.5))
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start
    let sum = 0
    for (let k = 0; k < count; k++) {
      row[k] = Math.max(0, 1 - Math.abs((k + start - centre + 0.5) / support))
      sum += row[k]!
    }
    // At the end, the window starts earlier, with weights of 0.
    starts[i] = Math.min(start, from - taps)
    const first = i * taps + start - starts[i]!
    for (let k = 0; k < count; k++) weights[first + k] = Math.trunc(0.5 + (row[k]! / sum) * one)
  }
  return { starts, taps, weights }
}

/** Scales one axis: `lines` lines of `to` pixels, whose samples are `step` apart in source and result. */
const scaled = (
  from: Uint8Array,
  to: Uint8Array,
  { starts, taps, weights }: Weights,
  at: { readonly line: number; readonly step: number; readonly lines: number; readonly toLine: number }
): void => {
  const { line, step, lines, toLine } = at
  for (let y = 0; y < lines; y++)
    for (let i = 0; i < starts.length; i++) {
      const first = y * line + starts[i]! * step
      let sum = 1 << (precision - 1)
      for (let k = 0; k < taps; k++) sum += from[first + k * step]! * weights[i * taps + k]!
      const level = sum >> precision
      to[y * toLine + i * step] = level > 255 ? 255 : level
    }
}

/** Number of bytes of image rows that are copied to WebAssembly memory at once. */
const chunk = 2 ** 20

/** RGB images, in WebAssembly. */
const scaledRgb = (loops: Kernels, image: Pixels, [height, width]: readonly [number, number]): Uint8Array => {
  const [across, down] = [weightsFor(image.width, width), weightsFor(image.height, height)]
  const fromLine = 3 * image.width
  const line = 3 * width
  const rows = Math.max(1, Math.floor(chunk / fromLine))
  const at = reserve(loops, {
    starts: 4 * Math.max(width, height),
    weights: 4 * Math.max(across.weights.length, down.weights.length),
    rows: Math.min(rows, image.height) * fromLine,
    between: image.height * line,
    result: height * line
  })
  const memory = new Uint8Array(loops.memory.buffer)
  const give = ({ starts, weights }: Weights): void => {
    new Int32Array(memory.buffer).set(starts, at.starts / 4)
    new Int32Array(memory.buffer).set(weights, at.weights / 4)
  }
  give(across)
  for (let y = 0; y < image.height; y += rows) {
    const some = image.data.subarray(y * fromLine, Math.min(y + rows, image.height) * fromLine)
    const to = at.between + y * line
    if (width === image.width) memory.set(some, to)
    else {
      memory.set(some, at.rows)
      loops.across(at.rows, fromLine, some.length / fromLine, at.starts, at.weights, across.taps, width, to)
    }
  }
  if (height === image.height) return memory.slice(at.between, at.between + height * line)
  give(down)
  loops.down(at.between, line, at.starts, at.weights, down.taps, height, at.result)
  return memory.slice(at.result, at.result + height * line)
}

/**
 * Scales to the given sides, with the same result as Pillow's bilinear resize.
 *
 * @example
 * import { bilinearPixels } from '../index.js'
 *
 * const row = { height: 1, width: 4, channels: 1, data: Uint8Array.of(0, 100, 100, 200) }
 * assert.deepStrictEqual([...bilinearPixels([1, 2])(row).data], [57, 143])
 *
 * @since 0.1.0
 */
export const bilinearPixels =
  ([height, width]: readonly [height: number, width: number]) =>
  (image: Pixels): Pixels => {
    const { channels } = image
    if (width === image.width && height === image.height) return image
    const loops = channels === 3 ? kernels() : undefined
    if (loops !== undefined) return { height, width, channels, data: scaledRgb(loops, image, [height, width]) }
    let { data } = image
    if (width !== image.width) {
      const across = new Uint8Array(image.height * width * channels)
      const weights = weightsFor(image.width, width)
      const at = { line: image.width * channels, step: channels, lines: image.height, toLine: width * channels }
      for (let c = 0; c < channels; c++) scaled(data.subarray(c), across.subarray(c), weights, at)
      data = across
    }
    if (height !== image.height) {
      const down = new Uint8Array(height * width * channels)
      const weights = weightsFor(image.height, height)
      const line = width * channels
      // consecutive samples of a column are one row apart
      scaled(data, down, weights, { line: 1, step: line, lines: line, toLine: 1 })
      data = down
    }
    return { height, width, channels, data }
  }
