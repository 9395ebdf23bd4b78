/**
 * The rows of a table's text, with a given or an inferred delimiter, without comments.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Row, type Rows, rowsOf } from './csv.js'
import type { DataError } from '../DataError.js'
import { indexWhere, pickIndexed, placesWhere } from '../Indexed.js'

/** The rows of a table, and the delimiter of its columns. */
export interface TableText {
  readonly rows: Rows
  readonly delimiter: string
  /** Number of lines that begin with `#`, which are left out. */
  readonly comments: number
}

const delimiters = [',', ';', '\t', '|'] as const

/** The line that Excel writes above a table to give the delimiter. */
const excelsLine = /^\uFEFF?"?sep=(.)"?(?=[\r\n]|$)/i

const isComment = ({ cells }: Row): boolean => /^\s*#/.test(cells[0] ?? '')

/**
 * Rows without comments. A `#` before column names is not a comment: the next row has as many cells and names an image.
 */
const uncommented = (rows: Rows, isKnown: (cell: string) => boolean): Rows => {
  const isRow = (row: Row): boolean => !isComment(row) || isKnown(row.cells[0]!)
  const next = indexWhere(rows, isRow)
  const [head, first] = next < 1 ? [] : [rows.at(next - 1), rows.at(next)]
  const places = placesWhere(rows, isRow)
  const body = places.length === rows.length ? rows : pickIndexed(places, rows)
  if (head?.cells.length !== first?.cells.length || first?.cells.some(isKnown) !== true) return body
  const names = { ...head!, cells: head!.cells.map((cell, i) => (i === 0 ? cell.replace(/^\s*#+\s*/, '') : cell)) }
  return { length: body.length + 1, at: (i) => (i === 0 ? names : body.at(i - 1)) }
}

const startOfRows = ({ length, at }: Rows): ReadonlyArray<Row> =>
  Array.from({ length: Math.min(200, length) }, (_, i) => at(i))

/**
 * How well a delimiter fits: the number of rows with as many cells as the first (at least two), and the number of rows
 * with a known cell.
 */
const fitOf =
  (isKnown: (cell: string) => boolean) =>
  (rows: Rows): number => {
    const some = startOfRows(rows)
    const width = some[0]?.cells.length ?? 0
    if (width < 2) return 0
    const even = some.filter(({ cells }) => cells.length === width).length
    const known = some.filter(({ cells }) => cells.some(isKnown)).length
    return (even + known) / some.length
  }

/** Length of the start by which delimiters are compared. */
const enough = 2 ** 20

/** Whole lines at the start of a long text. */
const startOf = (text: string): string =>
  text.length <= enough ? text : text.slice(0, text.lastIndexOf('\n', enough) + 1) || text

/**
 * Splits text into rows, by the given delimiter, by that of Excel's first line, or by the one that divides rows most
 * evenly; by spaces if nothing else fits, and by commas if not even those do.
 */
export const rowsIn =
  (at: string, delimiter: O.Option<string>, isKnown: (cell: string) => boolean) =>
  (text: string): E.Either<DataError, TableText> => {
    const [line, excels] = excelsLine.exec(text) ?? []
    // the line's end is kept, so that line numbers stay right
    const content = line === undefined ? text : text.slice(line.length)
    const read = (between: string, of = content): E.Either<DataError, TableText> =>
      pipe(
        rowsOf(between === ' ' ? of.replace(/^ +| +(?= |$)/gm, '') : of, between),
        E.bimap(
          (error) => ({ ...error, path: `${at}: ${error.path}` }),
          (all) => {
            const rows = uncommented(all, isKnown)
            return { rows, delimiter: between, comments: all.length - rows.length }
          }
        )
      )
    const given = O.alt(() => O.fromNullable(excels))(delimiter)
    if (O.isSome(given)) return read(given.value)
    const fit = fitOf(isKnown)
    const sample = startOf(content)
    const among = (candidates: ReadonlyArray<string>) =>
      candidates
        .flatMap((between) => {
          const table = read(between, sample)
          return E.isRight(table) ? [{ between, fit: fit(table.right.rows) }] : []
        })
        // the sort is stable: of equals, the earlier stays first
        .sort((a, b) => b.fit - a.fit)[0]
    const best = among(delimiters)
    if (best !== undefined && best.fit > 0) return read(best.between)
    // names and labels may contain spaces, so spaces must divide rows evenly, each with a file
    const spaced = among([' '])
    return spaced !== undefined && spaced.fit > 1.5 ? read(' ') : read(',')
  }
