/**
 * Tables as text: cells separated by delimiters, rows by line breaks, with quotes around cells that contain either (RFC
 * 4180).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badTable, type DataError } from '../DataError.js'
import { growing, type Indexed, listOf } from '../Indexed.js'

/** A row, and the line on which it begins, from 1. */
export interface Row {
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

/** The rows of a table. */
export type Rows = Indexed<Row>

/** How many different texts of a column are compared with others, so that equal ones, such as labels, are kept once. */
const repeated = 10_000

/** Keeps the cells of all rows in one list, and makes a row when it is asked for. */
export const storedRows = () => {
  const known: Array<Map<string, string>> = []
  const shared = (cell: string, column: number): string => {
    const its = (known[column] ??= new Map())
    const same = its.get(cell)
    if (same === undefined && its.size < repeated) its.set(cell, cell)
    return same ?? cell
  }
  const cells = growing<string>()
  const starts = growing<number>()
  const lines = growing<number>()
  const at = (i: number): Row => {
    const from = starts.at(i)
    const to = i + 1 < starts.length ? starts.at(i + 1) : cells.length
    const its = new Array<string>(to - from)
    for (let k = from; k < to; k++) its[k - from] = cells.at(k)
    return { line: lines.at(i), cells: its }
  }
  return {
    push: (line: number, of: ReadonlyArray<string>): void => {
      starts.push(cells.length)
      lines.push(line)
      of.forEach((cell, column) => cells.push(shared(cell, column)))
    },
    rows: (): Rows => ({ length: starts.length, at })
  }
}

/** Outside quotes, inside them, or right after a closing one. */
type Place = 'start' | 'plain' | 'quoted' | 'closed'

const refusedAt = (line: number, expected: string, found: string): E.Either<DataError, never> =>
  E.left(
    badTable(`line ${line}`, expected, found, 'put quotes around the whole value, and double the quotes inside it')
  )

const isBlank = (text: string): boolean => text.trim() === ''

/**
 * The rows of a table with their lines. Rows of empty cells are skipped, and spaces around quotes are ignored. An
 * unclosed quote, or text after a closing quote, is an error with its line.
 */
export const rowsOf = (text: string, delimiter: string): E.Either<DataError, Rows> => {
  const rows = storedRows()
  const content = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const cells: Array<string> = []
  let [place, line, begun]: [Place, number, number] = ['start', 1, 1]
  // the value is `taken`, and the content from `from` on unless its quote is closed
  let [taken, from] = ['', 0]
  const take = (end: number): void => {
    taken = taken === '' ? content.slice(from, end) : taken + content.slice(from, end)
  }
  const endValue = (end: number, next = end + 1): void => {
    if (place !== 'closed') take(end)
    cells.push(taken)
    ;[taken, from, place] = ['', next, 'start']
  }
  const endRow = (end: number): void => {
    endValue(end)
    if (!cells.every(isBlank)) rows.push(begun, cells)
    cells.length = 0
  }
  for (let i = 0; i < content.length; i++) {
    const c = content[i]!
    if (place === 'quoted') {
      if (c === '"') {
        take(i)
        place = 'closed'
      } else if (c === '\n') line++
    } else if (c === delimiter[0] && content.startsWith(delimiter, i)) endValue(i, i + delimiter.length)
    else if (c === '\n') {
      endRow(i)
      begun = ++line
    } else if (c === '"' && place === 'closed') [from, place] = [i, 'quoted']
    else if (c === '"' && isBlank(content.slice(from, i))) [from, place] = [i + 1, 'quoted']
    else if (place !== 'closed') place = 'plain'
    else if (!isBlank(c))
      return refusedAt(
        line,
        'a delimiter after a closing quote',
        JSON.stringify(String.fromCodePoint(content.codePointAt(i)!))
      )
  }
  if (place === 'quoted') return refusedAt(begun, 'a closing quote', 'the end of the table')
  endRow(content.length)
  return E.right(rows.rows())
}

/**
 * The rows of a table as lists of cells; empty lines are skipped. An unclosed quote, or text after a closing quote, is
 * an error with its line.
 *
 * @example
 * import { readCsv } from '../index.js'
 *
 * const rows = readCsv('file,tags\n"a, b.jpg","say ""hi"""\r\n\n')
 * assert.deepStrictEqual(rows, { _tag: 'Right', right: [['file', 'tags'], ['a, b.jpg', 'say "hi"']] })
 * assert.strictEqual(readCsv('"a')._tag, 'Left')
 *
 * @since 0.1.0
 */
export const readCsv = (text: string, delimiter = ','): E.Either<DataError, ReadonlyArray<ReadonlyArray<string>>> =>
  E.map(listOf(({ cells }: Row) => cells))(rowsOf(text, delimiter))
