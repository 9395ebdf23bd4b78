/**
 * Changes of light, on the logits of samples.
 */
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

const least = 1e-7

/** The odds `(1 - x) / x` are taken to the power `scale`, which is what the logit is multiplied by. */
export const lit =
  ({ scale, shift }: Lighting) =>
  (image: Samples): Samples => {
    if (scale === 1 && shift === 0) return image
    const factor = Math.exp(-shift)
    const data = image.data.map((value) => {
      const x = Math.min(Math.max(value, least), 1 - least)
      const odds = (1 - x) / x
      return 1 / (1 + factor * (scale === 1 ? odds : odds ** scale))
    })
    return { ...image, data }
  }
