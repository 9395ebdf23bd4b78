/**
 * Operations on masks and grey targets: nearest-neighbour scaling, conversion to grey.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../images/Pixels.js'
import { positions, rearranged } from '../images/rearranged.js'

/**
 * Scales to the given sides by nearest neighbour, without mixing values, so that classes stay classes.
 *
 * @example
 * import { nearestPixels } from '../index.js'
 *
 * const row = { height: 1, width: 2, channels: 1, data: Uint8Array.of(3, 7) }
 * assert.deepStrictEqual([...nearestPixels([1, 4])(row).data], [3, 3, 7, 7])
 *
 * @since 0.1.0
 */
export const nearestPixels =
  ([height, width]: readonly [height: number, width: number]) =>
  (image: Pixels): Pixels => {
    if (image.height === height && image.width === width) return image
    const rows = positions(height, (y) => Math.floor(((y + 0.5) * image.height) / height) * image.width)
    const cols = positions(width, (x) => Math.floor(((x + 0.5) * image.width) / width))
    return rearranged(rows, cols)(image)
  }

/**
 * Converts to one channel, (299·red + 587·green + 114·blue) / 1000 (Pillow's `L`); grey images are unchanged.
 *
 * @example
 * import { greyed } from '../index.js'
 *
 * const row = { height: 1, width: 2, channels: 3, data: Uint8Array.of(9, 9, 9, 255, 0, 0) }
 * assert.deepStrictEqual([...greyed(row).data], [9, 76])
 *
 * @since 0.1.0
 */
export const greyed = ({ height, width, channels, data }: Pixels): Pixels => {
  const grey = new Uint8Array(height * width)
  for (let i = 0, at = 0; i < grey.length; i++, at += channels)
    grey[i] = Math.round((299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!) / 1000)
  return { height, width, channels: 1, data: grey }
}
