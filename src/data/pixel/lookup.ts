/** Transforms of 8-bit samples by a table: one for all channels, or one for each, from its histogram (`ImageOps`). */
import type { Pixels } from '../index.js'

const table = (levelOf: (v: number) => number): Uint8Array => Uint8Array.from({ length: 256 }, (_, v) => levelOf(v))

const clamped = (v: number): number => Math.min(Math.max(v, 0), 255)

/** Replaces each sample of channel `k` by its entry in `tables[k]`. */
const looked =
  (tables: ReadonlyArray<Uint8Array>) =>
  (image: Pixels): Pixels => {
    const { channels, data } = image
    const into = new Uint8Array(data.length)
    for (let k = 0; k < channels; k++) {
      const of = tables[k]!
      for (let i = k; i < data.length; i += channels) into[i] = of[data[i]!]!
    }
    return { ...image, data: into }
  }

const byTable = (of: Uint8Array) => (image: Pixels) => looked(Array.from({ length: image.channels }, () => of))(image)

export const solarized = (threshold: number) => byTable(table((v) => (v < threshold ? v : 255 - v)))

export const posterized = (bits: number) => byTable(table((v) => v & ~(2 ** (8 - bits) - 1)))

export const inverted = byTable(table((v) => 255 - v))

/** `Image.blend` of one sample: `from + factor * (to - from)` in float32, cut off and clamped. */
export const blended = (from: number, to: number, factor: number): number => {
  const alpha = Math.fround(factor)
  return clamped(Math.trunc(Math.fround(from + Math.fround(alpha * (to - from)))))
}

/** Moves samples away from one level. */
export const awayFrom = (level: number, factor: number) => byTable(table((v) => blended(level, v, factor)))

/** How often each level occurs in a channel. */
const histogram = ({ channels, data }: Pixels, k: number): Uint32Array => {
  const counts = new Uint32Array(256)
  for (let i = k; i < data.length; i += channels) counts[data[i]!]!++
  return counts
}

const byChannel =
  (tableOf: (counts: Uint32Array) => Uint8Array) =>
  (image: Pixels): Pixels =>
    looked(Array.from({ length: image.channels }, (_, k) => tableOf(histogram(image, k))))(image)

const same = table((v) => v)

export const equalized = byChannel((counts) => {
  const last = counts.findLast((n) => n > 0) ?? 0
  const step = Math.floor((counts.reduce((sum, n) => sum + n, 0) - last) / 255)
  // also if all samples are equal
  if (step === 0) return same
  let n = Math.floor(step / 2)
  return table((v) => {
    const level = Math.floor(n / step)
    n += counts[v]!
    return clamped(level)
  })
})

export const autoContrasted = byChannel((counts) => {
  const [low, high] = [counts.findIndex((n) => n > 0), counts.findLastIndex((n) => n > 0)]
  if (high <= low) return same
  const scale = 255 / (high - low)
  return table((v) => clamped(Math.trunc(v * scale - low * scale)))
})
