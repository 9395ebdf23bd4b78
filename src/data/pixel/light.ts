/**
 * Changes of light, on the logits of samples.
 */
import type { Pixels } from '../index.js'
import type { Samples } from './Samples.js'

/** `logit(x) * scale + shift`. */
export interface Lighting {
  readonly scale: number
  readonly shift: number
}

export const unlit: Lighting = { scale: 1, shift: 0 }

export const brighter =
  (change: number) =>
  ({ scale, shift }: Lighting): Lighting => ({ scale, shift: shift + Math.log(change / (1 - change)) })

export const contrasted =
  (by: number) =>
  ({ scale, shift }: Lighting): Lighting => ({ scale: scale * by, shift: shift * by })

const isUnlit = ({ scale, shift }: Lighting): boolean => scale === 1 && shift === 0

const least = 1e-7

/**
 * Lights samples: the odds `(1 - x) / x` are taken to the power `scale`, which is what the logit is multiplied by. Logits
 * are finite, so that black and white stay within the logits of 1e-7 and 1 - 1e-7.
 */
const light = ({ scale, shift }: Lighting, samples: Float32Array): Float32Array => {
  const lighted = new Float32Array(samples.length)
  const factor = Math.exp(-shift)
  for (let i = 0; i < samples.length; i++) {
    const x = Math.min(Math.max(samples[i]!, least), 1 - least)
    const odds = (1 - x) / x
    lighted[i] = 1 / (1 + factor * (scale === 1 ? odds : odds ** scale))
  }
  return lighted
}

export const lit =
  (lighting: Lighting) =>
  (image: Samples): Samples =>
    isUnlit(lighting) ? image : { ...image, data: light(lighting, image.data) }

/** Writes numbers in [0, 1] as bytes from a position on: times 255, rounded half to even, within 0 to 255. */
export type Rounding = (samples: Float32Array, bytes: Uint8ClampedArray, at: number) => void

const rounded: Rounding = (samples, bytes, at) => {
  for (let i = 0; i < samples.length; i++) bytes[at + i] = samples[i]! * 255
}

/** The sample that is lit to a value. */
const unlitFrom = ({ scale, shift }: Lighting, value: number): number =>
  1 / (1 + (((1 - value) / value) * Math.exp(shift)) ** (1 / scale))

/** How many equal parts of [0, 1] have their level looked up. */
const parts = 4096

/**
 * Of each part: its level where it has only one, else -1; the level it begins with, below which sample that one is
 * certain, and above which the next one.
 */
interface Levels {
  readonly only: Int16Array
  readonly first: Uint8Array
  readonly below: Float64Array
  readonly above: Float64Array
}

/** So near to where two levels meet, the rounding to a 32-bit number may decide. */
const doubt = 1e-7

const levelsOf = (lighting: Lighting): Levels => {
  // One more than there are parts: a sample may be 1.
  const only = new Int16Array(parts + 1).fill(-1)
  const first = new Uint8Array(parts)
  const below = new Float64Array(parts).fill(Infinity)
  const above = new Float64Array(parts).fill(Infinity)
  // Where the level before each ends for certain, and where it begins for certain; there are none after 255.
  const ends = new Float64Array(258).fill(Infinity)
  const begins = new Float64Array(258).fill(Infinity)
  for (let level = 1; level <= 255; level++) {
    ends[level] = unlitFrom(lighting, (level - 0.5) / 255 - doubt)
    begins[level] = unlitFrom(lighting, (level - 0.5) / 255 + doubt)
  }
  for (let part = 0, level = 1; part < parts; part++) {
    while (begins[level]! < part / parts) level++
    first[part] = level - 1
    const next = (part + 1) / parts
    if (ends[level]! >= next) {
      only[part] = level - 1
      continue
    }
    below[part] = ends[level]!
    if (ends[level + 1]! >= next) above[part] = begins[level]!
  }
  return { only, first, below, above }
}

/**
 * Lights `count` samples, in pieces, and rounds them. A power takes long, and there are only 256 levels to tell apart, which
 * meet at 255 places: a sample is computed where it is too near to such a place, or to several of them.
 */
export const litRounding = (lighting: Lighting, count: number): Rounding => {
  const { scale, shift } = lighting
  if (isUnlit(lighting)) return rounded
  if (count < 4 * parts) return (samples, bytes, at) => rounded(light(lighting, samples), bytes, at)
  const { only, first, below, above } = levelsOf(lighting)
  const factor = Math.exp(-shift)
  return (samples, bytes, at) => {
    for (let i = 0; i < samples.length; i++) {
      const level = only[(samples[i]! * parts) | 0]!
      if (level >= 0) {
        bytes[at + i] = level
        continue
      }
      const x = Math.min(Math.max(samples[i]!, least), 1 - least)
      const part = (x * parts) | 0
      if (x < below[part]!) bytes[at + i] = first[part]!
      else if (x > above[part]!) bytes[at + i] = first[part]! + 1
      else bytes[at + i] = Math.fround(1 / (1 + factor * ((1 - x) / x) ** scale)) * 255
    }
  }
}

/** 8-bit pixels, lit: there are 256 samples to light. */
export const relit =
  (lighting: Lighting) =>
  (image: Pixels): Pixels => {
    if (isUnlit(lighting)) return image
    const levels = new Uint8ClampedArray(256)
    rounded(
      light(
        lighting,
        Float32Array.from({ length: 256 }, (_, v) => v * (1 / 255))
      ),
      levels,
      0
    )
    const data = new Uint8Array(image.data.length)
    for (let i = 0; i < data.length; i++) data[i] = levels[image.data[i]!]!
    return { ...image, data }
  }
