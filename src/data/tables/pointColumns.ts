/**
 * The columns of points in a table: x and y of each, and its name.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { badTable, type DataError, someOf } from '../DataError.js'
import { isMissing, isNumber } from './tableCells.js'

/** A column's axis and the name of its point. */
interface AxisColumn {
  readonly axis: 'x' | 'y'
  readonly name: string
}

/** `nose_x`, `nose x`, `noseX`; `x_nose`; `x1`; `x`. */
const forms: ReadonlyArray<readonly [pattern: RegExp, axis: number, name: number]> = [
  [/^(.*\S)[-_ .:/]+([xy])$/i, 2, 1],
  [/^([xy])[-_ .:/]+(\S.*)$/i, 1, 2],
  [/^([xy])(\d+)$/i, 1, 2],
  [/^(.*[a-z\d])([XY])$/, 2, 1],
  [/^([xy])$/i, 1, 0]
]

const axisOf = (column: string): AxisColumn | undefined => {
  for (const [pattern, axis, name] of forms) {
    const match = pattern.exec(column.trim())
    if (match === null) continue
    return {
      axis: match[axis]!.toLowerCase() as AxisColumn['axis'],
      name: name === 0 ? 'point' : match[name]!.trim().normalize('NFC')
    }
  }
  return undefined
}

/** The indices in `names` of the x and y columns of each point, in the order of the x columns. */
export const pointColumnsIn = (
  names: ReadonlyArray<string>,
  among: ReadonlyArray<number>
): ReadonlyArray<readonly [x: number, y: number]> => {
  const axes = among.flatMap((i) => {
    const axis = axisOf(names[i]!)
    return axis === undefined ? [] : [{ ...axis, i }]
  })
  return axes.flatMap(({ axis, name, i }) => {
    const its = axes.filter((other) => other.name === name)
    const y = its.find((other) => other.axis === 'y')
    return axis === 'x' && its.length === 2 && y !== undefined ? [[i, y.i]] : []
  })
}

/**
 * Of columns that could hold labels, those that are x and y of a point by their names and are numeric; empty unless the first
 * column, which is taken for the label, is among them.
 */
export const coordinatesAmong = (
  names: ReadonlyArray<string>,
  columns: ReadonlyArray<number>,
  isNumeric: (column: number) => boolean
): ReadonlyArray<number> => {
  const pairs = pointColumnsIn(names, columns).filter((pair) => pair.every(isNumeric))
  return pairs.some((pair) => pair.includes(columns[0]!)) ? pairs.flat() : []
}

/** The names of points, from the names of their columns, x and y in turn; points without a name there are numbered from 1. */
export const pointNames = (columns: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = columns
    .filter((_, i) => i % 2 === 0)
    .map((x, i) => {
      const [one, other] = [axisOf(x), axisOf(columns[2 * i + 1] ?? '')]
      return one?.name === other?.name ? one?.name : undefined
    })
  return names.map((name, i) => (name !== undefined && names.indexOf(name) === i ? name : String(i + 1)))
}

/** Returns the columns of points; an error if there are none, or an odd number. */
export const pairedColumns = (
  at: string,
  names: ReadonlyArray<string>,
  columns: ReadonlyArray<number>,
  call: string
): E.Either<DataError, ReadonlyArray<number>> =>
  columns.length > 0 && columns.length % 2 === 0
    ? E.right(columns)
    : E.left(
        badTable(
          at,
          'two columns for each point, such as nose_x and nose_y',
          columns.length === 0 ? `columns ${someOf(names)}` : `${columns.length} columns`,
          `name the columns, x and y of each point in turn: ${call}`
        )
      )

/** The first mistake in a row's coordinates, x and y in turn: both must be numbers, or both empty. */
export const wrongPoint = (
  cells: ReadonlyArray<string>
): O.Option<{ readonly column: number; readonly expected: string; readonly hint: string }> => {
  for (const [column, cell] of cells.entries()) {
    const other = cells[column % 2 === 0 ? column + 1 : column - 1] ?? ''
    if (/^\s*\[/.test(cell))
      return O.some({
        column,
        expected: 'as many coordinates as in other rows',
        hint: 'complete the list, or write null'
      })
    if (isMissing(cell) && !isMissing(other) && isNumber(other))
      return O.some({
        column,
        expected: 'both coordinates of a point, or neither',
        hint: 'complete the row, or leave out both for a point that is not in the image'
      })
    if (!isMissing(cell) && !isNumber(cell))
      return O.some({ column, expected: 'a finite number', hint: 'write pixels, or nothing for a missing point' })
  }
  return O.none
}
