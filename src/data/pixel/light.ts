/** Lighting transforms, computed on the logits of samples. */
import { identity as same } from 'fp-ts/lib/function.js'
import { roundHalfEven, type Pixels } from '../index.js'
import { type Samples, units } from './Samples.js'

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
 * The lighting of one sample: the odds `(1 - x) / x` are raised to the power `scale`, which multiplies the logit.
 * Samples are clamped to [1e-7, 1 - 1e-7] to keep the logits finite.
 */
const lightOf = ({ scale, shift }: Lighting): ((sample: number) => number) => {
  const factor = Math.exp(-shift)
  return (sample) => {
    const x = Math.min(Math.max(sample, least), 1 - least)
    const odds = (1 - x) / x
    return Math.fround(1 / (1 + factor * (scale === 1 ? odds : odds ** scale)))
  }
}

const light = (lighting: Lighting, samples: Float32Array): Float32Array => {
  const lighted = new Float32Array(samples.length)
  const one = lightOf(lighting)
  for (let i = 0; i < samples.length; i++) lighted[i] = one(samples[i]!)
  return lighted
}

export const lit =
  (lighting: Lighting) =>
  (image: Samples): Samples =>
    isUnlit(lighting) ? image : { ...image, data: light(lighting, image.data) }

/** Converts [0, 1] to a level: times 255, rounded half to even, clamped to 0..255. */
const rounded = (samples: Float32Array): Uint8Array =>
  new Uint8Array(Uint8ClampedArray.from(samples, (sample) => sample * 255).buffer)

/** Applies lighting and rounds to levels. */
export const litLevels = (lighting: Lighting, samples: Float32Array): Uint8Array =>
  rounded(isUnlit(lighting) ? samples : light(lighting, samples))

/** The inverse of lighting for one value. */
const unlitFrom = ({ scale, shift }: Lighting, value: number): number =>
  1 / (1 + (((1 - value) / value) * Math.exp(shift)) ** (1 / scale))

/** Resolution of the lookup table: the number of equal parts of [0, 1]. */
export const parts = 2 ** 15

/**
 * Within this distance of the boundary between two levels, float32 rounding could decide; the exact formula is used
 * there.
 */
const doubt = 2e-6

/** A lookup from samples to levels after lighting. */
export interface Levels {
  /** The level of each part of [0, 1], and of 1; -1 where a part contains several levels or is near a boundary. */
  readonly certain: Int16Array
  /** The level of one sample, computed exactly. */
  readonly exact: (sample: number) => number
}

/** Builds the table of levels: a power is slow, and only 255 boundaries separate the 256 levels. */
const tableOf = (lighting: Lighting): Levels => {
  const certain = new Int16Array(parts + 1).fill(-1)
  // A lighting that inverts the image (negative scale) is always computed exactly.
  const last = lighting.scale > 0 ? 255 : -1
  for (let level = 0, from = 0; level <= last; level++) {
    const meets = (level + 0.5) / 255
    const to = level === 255 ? parts + 1 : Math.floor((unlitFrom(lighting, meets - doubt) - doubt) * parts)
    if (from < to) certain.fill(level, from, to)
    from = Math.floor((unlitFrom(lighting, meets + doubt) + doubt) * parts) + 1
  }
  const lighted = isUnlit(lighting) ? same : lightOf(lighting)
  return { certain, exact: (sample) => roundHalfEven(lighted(sample) * 255) }
}

const unlitLevels = tableOf(unlit)

export const levelsOf = (lighting: Lighting): Levels => (isUnlit(lighting) ? unlitLevels : tableOf(lighting))

/** Applies lighting to 8-bit pixels; only 256 values need to be computed. */
export const relit =
  (lighting: Lighting) =>
  (image: Pixels): Pixels => {
    if (isUnlit(lighting)) return image
    const levels = litLevels(lighting, units)
    const data = new Uint8Array(image.data.length)
    for (let i = 0; i < data.length; i++) data[i] = levels[image.data[i]!]!
    return { ...image, data }
  }
