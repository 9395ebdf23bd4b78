/**
 * `mapPoints`: the positions of an image's points after drawn transforms.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type Resize, scaledSides, scalingOf, sidesOf, type Size, type Transform } from '../index.js'
import { type ApplyOptions, mapOf, scaledFor } from './applyTransforms.js'
import type { Affine } from './nearestAffine.js'
import { dihedralSides, type Part, windowAt } from './place.js'
import { affine, after, identity, inverse, moved, type Projective } from './Projective.js'
import { resizedPart } from './resizedCrop.js'
import { noWork, stepsOf, worked } from './Work.js'

/**
 * A point in pixels: the centre of the first pixel is (0, 0).
 *
 * @category transforms
 * @since 0.1.0
 */
export interface Coordinates {
  readonly row: number
  readonly col: number
}

type Sides = readonly [height: number, width: number]

/** A map of points (x, y) in pixels, and the sides of the image it leads to. */
export interface PointMap {
  readonly sides: Sides
  readonly map: Projective
}

const along = ({ map }: PointMap, sides: Sides, next: Projective): PointMap => ({ sides, map: after(next, map) })

const shiftedBy = (x: number, y: number): Projective => affine(1, 0, x, 0, 1, y)

/** Scaling that treats pixels as areas, as Pillow does. */
const resized = (done: PointMap, [height, width]: Sides): PointMap => {
  const [h, w] = done.sides
  const [down, across] = [height / h, width / w]
  return along(done, [height, width], affine(across, 0, (across - 1) / 2, 0, down, (down - 1) / 2))
}

const paddedBy = (done: PointMap, pixels: number): PointMap => {
  const [height, width] = done.sides
  return along(done, [height + 2 * pixels, width + 2 * pixels], shiftedBy(pixels, pixels))
}

/** The inverse of a map that flattens the image, which has none: NaN for every point. */
const nowhere: Projective = [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN]

/** Sampling on a grid moved by a map; image and grid are aligned at the centres of their corner pixels. */
const sampledBy = (done: PointMap, map: Projective, sides: Sides): PointMap => {
  const [height, width] = done.sides
  const isStill = map.every((v, i) => v === identity[i]) && height === sides[0] && width === sides[1]
  if (isStill) return done
  const unit = (n: number): readonly [scale: number, offset: number] => (n === 1 ? [0, 0] : [2 / (n - 1), -1])
  const [[across, left], [down, top]] = [unit(width), unit(height)]
  const [right, bottom] = [(sides[1] - 1) / 2, (sides[0] - 1) / 2]
  const pixels = after(inverse(map) ?? nowhere, affine(across, 0, left, 0, down, top))
  return along(done, sides, after(affine(right, 0, right, 0, bottom, bottom), pixels))
}

const turnedBy = (done: PointMap, k: number): PointMap => {
  const [height, width] = done.sides
  const [x, right] = (k & 2) !== 0 ? [-1, width - 1] : [1, 0]
  const [y, bottom] = (k & 1) !== 0 ? [-1, height - 1] : [1, 0]
  const turn = (k & 4) !== 0 ? affine(0, y, bottom, x, 0, right) : affine(x, 0, right, 0, y, bottom)
  return along(done, dihedralSides(k, done.sides), turn)
}

const croppedTo = (done: PointMap, { top, left, height, width }: Part): PointMap =>
  along(done, [height, width], shiftedBy(-left, -top))

const movedBy = (done: PointMap, [a, b, c, d, e, f]: Affine): PointMap => {
  const back = inverse([a, b, c, d, e, f, 0, 0, 1]) ?? nowhere
  return along(done, done.sides, after(shiftedBy(-0.5, -0.5), after(back, shiftedBy(0.5, 0.5))))
}

/** Where a map takes a point; NaN for a point that a perspective puts behind the viewer. */
export const movedPoint = (map: Projective, { row, col }: Coordinates): Coordinates => {
  const [x, y] = map[6] * col + map[7] * row + map[8] > 0 ? moved(map, [col, row]) : [NaN, NaN]
  return { row: y, col: x }
}

/** The map of points from an original image to its decoded and scaled central part. */
export const decodedMap = (
  own: Sides,
  { size, resize }: { readonly size: O.Option<Size>; readonly resize: Resize }
): PointMap => {
  const start: PointMap = { sides: own, map: identity }
  if (O.isNone(size)) return start
  const { region, sides } = scalingOf(resize, size.value)(own)
  return resized(croppedTo(start, windowAt(own, region, { row: 0.5, col: 0.5 })), sides)
}

/** The map of points after drawn transforms, and the sides of their result. */
export const transformedMap = (
  transforms: ReadonlyArray<Transform.DrawnTransform>,
  options: ApplyOptions,
  start: PointMap
): PointMap => {
  const work = worked(transforms)
  const { crop, moved: turns, pads } = work
  const wanted = (sides: Sides): Sides => (O.isSome(options.size) ? sidesOf(options.size.value) : sides)
  const large = O.isSome(work.presize) ? resized(start, scaledSides('crop', work.presize.value)(start.sides)) : start
  const sides = scaledFor(work, options, large.sides)
  const padded =
    pads.length === 0
      ? large
      : pads.reduce((done, { pixels }) => paddedBy(done, pixels), sampledBy(large, mapOf(noWork, sides), sides))
  const grid = pads.length === 0 ? sides : padded.sides
  const turned = turns.reduce(turnedBy, sampledBy(padded, mapOf(work, grid), grid))
  const done =
    crop._tag === 'At'
      ? croppedTo(turned, windowAt(turned.sides, wanted(turned.sides), crop))
      : resized(croppedTo(turned, resizedPart(crop, turned.sides)), wanted(turned.sides))
  const [height, width] = done.sides
  const image = { height, width, channels: 1, data: new Uint8Array(0) }
  return stepsOf(work).reduce((all, step) => (step._tag === 'Move' ? movedBy(all, step.by(image)) : all), done)
}

/**
 * Returns the positions of points after drawn transforms, for an image of the given sides and the options with which it
 * is transformed. Points may end up outside the result. Jitter does not move points, because it moves each pixel
 * independently.
 *
 * @example
 * import { Transform } from 'graft-vision'
 * import { none } from 'fp-ts/lib/Option.js'
 *
 * const flip = Transform.mapPoints([{ _tag: 'FlipLr' }], { size: none, resize: 'crop' }, [10, 20])
 * assert.deepStrictEqual(flip([{ row: 3, col: 0 }]), [{ row: 3, col: 19 }])
 *
 * @category transforms
 * @since 0.1.0
 */
export const mapPoints = (
  transforms: ReadonlyArray<Transform.DrawnTransform>,
  options: ApplyOptions,
  sides: readonly [height: number, width: number]
): ((points: ReadonlyArray<Coordinates>) => ReadonlyArray<Coordinates>) => {
  const { map } = transformedMap(transforms, options, { sides, map: identity })
  return (points) => points.map((point) => movedPoint(map, point))
}
