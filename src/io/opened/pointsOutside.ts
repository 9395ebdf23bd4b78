/** Points outside their images: often x and y are swapped, or the images were scaled after they were annotated. */
import * as E from 'fp-ts/lib/Either.js'
import {
  dataError,
  dataWarning,
  someOf,
  type DataError,
  type DataSpec,
  type DataWarning,
  type Settled
} from '../../data/index.js'
import type { Looked } from './look.js'
import type { Sides } from './pairing.js'

/** The first point that is outside the image; points on its edges are inside. */
const outside = (
  names: ReadonlyArray<string>,
  xy: ReadonlyArray<number>,
  [height, width]: Sides
): string | undefined => {
  const isOut = (value: number, side: number): boolean => value < -0.5 || value > side - 0.5
  const i = names.findIndex((_, k) => isOut(xy[2 * k]!, width) || isOut(xy[2 * k + 1]!, height))
  return i === -1 ? undefined : `${names[i]!} (${xy[2 * i]!}, ${xy[2 * i + 1]!})`
}

/** A warning that names some of the images, or, with `strictly`, an error about the first. */
export const pointsOutside = (
  { strict }: DataSpec,
  root: string,
  { task, train, valid }: Pick<Settled, 'task' | 'train' | 'valid'>,
  { sides }: Pick<Looked, 'sides'>
): E.Either<DataError, ReadonlyArray<DataWarning>> => {
  if (task._tag !== 'Points') return E.right([])
  const found = [...train, ...valid].flatMap(({ file, target }) => {
    const its = sides.get(file)
    const point = its === undefined ? undefined : outside(task.names, [target].flat(), its)
    return its === undefined || point === undefined ? [] : [{ file, point, size: `${its[1]} x ${its[0]}` }]
  })
  const [first] = found
  if (first === undefined) return E.right([])
  const hint =
    'correct them, or leave them empty if they are not in the image; x is to the right, y down, both in pixels'
  return strict
    ? E.left(
        dataError.badTable(`${root}/${first.file}`, `points inside the image, ${first.size} pixels`, first.point, hint)
      )
    : E.right([
        dataWarning.pointsOutside(
          root,
          'points inside their images',
          `${found.length} with points outside, kept as they are: ${someOf(
            found.map(({ file, point, size }) => `${file} of ${size}: ${point}`),
            3
          )}`,
          hint
        )
      ])
}
