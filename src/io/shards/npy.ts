/** The header of an array in NumPy's format (`.npy`): its type, its shape, and where its data begin. */

export interface NpyHeader {
  /** Such as `|u1` or `<i8`. */
  readonly type: string
  readonly shape: ReadonlyArray<number>
  readonly fortran: boolean
  /** Length of the header in bytes. */
  readonly length: number
}

const magic = '\u0093NUMPY'

/** Reads the header from the first bytes of an array; undefined for other bytes. */
export const npyHeader = (bytes: Uint8Array): NpyHeader | undefined => {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== magic) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [start, size] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)]
  const text = new TextDecoder().decode(bytes.subarray(start, start + size))
  const [, type] = /'descr': '([^']+)'/.exec(text) ?? []
  const [, shape] = /'shape': \(([^)]*)\)/.exec(text) ?? []
  if (type === undefined || shape === undefined) return undefined
  return {
    type,
    shape: shape.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)])),
    fortran: text.includes("'fortran_order': True"),
    length: start + size
  }
}

type Reader = (view: DataView, at: number) => number

const readers: Readonly<Record<string, readonly [bytes: number, read: Reader]>> = {
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  i8: [8, (view, at) => Number(view.getBigInt64(at, true))],
  u8: [8, (view, at) => Number(view.getBigUint64(at, true))],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)]
}

/** Bytes of one value of a little-endian type; undefined for other types, such as objects and texts. */
export const bytesOfType = (type: string): number | undefined =>
  type.startsWith('>') && !type.endsWith('1') ? undefined : readers[type.slice(1)]?.[0]

/** The values of an array's data; empty for types that `bytesOfType` does not know. */
export const npyValues = (type: string, data: Uint8Array): ReadonlyArray<number> => {
  const known = readers[type.slice(1)]
  if (known === undefined) return []
  const [size, read] = known
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Array.from({ length: Math.floor(data.length / size) }, (_, i) => read(view, i * size))
}
