/**
 * Points in annotations: COCO's keypoints with their visibility, and Label Studio's positions.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badTable, type DataError, someOf } from '../DataError.js'

/** The points of one object in an image, as in the file. */
export interface SaidPoints {
  /** The place in the file, for errors. */
  readonly place: string
  readonly names: unknown
  /** x, y and visibility of each point in turn; a visibility of 0 means that the point is not labelled. */
  readonly values: unknown
}

/** Positions of points in pixels, by name. */
export type PointsByName = ReadonlyMap<string, readonly [x: number, y: number]>

const isTexts = (u: unknown): u is ReadonlyArray<string> =>
  Array.isArray(u) && u.every((one) => typeof one === 'string')

const isNumbers = (u: unknown): u is ReadonlyArray<number> => Array.isArray(u) && u.every((one) => Number.isFinite(one))

const wrong = (place: string, expected: string, found: unknown): E.Either<DataError, never> =>
  E.left(badTable(place, expected, JSON.stringify(found)?.slice(0, 60) ?? 'nothing', 'correct it, or export again'))

const pointsOf = ({ place, names, values }: SaidPoints): E.Either<DataError, PointsByName> => {
  if (!isTexts(names) || names.length === 0) return wrong(place, 'a category with the names of its keypoints', names)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return wrong(place, 'each point once', `${twice} twice`)
  if (!isNumbers(values) || values.length !== 3 * names.length)
    return wrong(place, `${3 * names.length} keypoints: x, y and visibility of each`, values)
  const seen = names.flatMap((name, i): ReadonlyArray<readonly [string, readonly [number, number]]> => {
    const [x, y, visibility] = values.slice(3 * i, 3 * i + 3)
    return visibility === 0 ? [] : [[name, [x!, y!]]]
  })
  return E.right(new Map(seen))
}

/** The points of the only object in an image; objects without labelled points are ignored. */
export const pointsOfObjects = (
  image: string,
  objects: ReadonlyArray<SaidPoints>
): E.Either<DataError, PointsByName> => {
  const all = E.sequenceArray(objects.map(pointsOf))
  if (E.isLeft(all)) return all
  const [first = new Map<string, readonly [number, number]>(), ...others] = all.right.filter(({ size }) => size > 0)
  return others.length === 0
    ? E.right(first)
    : E.left(
        badTable(
          image,
          'one object with keypoints in each image',
          `${others.length + 1}: ${someOf(objects.map(({ place }) => place))}`,
          'crop each object to an image of its own, and subtract the corner of the crop from its points'
        )
      )
}
