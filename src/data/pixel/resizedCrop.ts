/** The part of an image that a random resized crop takes (torchvision's `RandomResizedCrop.get_params`). */
import { roundHalfEven, type Transform } from '../index.js'
import type { Part } from './place.js'

export type ResizedCrop = Extract<Transform.DrawnTransform, { readonly _tag: 'RandomResizedCrop' }>

type Sides = readonly [height: number, width: number]

/** The largest part in the centre whose aspect ratio is within bounds. */
const central = ([least, most]: ResizedCrop['within'], [height, width]: Sides): Part => {
  const ratio = width / height
  const [h, w] =
    ratio < least
      ? [Math.min(height, roundHalfEven(width / least)), width]
      : ratio > most
        ? [height, Math.min(width, roundHalfEven(height * most))]
        : [height, width]
  return {
    top: Math.floor((height - h) / 2),
    left: Math.floor((width - w) / 2),
    height: Math.max(1, h),
    width: Math.max(1, w)
  }
}

/** The first draw that fits into the image. */
export const resizedPart = ({ scale, ratio, row, col, within }: ResizedCrop, sides: Sides): Part => {
  const [height, width] = sides
  for (let i = 0; i < scale.length; i++) {
    const area = height * width * scale[i]!
    const w = roundHalfEven(Math.sqrt(area * ratio[i]!))
    const h = roundHalfEven(Math.sqrt(area / ratio[i]!))
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const at = (free: number, position: number): number => Math.min(free, Math.floor(position * (free + 1)))
      return { top: at(height - h, row), left: at(width - w, col), height: h, width: w }
    }
  }
  return central(within, sides)
}
