/**
 * Tables as text: values between delimiters, rows on lines, quotes around what holds either (RFC 4180).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badValue, type FormatErrors } from './FormatError.js'

/** Outside quotes, inside them, or right after a closing one. */
type Place = 'start' | 'plain' | 'quoted' | 'closed'

const refusedAt = (line: number, expected: string, found: string): E.Either<FormatErrors, never> =>
  E.left([badValue(`line ${line}`, expected, found, 'put quotes around the whole value, and double those within')])

/**
 * The rows of a table, each a list of values; empty lines are none. A quote that is not closed, or that something
 * follows, is an error with its line.
 *
 * @example
 * import { readCsv } from 'graft-vision'
 *
 * const rows = readCsv('file,tags\n"a, b.jpg","say ""hi"""\r\n\n')
 * assert.deepStrictEqual(rows, { _tag: 'Right', right: [['file', 'tags'], ['a, b.jpg', 'say "hi"']] })
 * assert.strictEqual(readCsv('"a')._tag, 'Left')
 *
 * @since 0.1.0
 */
export const readCsv = (
  text: string,
  delimiter = ','
): E.Either<FormatErrors, ReadonlyArray<ReadonlyArray<string>>> => {
  const rows: Array<ReadonlyArray<string>> = []
  let row: Array<string> = []
  let [value, place, line]: [string, Place, number] = ['', 'start', 1]
  const endValue = (): void => {
    row.push(value)
    ;[value, place] = ['', 'start']
  }
  const endRow = (): void => {
    const blank = row.length === 0 && place === 'start'
    endValue()
    if (!blank) rows.push(row)
    row = []
  }
  const content = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  for (const c of content) {
    if (place === 'quoted') {
      if (c === '"') place = 'closed'
      else value += c
      if (c === '\n') line++
    } else if (c === delimiter) endValue()
    else if (c === '\n') {
      endRow()
      line++
    } else if (c === '"' && place === 'closed') {
      value += c
      place = 'quoted'
    } else if (c === '"' && place === 'start') place = 'quoted'
    else if (place === 'closed') return refusedAt(line, 'a delimiter after a closing quote', JSON.stringify(c))
    else {
      value += c
      place = 'plain'
    }
  }
  if (place === 'quoted') return refusedAt(line, 'a closing quote', 'the end of the table')
  endRow()
  return E.right(rows)
}
