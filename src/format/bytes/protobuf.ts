/** Protocol buffers: fields by number and wire type. */

/** A message: its pieces and their total length. It is written at the end, once. */
export interface Pieces {
  readonly length: number
  readonly parts: ReadonlyArray<Uint8Array | Pieces>
}

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

export const join = (parts: ReadonlyArray<Uint8Array | Pieces>): Pieces => ({
  length: parts.reduce((n, part) => n + part.length, 0),
  parts
})

const varintBytes = (value: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  // a negative int64 takes ten bytes of two's complement
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  out.push(Number(rest))
  return out
}

const singles = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value))

export const varint = (value: number): Uint8Array => singles[value] ?? Uint8Array.from(varintBytes(value))

const tag = (field: number, wire: number): Uint8Array => varint(field * 8 + wire)

export const int = (field: number, value: number): Pieces => join([tag(field, VARINT), varint(value)])

export const message = (field: number, body: Uint8Array | Pieces): Pieces =>
  join([tag(field, LENGTH_DELIMITED), varint(body.length), body])

const encoder = new TextEncoder()

export const text = (field: number, value: string): Pieces => message(field, encoder.encode(value))

export const floatBytes = (values: ReadonlyArray<number>): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((v, i) => view.setFloat32(4 * i, v, true))
  return new Uint8Array(view.buffer)
}

export const doubleBytes = (values: ReadonlyArray<number>): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((v, i) => view.setFloat64(8 * i, v, true))
  return new Uint8Array(view.buffer)
}

export const float = (field: number, value: number): Pieces => join([tag(field, FIXED32), floatBytes([value])])

export const double = (field: number, value: number): Pieces => join([tag(field, FIXED64), doubleBytes([value])])

/** A key and a value, as messages of string pairs have them. */
export const entry = (key: string, value: string): Pieces => join([text(1, key), text(2, value)])

export const texts = (field: number, values: ReadonlyArray<string>): ReadonlyArray<Pieces> =>
  values.map((v) => text(field, v))

const writeInto = (out: Uint8Array, { parts }: Pieces, start: number): number => {
  let at = start
  for (const part of parts)
    if (part instanceof Uint8Array) {
      out.set(part, at)
      at += part.length
    } else at = writeInto(out, part, at)
  return at
}

/** The bytes of a message. */
export const written = (whole: Pieces): Uint8Array => {
  const out = new Uint8Array(whole.length)
  writeInto(out, whole, 0)
  return out
}
