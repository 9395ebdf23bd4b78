/**
 * From the characters of a table to its rows: delimiter as given, or found; comments aside.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Row, rowsOf } from './csv.js'
import type { DataError } from './DataError.js'

/** The rows of a table, and what is between its columns. */
export interface TableText {
  readonly rows: ReadonlyArray<Row>
  readonly delimiter: string
  /** Lines that begin with `#`, left out. */
  readonly comments: number
}

const delimiters = [',', ';', '\t', '|'] as const

/** What Excel writes above a table to say what is between its columns. */
const excelsLine = /^\uFEFF?"?sep=(.)"?(?=[\r\n]|$)/i

const isComment = ({ cells }: Row): boolean => /^\s*#/.test(cells[0] ?? '')

/**
 * Rows without comments. A `#` before the names of columns makes them no comment: they are as many as the cells of the
 * next row, which names an image.
 */
const uncommented = (rows: ReadonlyArray<Row>, isKnown: (cell: string) => boolean): ReadonlyArray<Row> => {
  const isRow = (row: Row): boolean => !isComment(row) || isKnown(row.cells[0]!)
  const next = rows.findIndex(isRow)
  const [head, first] = [rows[next - 1], rows[next]]
  const body = rows.filter(isRow)
  return head !== undefined &&
    first !== undefined &&
    head.cells.length === first.cells.length &&
    first.cells.some(isKnown)
    ? [{ ...head, cells: head.cells.map((cell, i) => (i === 0 ? cell.replace(/^\s*#+\s*/, '') : cell)) }, ...body]
    : body
}

/** How well a delimiter fits: rows of as many cells as the first, of at least two, and rows with a cell that is known. */
const fitOf =
  (isKnown: (cell: string) => boolean) =>
  (rows: ReadonlyArray<Row>): number => {
    const some = rows.slice(0, 200)
    const width = some[0]?.cells.length ?? 0
    if (width < 2) return 0
    const even = some.filter(({ cells }) => cells.length === width).length
    const known = some.filter(({ cells }) => cells.some(isKnown)).length
    return (even + known) / some.length
  }

/**
 * Takes the delimiter that is given, or that Excel's first line names, or else the one that divides the rows most evenly; a
 * space where no other does, and a comma where none does.
 */
export const rowsIn =
  (at: string, delimiter: O.Option<string>, isKnown: (cell: string) => boolean) =>
  (text: string): E.Either<DataError, TableText> => {
    const [line, excels] = excelsLine.exec(text) ?? []
    // its end stays, so that lines keep their numbers
    const content = line === undefined ? text : text.slice(line.length)
    const read = (between: string): E.Either<DataError, TableText> =>
      pipe(
        rowsOf(between === ' ' ? content.replace(/^ +| +(?= |$)/gm, '') : content, between),
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
    const among = (candidates: ReadonlyArray<string>) =>
      candidates
        .flatMap((between) => {
          const table = read(between)
          return E.isRight(table) ? [{ table, fit: fit(table.right.rows) }] : []
        })
        // stable: the earlier of equals stays first
        .sort((a, b) => b.fit - a.fit)[0]
    const best = among(delimiters)
    if (best !== undefined && best.fit > 0) return best.table
    // names and labels may hold spaces: rows that fall apart evenly, all with a file, are divided by them
    const spaced = among([' '])
    return spaced !== undefined && spaced.fit > 1.5 ? spaced.table : read(',')
  }
