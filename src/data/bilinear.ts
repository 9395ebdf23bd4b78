/**
 * Scaling with a triangle as wide as the shrinkage, which is what Pillow's `Image.resize(size, BILINEAR)` does
 * (`Resample.c`), to the level: across first, then down, each rounded to 8 bits by fixed-point weights.
 *
 * @since 0.1.0
 */
import type { Pixels } from './Pixels.js'

/** Bits behind the binary point of a weight: a sum of 255 times 1 still fits 32 bits. */
const precision = 22

/** For each position of the result: where its source pixels begin, how many there are, and `most` weights. */
interface Weights {
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly most: number
  readonly weights: Int32Array
}

const weightsFor = (from: number, to: number): Weights => {
  const scale = from / to
  const support = Math.max(scale, 1)
  const most = 2 * Math.ceil(support) + 1
  const starts = new Int32Array(to)
  const counts = new Int32Array(to)
  const weights = new Int32Array(to * most)
  const row = new Float64Array(most)
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - support + 0.5))
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start
    let sum = 0
    for (let k = 0; k < count; k++) {
      row[k] = Math.max(0, 1 - Math.abs((k + start - centre + 0.5) / support))
      sum += row[k]!
    }
    for (let k = 0; k < count; k++) weights[i * most + k] = Math.trunc(0.5 + (row[k]! / sum) * 2 ** precision)
    starts[i] = start
    counts[i] = count
  }
  return { starts, counts, most, weights }
}

/** One axis: `lines` lines of `to` pixels, whose samples are `step` apart in the source and in the result. */
const scaled = (
  from: Uint8Array,
  to: Uint8Array,
  { starts, counts, most, weights }: Weights,
  at: { readonly line: number; readonly step: number; readonly lines: number; readonly toLine: number }
): void => {
  const { line, step, lines, toLine } = at
  for (let y = 0; y < lines; y++)
    for (let i = 0; i < starts.length; i++) {
      const first = y * line + starts[i]! * step
      const count = counts[i]!
      let sum = 1 << (precision - 1)
      for (let k = 0; k < count; k++) sum += from[first + k * step]! * weights[i * most + k]!
      const level = sum >> precision
      to[y * toLine + i * step] = level > 255 ? 255 : level
    }
}

/**
 * Scales to given sides as Pillow's bilinear resize does, to the level.
 *
 * @example
 * import { bilinearPixels } from 'graft-vision'
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
      // a column's samples are a row apart
      scaled(data, down, weights, { line: 1, step: line, lines: line, toLine: 1 })
      data = down
    }
    return { height, width, channels, data }
  }
