/**
 * Which part of an image is scaled, and to which sides; extreme aspect ratios are limited.
 *
 * @since 0.1.0
 */
import type { Resize, Size } from '../DataSpec.js'
import { scaledSides, sidesOf } from './resizing.js'

/**
 * Maximum ratio of a scaled side to the size asked for; the rest is cropped before scaling.
 *
 * @since 0.1.0
 */
export const maxStretch = 8

/**
 * How elongated an image is relative to the size's proportions; at least 1.
 *
 * @example
 * import { stretchOf } from '../index.js'
 *
 * assert.deepStrictEqual([stretchOf(224)([300, 300]), stretchOf([100, 200])([16000, 1])], [1, 32000])
 *
 * @since 0.1.0
 */
export const stretchOf =
  (size: Size) =>
  ([height, width]: readonly [number, number]): number => {
    const [h, w] = sidesOf(size)
    const ratio = (height * w) / (width * h)
    return Math.max(ratio, 1 / ratio)
  }

/**
 * The central part of an image to scale, and the sides to scale it to before cropping or padding. A scaled side is at
 * most eight times the size asked for, so that extreme aspect ratios need little memory: of 16000 x 1 pixels, 8 x 1 are
 * scaled to 1792 x 224.
 *
 * @example
 * import { scalingOf } from '../index.js'
 *
 * assert.deepStrictEqual(scalingOf('crop', 224)([300, 400]), { region: [300, 400], sides: [224, 299] })
 * assert.deepStrictEqual(scalingOf('crop', 224)([16000, 1]), { region: [8, 1], sides: [1792, 224] })
 *
 * @since 0.1.0
 */
export const scalingOf =
  (resize: Resize, size: Size) =>
  ([height, width]: readonly [height: number, width: number]): {
    readonly region: readonly [height: number, width: number]
    readonly sides: readonly [height: number, width: number]
  } => {
    const [h, w] = sidesOf(size)
    const ratio = Math.min(height / h, width / w)
    const most = (side: number, wanted: number): number =>
      resize === 'crop' ? Math.min(side, Math.max(1, Math.ceil(maxStretch * wanted * ratio))) : side
    const region = [most(height, h), most(width, w)] as const
    return { region, sides: scaledSides(resize, size)(region) }
  }
