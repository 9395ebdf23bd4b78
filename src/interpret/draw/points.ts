/**
 * Points marked in images.
 *
 * @since 0.1.0
 */
import type { Pixels } from '../../data/index.js'
import { maskColour } from './masks.js'

/**
 * How points are marked: as filled circles, or as rings, which leave the image visible. `radius` is in pixels; default:
 * 1.5 % of the longer side, at least 1.
 *
 * @category overlays
 * @since 0.1.0
 */
export interface PointMarks {
  /** Default `disc`. */
  readonly mark?: 'disc' | 'ring'
  readonly radius?: number
}

/**
 * Marks points, given as x and y of each in turn, in an RGB image, each in its `maskColour` with a dark edge. Missing
 * points (NaN) are not drawn. To compare predictions with targets, mark the targets as rings.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const black = { height: 9, width: 9, channels: 3, data: new Uint8Array(9 * 9 * 3) }
 * const marked = Draw.overlayPoints([4, 4, NaN, NaN])(black)
 * assert.deepStrictEqual([...marked.data.subarray(3 * 40, 3 * 41)], [...Draw.maskColour(0)])
 *
 * @category overlays
 * @since 0.1.0
 */
export const overlayPoints =
  (xy: ArrayLike<number>, { mark = 'disc', radius }: PointMarks = {}) =>
  (picture: Pixels): Pixels => {
    const { height, width, channels } = picture
    if (channels !== 3) return picture
    const reach = radius ?? Math.max(1, 0.015 * Math.max(height, width))
    const thin = Math.max(0.5, reach / 3)
    const data = picture.data.slice()
    for (let i = 0; 2 * i + 1 < xy.length; i++) {
      const [x, y] = [xy[2 * i]!, xy[2 * i + 1]!]
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue
      const colour = maskColour(i)
      const most = reach + thin
      for (let row = Math.max(0, Math.ceil(y - most)); row <= Math.min(height - 1, y + most); row++)
        for (let col = Math.max(0, Math.ceil(x - most)); col <= Math.min(width - 1, x + most); col++) {
          const distance = Math.hypot(col - x, row - y)
          if (distance > most || (mark === 'ring' && distance < reach - thin)) continue
          data.set(distance > reach ? [0, 0, 0] : colour, 3 * (row * width + col))
        }
    }
    return { ...picture, data }
  }
