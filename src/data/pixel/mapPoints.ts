/**
 * `mapPoints`: the positions of an image's points after drawn transforms.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { scaledSides, sidesOf, type Transform } from '../index.js'
import { type ApplyOptions, mapOf, scaledFor } from './applyTransforms.js'
import type { Affine } from './nearestAffine.js'
import { dihedralSides, type Part, windowAt } from './place.js'
import { type Projective, inverse, moved } from './Projective.js'
import { resizedPart } from './resizedCrop.js'
import { noWork, stepsOf, type Work, worked } from './Work.js'

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

/** A map of points, and the sides of its result. */
interface Journey {
  readonly sides: Sides
  readonly at: (point: Coordinates) => Coordinates
}

const along = (journey: Journey, sides: Sides, next: (point: Coordinates) => Coordinates): Journey => ({
  sides,
  at: (point) => next(journey.at(point))
})

/** Scaling with pixels as areas, as Pillow does it. */
const resized = (journey: Journey, [height, width]: Sides): Journey => {
  const [h, w] = journey.sides
  return along(journey, [height, width], ({ row, col }) => ({
    row: ((row + 0.5) * height) / h - 0.5,
    col: ((col + 0.5) * width) / w - 0.5
  }))
}

const paddedBy = (journey: Journey, pixels: number): Journey => {
  const [height, width] = journey.sides
  return along(journey, [height + 2 * pixels, width + 2 * pixels], ({ row, col }) => ({
    row: row + pixels,
    col: col + pixels
  }))
}

/** Sampling at the coordinates that a map gives a grid; edges of image and grid coincide at the centres of pixels. */
const sampledBy = (journey: Journey, map: Projective, sides: Sides): Journey => {
  const [height, width] = journey.sides
  const there = inverse(map)
  const unit = (pixel: number, n: number): number => (n === 1 ? 0 : (2 * pixel) / (n - 1) - 1)
  const pixel = (u: number, n: number): number => ((u + 1) / 2) * (n - 1)
  return along(journey, sides, ({ row, col }) => {
    // a map that flattens the image takes no point anywhere
    const [x, y] = there === null ? [Number.NaN, Number.NaN] : moved(there, [unit(col, width), unit(row, height)])
    return { row: pixel(y, sides[0]), col: pixel(x, sides[1]) }
  })
}

const turnedBy = (journey: Journey, k: number): Journey => {
  const [height, width] = journey.sides
  return along(journey, dihedralSides(k, journey.sides), ({ row, col }) => {
    const y = (k & 1) !== 0 ? height - 1 - row : row
    const x = (k & 2) !== 0 ? width - 1 - col : col
    return (k & 4) !== 0 ? { row: x, col: y } : { row: y, col: x }
  })
}

const croppedTo = (journey: Journey, { top, left, height, width }: Part): Journey =>
  along(journey, [height, width], ({ row, col }) => ({ row: row - top, col: col - left }))

const movedBy = (journey: Journey, [a, b, c, d, e, f]: Affine): Journey => {
  const there = inverse([a, b, c, d, e, f, 0, 0, 1])
  return along(journey, journey.sides, ({ row, col }) => {
    const [x, y] = there === null ? [Number.NaN, Number.NaN] : moved(there, [col + 0.5, row + 0.5])
    return { row: y - 0.5, col: x - 0.5 }
  })
}

const journeyOf = (work: Work, options: ApplyOptions, own: Sides): Journey => {
  const { crop, moved: turns, pads } = work
  const wanted = (sides: Sides): Sides => (O.isSome(options.size) ? sidesOf(options.size.value) : sides)
  const start: Journey = { sides: own, at: (point) => point }
  const large = O.isSome(work.presize) ? resized(start, scaledSides('crop', work.presize.value)(own)) : start
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
  return stepsOf(work).reduce((at, step) => (step._tag === 'Move' ? movedBy(at, step.by(image)) : at), done)
}

/**
 * Returns the positions of points after drawn transforms, for an image of the given sides and the options with which it
 * is transformed. Points may end outside of the result. Jitter does not move points, because it moves each pixel
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
  const { at } = journeyOf(worked(transforms), options, sides)
  return (points) => points.map(at)
}
