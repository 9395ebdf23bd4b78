/**
 * Masks overlaid on images.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../../data/index.js'
import { type Chart, chart, type ChartJson } from './Chart.js'

/**
 * The colour of a class, RGB in 0..255. Hues are a golden section apart, so that neighbouring indices differ and any
 * number of classes has colours.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * assert.deepStrictEqual(Draw.maskColour(0), [242, 61, 61])
 * assert.notDeepStrictEqual(Draw.maskColour(1), Draw.maskColour(2))
 *
 * @category overlays
 * @since 0.1.0
 */
export const maskColour = (index: number): readonly [red: number, green: number, blue: number] => {
  const hue = (index * 0.618_033_988_749_895) % 1
  // each group of eight classes is darker than the one before, four times
  const value = 0.95 - 0.15 * (Math.floor(index / 8) % 4)
  const at = (offset: number): number => {
    const k = (offset + hue * 6) % 6
    return Math.round(255 * value * (1 - 0.75 * Math.max(0, Math.min(k, 4 - k, 1))))
  }
  return [at(5), at(3), at(1)]
}

/**
 * Overlays a mask on an RGB image of the same size, each class in its `maskColour` with opacity `alpha` (0.5). Classes
 * in `skip` are not drawn. A mask of another size leaves the image unchanged.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const black = { height: 1, width: 2, channels: 3, data: new Uint8Array(6) }
 * const mask = { height: 1, width: 2, channels: 1, data: Uint8Array.of(0, 1) }
 * assert.deepStrictEqual([...Draw.overlayMask({ alpha: 1, skip: [0] })(mask)(black).data], [0, 0, 0, ...Draw.maskColour(1)])
 *
 * @category overlays
 * @since 0.1.0
 */
export const overlayMask =
  ({ alpha = 0.5, skip = [] }: { readonly alpha?: number; readonly skip?: ReadonlyArray<number> } = {}) =>
  (mask: Pixels) =>
  (picture: Pixels): Pixels => {
    if (mask.height !== picture.height || mask.width !== picture.width) return picture
    const colours = Array.from({ length: 256 }, (_, index) => maskColour(index))
    const data = Uint8Array.from(picture.data, (sample, i) => {
      const index = mask.data[Math.floor(i / 3) * mask.channels]!
      return skip.includes(index) ? sample : Math.round((1 - alpha) * sample + alpha * colours[index]![i % 3]!)
    })
    return { ...picture, data }
  }

/**
 * A legend of the colours of classes in masks and overlays.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const { spec } = Draw.maskLegend(['sky', 'road'])
 * assert.ok(JSON.stringify(spec).includes('sky'))
 *
 * @category overlays
 * @since 0.1.0
 */
export const maskLegend = (codes: ReadonlyArray<string>): Chart =>
  chart({
    data: {
      values: codes.map((code, index): ChartJson => ({ index, code, colour: `rgb(${maskColour(index).join()})` }))
    },
    height: { step: 22 },
    width: 22,
    encoding: { y: { field: 'index', type: 'ordinal', axis: null } },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 2 },
        encoding: { color: { field: 'colour', type: 'nominal', scale: null } }
      },
      { mark: { type: 'text', align: 'left', dx: 18, fontSize: 12 }, encoding: { text: { field: 'code' } } }
    ]
  })
