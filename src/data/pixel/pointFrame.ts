/**
 * `PointFrame`: the map between the network's coordinates and the pixels of the original image, for points in both
 * directions.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { mirroredOrder, type Points, type Resize, type Size, type Transform } from '../index.js'
import { decodedMap, movedPoint, transformedMap } from './mapPoints.js'
import { affine, after, inverse, type Projective } from './Projective.js'

/**
 * A 3 x 3 matrix, row by row: a projective map from the network's coordinates, from -1 to 1 between the edges of its input,
 * to pixels (x, y) of the original image; the centre of the first pixel is (0, 0).
 *
 * @category transforms
 * @since 0.1.0
 */
export type PointFrame = readonly [number, number, number, number, number, number, number, number, number]

type Sides = readonly [height: number, width: number]

/** How an image was prepared for the network. */
export interface Seen {
  /** The sides of the original image, upright. */
  readonly own: Sides
  /** How it is scaled when it is decoded. */
  readonly decoded: { readonly size: O.Option<Size>; readonly resize: Resize }
  readonly transforms: ReadonlyArray<Transform.DrawnTransform>
  /** The network's sides, and how images are resized to them. */
  readonly sides: Sides
  readonly resize: Resize
}

/**
 * The frame of an image that was decoded, transformed and cropped.
 *
 * @example
 * import { framedPoints, pointFrame } from './index.js'
 * import { points } from 'graft-vision'
 * import { none } from 'fp-ts/lib/Option.js'
 *
 * const decoded = { size: none, resize: 'crop' } as const
 * const frame = pointFrame({ own: [10, 20], decoded, transforms: [{ _tag: 'FlipLr' }], sides: [10, 20], resize: 'crop' })
 * const task = points(['left', 'right'])
 * if (task._tag !== 'Points') throw new Error('it is')
 * // in the mirrored image, the left one is where the right one was
 * const found = framedPoints(task, frame)([0, 0, 19, 0])
 * assert.deepStrictEqual(found.map((value) => Math.round(100 * value)), [-95, -90, 95, -90])
 *
 * @since 0.1.0
 */
export const pointFrame = ({ own, decoded, transforms, sides, resize }: Seen): PointFrame => {
  const options = { size: O.some(sides), resize }
  const { map, sides: last } = transformedMap(transforms, options, decodedMap(own, decoded))
  const [height, width] = last
  const unit = affine(2 / width, 0, 1 / width - 1, 0, 2 / height, 1 / height - 1)
  return inverse(after(unit, map)) ?? [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN]
}

const determinant = ([a, b, c, d, e, f, g, h, i]: Projective): number =>
  a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

/** Whether the image is mirrored; turns alone do not mirror. */
const isMirrored = (frame: PointFrame): boolean => determinant(frame) < 0

/** Moves points given as x and y in turn; NaN for a point that is missing, or not in front of the viewer. */
const movedAll = (map: Projective, xy: ArrayLike<number>, n: number): ReadonlyArray<readonly [x: number, y: number]> =>
  Array.from({ length: n }, (_, i) => {
    const { row, col } = movedPoint(map, { row: xy[2 * i + 1]!, col: xy[2 * i]! })
    return Number.isFinite(row) && Number.isFinite(col) ? [col, row] : [NaN, NaN]
  })

const reordered =
  (task: Points, frame: PointFrame) =>
  <A>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
    isMirrored(frame) ? mirroredOrder(task).map((i) => all[i]!) : all

/**
 * Takes points in pixels of the original image, x and y in turn, to targets in the network's coordinates; if the image is
 * mirrored, the names of each pair are exchanged. NaN stands for a missing point. Points outside the network's input are
 * beyond -1 or 1.
 */
export const framedPoints =
  (task: Points, frame: PointFrame) =>
  (pixels: ArrayLike<number>): ReadonlyArray<number> => {
    const map = inverse(frame)
    const all = map === null ? [] : movedAll(map, pixels, task.names.length)
    return task.names.length === all.length
      ? reordered(task, frame)(all).flat().map(Math.fround)
      : task.names.flatMap(() => [NaN, NaN])
  }

/** The inverse of `framedPoints`: the network's outputs as points in pixels of the original image. */
export const unframedPoints =
  (task: Points, frame: PointFrame) =>
  (outputs: ArrayLike<number>): ReadonlyArray<number> =>
    reordered(task, frame)(movedAll(frame, outputs, task.names.length)).flat()
