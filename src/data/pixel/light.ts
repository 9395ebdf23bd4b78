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

/** Numbers in [0, 1] as bytes: times 255, rounded half to even, within 0 to 255. */
const bytesOf = (samples: Float32Array): Uint8Array => {
  const bytes = new Uint8ClampedArray(samples.length)
  for (let i = 0; i < samples.length; i++) bytes[i] = samples[i]! * 255
  return new Uint8Array(bytes.buffer)
}

/** How many equal parts of [0, 1] have their level looked up. */
const parts = 4096

/**
 * The bytes of lit samples. A power takes long, and there are only 256 levels to tell apart: light keeps the order of
 * samples, so where both ends of a part come to one level, everything between them does. The few samples of the other
 * parts are computed.
 */
const litBytes = (lighting: Lighting, samples: Float32Array): Uint8Array => {
  const { scale, shift } = lighting
  if (scale === 1 || samples.length < 4 * parts) return bytesOf(light(lighting, samples))
  // One part more, since rounding may leave a sample just above 1.
  const ends = new Float32Array(parts + 2)
  for (let i = 0; i < ends.length; i++) ends[i] = i / parts
  const levels = bytesOf(light(lighting, ends))
  const factor = Math.exp(-shift)
  const bytes = new Uint8ClampedArray(samples.length)
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!
    const part = (sample * parts) | 0
    const level = levels[part]!
    if (level === levels[part + 1]) bytes[i] = level
    else {
      const x = Math.min(Math.max(sample, least), 1 - least)
      bytes[i] = Math.fround(1 / (1 + factor * ((1 - x) / x) ** scale)) * 255
    }
  }
  return new Uint8Array(bytes.buffer)
}

/** Samples, lit, as 8-bit pixels. */
export const litPixels =
  (lighting: Lighting) =>
  ({ data, ...sides }: Samples): Pixels => ({
    ...sides,
    data: isUnlit(lighting) ? bytesOf(data) : litBytes(lighting, data)
  })

/** 8-bit pixels, lit: there are 256 samples to light. */
export const relit =
  (lighting: Lighting) =>
  (image: Pixels): Pixels => {
    if (isUnlit(lighting)) return image
    const levels = bytesOf(
      light(
        lighting,
        Float32Array.from({ length: 256 }, (_, v) => v * (1 / 255))
      )
    )
    const data = new Uint8Array(image.data.length)
    for (let i = 0; i < data.length; i++) data[i] = levels[image.data[i]!]!
    return { ...image, data }
  }
