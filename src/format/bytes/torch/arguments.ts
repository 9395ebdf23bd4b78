/** Readers for the arguments of pickle instructions: numbers and text, within the available bytes. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { badLength, badPickle, type FormatError } from '../../FormatError.js'

/** Bytes, and the current position. */
export interface Cursor {
  readonly bytes: Uint8Array
  /** The part of the file that is read. */
  part: string
  at: number
}

export type Read<A> = (cursor: Cursor) => E.Either<FormatError, A>

export const take =
  (n: number): Read<Uint8Array> =>
  (cursor) => {
    const end = cursor.at + n
    if (end > cursor.bytes.length)
      return E.left(
        badLength(
          cursor.part,
          `${n} bytes at byte ${cursor.at}`,
          `${cursor.bytes.length - cursor.at}, then the end`,
          'fetch or write the file again'
        )
      )
    const found = cursor.bytes.subarray(cursor.at, end)
    cursor.at = end
    return E.right(found)
  }

const number =
  (n: number, read: (view: DataView) => number): Read<number> =>
  (cursor) =>
    pipe(
      take(n)(cursor),
      E.map((b) => read(new DataView(b.buffer, b.byteOffset, n)))
    )

export const uint8 = number(1, (v) => v.getUint8(0))
export const uint16 = number(2, (v) => v.getUint16(0, true))
export const uint32 = number(4, (v) => v.getUint32(0, true))
export const int32 = number(4, (v) => v.getInt32(0, true))
/** Inexact beyond 2^53, which is larger than any file. */
export const uint64 = number(8, (v) => Number(v.getBigUint64(0, true)))
export const float64 = number(8, (v) => v.getFloat64(0, false))

const decoder = /*#__PURE__*/ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decoded = (bytes: Uint8Array, { part, at }: Cursor): E.Either<FormatError, string> =>
  E.tryCatch(
    () => decoder.decode(bytes),
    () => badPickle(part, 'text in UTF-8', `other bytes before byte ${at}`, 'fetch or write the file again')
  )

/** Text preceded by its length. */
export const text =
  (length: Read<number>): Read<string> =>
  (cursor) =>
    pipe(
      length(cursor),
      E.chain((n) => take(n)(cursor)),
      E.chain((bytes) => decoded(bytes, cursor))
    )

/** Python 2's text, which need not be UTF-8. */
export const byteText =
  (length: Read<number>): Read<string> =>
  (cursor) =>
    pipe(
      length(cursor),
      E.chain((n) => take(n)(cursor)),
      E.map((bytes) =>
        pipe(
          decoded(bytes, cursor),
          E.getOrElse(() => new TextDecoder('latin1').decode(bytes))
        )
      )
    )

const line: Read<string> = (cursor) => {
  const end = cursor.bytes.indexOf(0x0a, cursor.at)
  return pipe(
    take((end < 0 ? cursor.bytes.length : end) + 1 - cursor.at)(cursor),
    E.chain((bytes) => decoded(bytes.subarray(0, -1), cursor))
  )
}

/** Module and name, on one line each. */
export const fullName: Read<string> = (cursor) =>
  pipe(
    line(cursor),
    E.chain((module) =>
      pipe(
        line(cursor),
        E.map((name) => `${module}.${name}`)
      )
    )
  )

/** Longer than any number in a checkpoint. */
const mostBytes = 1024

/** An integer in two's complement, preceded by its length in bytes. */
const integer =
  (length: Read<number>): Read<number | bigint> =>
  (cursor) =>
    pipe(
      length(cursor),
      E.filterOrElse(
        (n: number) => n <= mostBytes,
        (n): FormatError =>
          badPickle(cursor.part, `a number of at most ${mostBytes} bytes`, `${n}`, 'fetch or write the file again')
      ),
      E.chain((n) => take(n)(cursor)),
      E.map((bytes) => {
        const bits = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
        const value = BigInt.asIntN(8 * bytes.length, bits)
        return Number.isSafeInteger(Number(value)) ? Number(value) : value
      })
    )

export const long = integer(uint8)
export const longerLong = integer(uint32)
