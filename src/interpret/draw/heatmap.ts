/**
 * Heat maps overlaid on images.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../../data/index.js'
import type { Plan } from '../../plan/index.js'

/**
 * A map of importance, `[height, width]`, on any scale.
 *
 * @category overlays
 * @since 0.1.0
 */
export interface Heatmap {
  readonly height: number
  readonly width: number
  readonly values: ArrayLike<number>
}

/**
 * Minimum number of cells for drawing a heat map, as fastai's `heatmap_thresh`.
 *
 * @category overlays
 * @since 0.1.0
 */
export const heatmapThreshold = 16

/**
 * Whether fastai draws heat maps for a model: a body with a head that starts with a pooling layer.
 *
 * @example
 * import { classification, cut, Draw, head, plan, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const planned = plan({ input: [3, 64, 64], task: classification(['cat', 'dog']) })(pipe(resnet18, cut, withHead(head())))
 * assert.deepStrictEqual(E.map(Draw.heatmapAllowed)(planned), E.right(true))
 *
 * @category overlays
 * @since 0.1.0
 */
export const heatmapAllowed = ({ layers }: Plan): boolean => {
  const first = layers.find(({ path }) => path.startsWith('head.'))?.layer._tag
  return first === 'AdaptiveConcatPool2d' || first === 'AdaptiveAvgPool2d'
}

/** Ten equidistant colours of matplotlib's magma (CC0), from lowest to highest. */
const magma = ['000004', '180f3e', '451077', '721f81', '9f2f7f', 'cd4071', 'f1605d', 'fd9567', 'fec98d', 'fcfdbf'].map(
  (hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16))
)

const colour = (share: number, channel: number): number => {
  const at = share * (magma.length - 1)
  const low = Math.min(magma.length - 2, Math.floor(at))
  const [from, to] = [magma[low]![channel]!, magma[low + 1]![channel]!]
  return from + (at - low) * (to - from)
}

/** The cells on either side of a position, and the weight of the second; cells stretch over the whole side. */
const between = (position: number, side: number, cells: number): readonly [number, number, number] => {
  const at = Math.min(cells - 1, Math.max(0, ((position + 0.5) * cells) / side - 0.5))
  const low = Math.floor(at)
  return [low, Math.min(cells - 1, low + 1), at - low]
}

/** The heat at each pixel of an image of these sides, in [0, 1], row by row. */
const heatOf =
  ({ height, width, values }: Heatmap) =>
  (tall: number, wide: number): Float64Array => {
    const all = Array.from(values)
    const low = Math.min(...all)
    const range = Math.max(...all) - low
    const share = (row: number, column: number): number => (range > 0 ? (all[row * width + column]! - low) / range : 0)
    const heat = new Float64Array(tall * wide)
    for (let y = 0; y < tall; y++) {
      const [top, bottom, down] = between(y, tall, height)
      for (let x = 0; x < wide; x++) {
        const [left, right, along] = between(x, wide, width)
        const upper = share(top, left) * (1 - along) + share(top, right) * along
        const lower = share(bottom, left) * (1 - along) + share(bottom, right) * along
        heat[y * wide + x] = upper * (1 - down) + lower * down
      }
    }
    return heat
  }

/**
 * A heat map as a layer over an image of these sides: magma colours, more opaque where there is more heat (RGBA).
 *
 * @example
 * import { heatmapLayer } from './index.js'
 *
 * const { data } = heatmapLayer([1, 2])({ height: 1, width: 2, values: [0, 1] })
 * assert.deepStrictEqual([data[3], data[7]], [0, 255])
 *
 * @since 0.1.0
 */
export const heatmapLayer =
  ([height, width]: readonly [height: number, width: number]) =>
  (map: Heatmap): Pixels => {
    const heat = heatOf(map)(height, width)
    const data = Uint8Array.from({ length: heat.length * 4 }, (_, at) => {
      const share = heat[at >> 2]!
      return Math.round((at & 3) === 3 ? 255 * share : colour(share, at & 3))
    })
    return { height, width, channels: 4, data }
  }

/**
 * Overlays a heat map on an RGB image: resized bilinearly, scaled from its minimum to its maximum, in magma. Opacity
 * increases with the value up to `alpha` (0.6), so that the image shows where the network did not look.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const white = { height: 2, width: 2, channels: 3, data: new Uint8Array(12).fill(255) }
 * const lit = Draw.overlayHeatmap({ alpha: 1 })({ height: 1, width: 2, values: [0, 3] })(white)
 * assert.deepStrictEqual([...lit.data.slice(0, 6)], [255, 255, 255, 252, 253, 191])
 *
 * @category overlays
 * @since 0.1.0
 */
export const overlayHeatmap =
  ({ alpha = 0.6 }: { readonly alpha?: number } = {}) =>
  (map: Heatmap) =>
  (picture: Pixels): Pixels => {
    const heats = heatOf(map)(picture.height, picture.width)
    const data = picture.data.map((sample, at) => {
      const heat = heats[Math.floor(at / 3)]!
      return Math.round((1 - alpha * heat) * sample + alpha * heat * colour(heat, at % 3))
    })
    return { ...picture, data }
  }
