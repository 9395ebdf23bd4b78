/**
 * Decoding the bytes of a table, in a given or an inferred encoding.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { badTable, type DataError } from '../DataError.js'

const decoded = (bytes: Uint8Array, encoding: string): O.Option<string> =>
  O.tryCatch(() => new TextDecoder(encoding, { fatal: true }).decode(bytes))

/** Returns whether `TextDecoder` supports an encoding. */
export const isEncoding = (name: string): boolean => O.isSome(decoded(new Uint8Array(0), name))

/** The encoding of a byte order mark. */
const marked = ([a, b, c, d]: Uint8Array): O.Option<string> =>
  (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)
    ? O.some('utf-32')
    : a === 0xff && b === 0xfe
      ? O.some('utf-16le')
      : a === 0xfe && b === 0xff
        ? O.some('utf-16be')
        : O.none

/** In UTF-16 without a byte order mark every other byte is often 0, in UTF-32 three of four. */
const zeros = (bytes: Uint8Array): O.Option<string> => {
  const start = bytes.subarray(0, 1024)
  const of = (parity: number): number => start.filter((byte, i) => byte === 0 && i % 2 === parity).length
  const [even, odd] = [of(0) * 4, of(1) * 4]
  return even > start.length || odd > start.length
    ? O.some(even > start.length / 2 && odd > start.length / 2 ? 'utf-32' : odd > even ? 'utf-16le' : 'utf-16be')
    : O.none
}

const lineWithout = (bytes: Uint8Array): { readonly line: number; readonly of: Uint8Array } => {
  // an invalid byte decodes to U+FFFD, which the table may contain itself, so decode each line
  const lines: Array<Uint8Array> = []
  for (let from = 0; from <= bytes.length;) {
    const end = bytes.indexOf(10, from)
    lines.push(bytes.subarray(from, end === -1 ? bytes.length : end))
    from = end === -1 ? bytes.length + 1 : end + 1
  }
  const at = lines.findIndex((line) => O.isNone(decoded(line, 'utf-8')))
  return { line: at + 1, of: lines[Math.max(0, at)]! }
}

const candidates = ['latin1', 'shift_jis', 'gb18030', 'euc-kr', 'big5', 'euc-jp', 'windows-1251'] as const

/** Text that no language contains: mixed scripts in a word, rows of accented letters, symbols among letters. */
const unlikely =
  /[a-z][^\0-\u024f]|[^\0-\u024f][a-z]|[\u00c0-\u024f]{3,}|[\uff61-\uff9f]|[^\0-\u007f\p{L}\p{M}\u3000-\u30ff]/giu

const say = (encoding: string): string => `imageCsv(path, { encoding: '${encoding}' })`

/** The error for bytes that are not UTF-8; shows how likely encodings would decode them. */
const otherThanUtf8 = (at: string, bytes: Uint8Array): DataError => {
  const { line, of } = lineWithout(bytes)
  const readings = candidates
    .flatMap((encoding) => {
      const [all, text] = [decoded(bytes, encoding), decoded(of, encoding)]
      if (O.isNone(all) || O.isNone(text)) return []
      const odd = all.value.match(unlikely)?.length ?? 0
      return [{ encoding, odd, text: JSON.stringify(text.value.trim()) }]
    })
    // the sort is stable: of equals, the earlier stays first
    .sort((a, b) => a.odd - b.odd)
  const [first] = readings
  return badTable(
    `${at}: line ${line}`,
    'text in UTF-8',
    first === undefined
      ? 'other bytes'
      : `other bytes; read as ${readings.map(({ encoding, text }) => `${encoding}: ${text}`).join(', ')}`,
    first === undefined
      ? 'save the table as UTF-8'
      : `save the table as UTF-8, or name the right encoding: ${say(first.encoding)}`
  )
}

/**
 * Decodes a table, as UTF-8 unless an encoding is given or a byte order mark says UTF-16. Error: `BadTable` for bytes
 * invalid in the encoding; it shows how likely encodings would decode them.
 */
export const textOf =
  (at: string, encoding: O.Option<string>) =>
  (bytes: Uint8Array): E.Either<DataError, string> => {
    if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
      return E.left(badTable(at, 'a table as text', 'a zip archive, as Excel saves workbooks', 'save the table as CSV'))
    const mark = marked(bytes)
    const name = pipe(
      encoding,
      O.alt(() => mark),
      O.getOrElse(() => 'utf-8')
    )
    const unmarked = O.isNone(encoding) && O.isNone(mark) ? zeros(bytes) : O.none
    if (name === 'utf-32' || O.exists((one) => one === 'utf-32')(unmarked))
      return E.left(badTable(at, 'text in UTF-8', 'text in UTF-32', 'save the table as UTF-8'))
    if (O.isSome(unmarked))
      return E.left(
        badTable(
          at,
          'text in UTF-8',
          `what seems to be ${unmarked.value.toUpperCase()}`,
          `save the table as UTF-8, or name the encoding: ${say(unmarked.value)}`
        )
      )
    const text = decoded(bytes, name)
    if (O.isNone(text))
      return E.left(
        name === 'utf-8'
          ? otherThanUtf8(at, bytes)
          : badTable(at, `text in ${name}`, 'other bytes', 'name another encoding, or save the table as UTF-8')
      )
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
