/**
 * What of an image is scaled to which sides: all of it, but for slivers.
 *
 * @since 0.1.0
 */
import type { Resize, Size } from './DataSpec.js'
import { scaledSides, sidesOf } from './resizing.js'

/**
 * How many times longer than the size asked for a scaled side may be; what is beyond is cut off before scaling.
 *
 * @since 0.1.0
 */
export const maxStretch = 8

/**
 * How many times longer one side of an image is than it would be in the size's proportions; at least 1.
 *
 * @example
 * import { stretchOf } from 'graft-vision'
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
 * The middle of an image that is scaled, and the sides it is scaled to before it is cut or padded. A scaled side is at most
 * eight times as long as the size asks for, so that slivers cost no memory to speak of: of 16000 x 1 pixels, 8 x 1 become
 * 1792 x 224.
 *
 * @example
 * import { scalingOf } from 'graft-vision'
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
