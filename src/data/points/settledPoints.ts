/**
 * Targets of images with points: the requested points, in the requested order.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError, noImages, someOf } from '../DataError.js'
import type { Labelled } from '../folders/Arrangement.js'
import { type Settled, targetedAs } from '../settle.js'
import { points } from '../Task.js'
import { type NamePair, sidePairs, swapMistake } from './NamePair.js'

/** The points of a source, and which of them are wanted. */
export interface PointsSaid {
  /** The place of the source, for errors. */
  readonly at: string
  readonly names: ReadonlyArray<string>
  /** The points to predict; default: all. */
  readonly wanted: O.Option<ReadonlyArray<string>>
  readonly swap: O.Option<ReadonlyArray<NamePair>>
}

/**
 * The targets of labelled images; `xyOf` returns x and y of each of the source's points in pixels, NaN for missing ones.
 * Errors: unknown points and pairs (`BadSpec`), and training images without any points (`NoImages`).
 */
export const settledPoints = <L extends Labelled>(
  { at, names, wanted, swap }: PointsSaid,
  train: ReadonlyArray<L>,
  valid: ReadonlyArray<L>,
  xyOf: (item: L) => ReadonlyArray<number>
): E.Either<DataError, Settled> => {
  const own = O.getOrElse(() => names)(wanted)
  const unknown = own.filter((name) => !names.includes(name))
  if (own.length === 0 || unknown.length > 0 || new Set(own).size < own.length)
    return E.left(
      badSpec(
        'data.source.classes',
        `different points among ${someOf(names, 10)}`,
        unknown.length > 0 ? someOf(unknown) : own.length === 0 ? 'none' : someOf(own),
        'correct the names, or leave them out for all points'
      )
    )
  const pairs = O.getOrElse(() => sidePairs(own))(swap)
  const wrong = swapMistake('data.source.swap', own, pairs)
  if (wrong !== undefined) return E.left(wrong)
  const places = own.map((name) => names.indexOf(name))
  const items = (all: ReadonlyArray<L>) =>
    all.map((item) => {
      const xy = xyOf(item)
      return targetedAs(
        item,
        places.flatMap((i) => [xy[2 * i]!, xy[2 * i + 1]!])
      )
    })
  const settled = { task: points(own, { swap: pairs }), train: items(train), valid: items(valid), warnings: [] }
  return settled.train.some(({ target }) => [target].flat().some(Number.isFinite))
    ? E.right(settled)
    : E.left(noImages(at, 'training images with points', 'none that has one', 'check the columns of points'))
}
