/**
 * From the bytes of a table to its rows: encoding and delimiter as given, or found.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Row, rowsOf } from './csv.js'
import { badTable, type DataError } from './DataError.js'

// -------------------------------------------------------------------------------------------------------------------
// encodings
// -------------------------------------------------------------------------------------------------------------------

const decoded = (bytes: Uint8Array, encoding: string): O.Option<string> =>
  O.tryCatch(() => new TextDecoder(encoding, { fatal: true }).decode(bytes))

/** Whether `TextDecoder` knows an encoding. */
export const isEncoding = (name: string): boolean => O.isSome(decoded(new Uint8Array(0), name))

/** The encoding that a byte order mark says. */
const marked = ([a, b]: Uint8Array): O.Option<string> =>
  a === 0xff && b === 0xfe ? O.some('utf-16le') : a === 0xfe && b === 0xff ? O.some('utf-16be') : O.none

/** UTF-16 without a mark shows as zeros at every other byte. */
const zeros = (bytes: Uint8Array): O.Option<string> => {
  const start = bytes.subarray(0, 1024)
  const of = (parity: number): number => start.filter((byte, i) => byte === 0 && i % 2 === parity).length
  return of(1) * 4 > start.length ? O.some('utf-16le') : of(0) * 4 > start.length ? O.some('utf-16be') : O.none
}

const lineWithout = (bytes: Uint8Array): { readonly line: number; readonly text: string } => {
  // each byte that is no UTF-8 shows as U+FFFD, which the table itself may hold: one in a line that does not decode
  const lines: Array<Uint8Array> = []
  for (let from = 0; from <= bytes.length;) {
    const end = bytes.indexOf(10, from)
    lines.push(bytes.subarray(from, end === -1 ? bytes.length : end))
    from = end === -1 ? bytes.length + 1 : end + 1
  }
  const at = lines.findIndex((line) => O.isNone(decoded(line, 'utf-8')))
  return { line: at + 1, text: O.getOrElse(() => '')(decoded(lines[Math.max(0, at)]!, 'latin1')).trim() }
}

const say = (encoding: string): string => `imageCsv(path, { encoding: '${encoding}' })`

/**
 * The characters of a table. Error: `BadTable` for bytes that are not of the encoding (UTF-8 unless given, or unless a byte order mark
 * says UTF-16), which names the one that they seem to be of.
 */
export const textOf =
  (at: string, encoding: O.Option<string>) =>
  (bytes: Uint8Array): E.Either<DataError, string> => {
    const name = pipe(
      encoding,
      O.alt(() => marked(bytes)),
      O.getOrElse(() => 'utf-8')
    )
    const unmarked = O.isNone(encoding) && O.isNone(marked(bytes)) ? zeros(bytes) : O.none
    if (O.isSome(unmarked))
      return E.left(
        badTable(
          at,
          'text in UTF-8',
          `what seems to be ${unmarked.value.toUpperCase()}`,
          `say so: ${say(unmarked.value)}`
        )
      )
    const text = decoded(bytes, name)
    if (O.isNone(text)) {
      const { line, text: otherwise } = lineWithout(bytes)
      return E.left(
        name === 'utf-8'
          ? badTable(
              `${at}: line ${line}`,
              'text in UTF-8',
              `bytes that are not; in Latin-1 they read ${JSON.stringify(otherwise)}`,
              `say the encoding if that is right: ${say('latin1')}; or save the table as UTF-8`
            )
          : badTable(at, `text in ${name}`, 'bytes that are not', 'name another encoding, or save the table as UTF-8')
      )
    }
    const zero = text.value.indexOf('\0')
    return zero === -1
      ? E.right(text.value)
      : E.left(
          badTable(
            `${at}: line ${text.value.slice(0, zero).split('\n').length}`,
            'text',
            'a zero byte',
            'check that the file is a table, and its encoding'
          )
        )
  }

// -------------------------------------------------------------------------------------------------------------------
// rows
// -------------------------------------------------------------------------------------------------------------------

/** The rows of a table, and what is between its columns. */
export interface TableText {
  readonly rows: ReadonlyArray<Row>
  readonly delimiter: string
}

const delimiters = [',', ';', '\t', '|'] as const

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

/** Takes the delimiter that is given, or else the one that divides the rows most evenly; a comma where none does. */
export const rowsIn =
  (at: string, delimiter: O.Option<string>, isKnown: (cell: string) => boolean) =>
  (text: string): E.Either<DataError, TableText> => {
    const read = (between: string): E.Either<DataError, TableText> =>
      pipe(
        rowsOf(text, between),
        E.bimap(
          (error) => ({ ...error, path: `${at}: ${error.path}` }),
          (rows) => ({ rows, delimiter: between })
        )
      )
    if (O.isSome(delimiter)) return read(delimiter.value)
    const fit = fitOf(isKnown)
    const [best] = delimiters
      .flatMap((between) => {
        const table = read(between)
        return E.isRight(table) ? [{ table, fit: fit(table.right.rows) }] : []
      })
      // stable: the earlier of equals stays first
      .sort((a, b) => b.fit - a.fit)
    return best === undefined || best.fit === 0 ? read(',') : best.table
  }
