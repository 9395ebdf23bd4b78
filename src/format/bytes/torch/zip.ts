/**
 * The parts of a zip without compression, as torch writes it: end record, directory, and a header before each part
 * (PKWARE's application note 6.3, with the 64-bit records). Parts are views of the file, so they cannot expand to more
 * than it contains.
 */
import * as E from 'fp-ts/lib/Either.js'
import { badLength, badZip, type FormatError } from '../../FormatError.js'

type Parts = ReadonlyMap<string, Uint8Array>

const signatures = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, entry: 0x02014b50, local: 0x04034b50 }
const endSize = 22
const longestComment = 0xffff
/** Marks a number that is stored in 64 bits elsewhere. */
const in64 = 0xffffffff
const again = 'fetch or write the file again'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Inexact beyond 2^53, which is larger than any file. */
const uint64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

interface Directory {
  readonly entries: number
  readonly size: number
  readonly at: number
}

const endAt = (view: DataView): number | null => {
  const last = view.byteLength - endSize
  for (let at = last; at >= Math.max(0, last - longestComment); at--)
    if (view.getUint32(at, true) === signatures.end && at + endSize + view.getUint16(at + 20, true) === view.byteLength)
      return at
  return null
}

const directoryOf = (view: DataView): E.Either<FormatError, Directory> => {
  const end = endAt(view)
  if (end === null)
    return E.left(badLength('end of the zip', 'the record that ends a zip', 'none: the file was cut off', again))
  const small = {
    entries: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    at: view.getUint32(end + 16, true)
  }
  const locator = end - 20
  const is64 = locator >= 0 && view.getUint32(locator, true) === signatures.locator64
  const end64 = is64 ? uint64(view, locator + 8) : 0
  if (is64 && (end64 + 56 > locator || view.getUint32(end64, true) !== signatures.end64))
    return E.left(badZip('end of the zip', 'a 64-bit end record', 'none where it should be', again))
  const found = is64
    ? { entries: uint64(view, end64 + 32), size: uint64(view, end64 + 40), at: uint64(view, end64 + 48) }
    : small
  return found.at + found.size <= (is64 ? end64 : end)
    ? E.right(found)
    : E.left(badZip('directory of the zip', 'a directory before its end record', `byte ${found.at}`, again))
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly encrypted: boolean
  readonly crc: number
  readonly size: number
  readonly packed: number
  readonly at: number
  /** Length of the entry itself. */
  readonly length: number
}

const nameDecoder = /*#__PURE__*/ new TextDecoder()

/** Size, packed size and offset, from the 64-bit field if the 32-bit ones say so. */
const wide = (
  view: DataView,
  from: number,
  to: number,
  small: readonly [number, number, number]
): ReadonlyArray<number> => {
  for (let at = from; at + 4 <= to;) {
    const [tag, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)]
    if (tag === 1) {
      let next = at + 4
      return small.map((value) => {
        if (value !== in64 || next + 8 > Math.min(to, at + 4 + length)) return value
        next += 8
        return uint64(view, next - 8)
      })
    }
    at += 4 + length
  }
  return small
}

const entryAt = (view: DataView, at: number, end: number): Entry | null => {
  if (at + 46 > end || view.getUint32(at, true) !== signatures.entry) return null
  const [name, extra, comment] = [28, 30, 32].map((i) => view.getUint16(at + i, true)) as [number, number, number]
  const length = 46 + name + extra + comment
  if (at + length > end) return null
  const extraAt = at + 46 + name
  const [size, packed, place] = wide(view, extraAt, extraAt + extra, [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true)
  ])
  return {
    name: nameDecoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, name)),
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    size: size!,
    packed: packed!,
    at: place!,
    length
  }
}

const crcTable = /*#__PURE__*/ Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** CRC-32 (ISO 3309), as used in zip files. */
export const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

const partOf = (view: DataView, { name, method, encrypted, crc, size, packed, at }: Entry, end: number) => {
  if (method !== 0 || encrypted || packed !== size)
    return E.left(
      badZip(
        name,
        'a part that is stored as it is',
        'compressed or encrypted',
        'write it again with torch.save, which does not compress'
      )
    )
  const start =
    at + 30 <= end && view.getUint32(at, true) === signatures.local
      ? at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
      : Infinity
  if (start + size > end) return E.left(badZip(name, `${size} bytes before the directory`, 'no such place', again))
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, size)
  return crc32(bytes) === crc
    ? E.right(bytes)
    : E.left(badZip(name, 'the bytes that match its checksum', 'others', again))
}

/** The entries of the directory, in order. */
const entriesIn = (view: DataView, { entries, size, at: begin }: Directory): E.Either<FormatError, Array<Entry>> => {
  const found: Array<Entry> = []
  let [at, left] = [begin, begin]
  const names = new Set<string>()
  for (let n = 0; n < entries; n++) {
    const entry = entryAt(view, at, begin + size)
    if (entry === null) return E.left(badZip('directory of the zip', `${entries} entries`, `${n}`, again))
    if (names.has(entry.name)) return E.left(badZip(entry.name, 'parts with different names', 'two', again))
    left -= entry.packed
    if (left < 0) return E.left(badZip(entry.name, 'parts that have bytes of their own', 'overlapping ones', again))
    names.add(entry.name)
    found.push(entry)
    at += entry.length
  }
  return E.right(found)
}

/** The parts by name. Names rejected by `refused` are reported before anything wrong with a part. */
export const partsOf = (
  bytes: Uint8Array,
  refused: (names: ReadonlyArray<string>) => FormatError | null = () => null
): E.Either<FormatError, Parts> => {
  const view = viewOf(bytes)
  if (view.byteLength < endSize) return E.left(badLength('end of the zip', 'a whole zip', 'its beginning', again))
  const directory = directoryOf(view)
  if (E.isLeft(directory)) return directory
  const entries = entriesIn(view, directory.right)
  if (E.isLeft(entries)) return entries
  const other = refused(entries.right.map(({ name }) => name))
  if (other !== null) return E.left(other)
  const parts = new Map<string, Uint8Array>()
  for (const entry of entries.right) {
    const part = partOf(view, entry, directory.right.at)
    if (E.isLeft(part)) return part
    parts.set(entry.name, part.right)
  }
  return E.right(parts)
}
