/** The directory of a zip archive: where its members lie, so that they can be read without unpacking all. */
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, type DataError } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'

export interface ZipMember {
  readonly name: string
  readonly deflated: boolean
  /** Position and length of the content as stored. */
  readonly from: number
  readonly length: number
}

const endSize = 22
const longestEnd = endSize + 65_535
const unknown32 = 0xffffffff

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const signatureAt = (view: DataView, at: number): number => (at + 4 <= view.byteLength ? view.getUint32(at, true) : 0)

/** The 64-bit values of an entry, which stand in its extra field where those of 32 bits do not suffice. */
const longValues = (extra: DataView): ReadonlyArray<number> => {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true))
    if (extra.getUint16(at, true) === 1)
      return Array.from({ length: Math.floor(extra.getUint16(at + 2, true) / 8) }, (_, i) =>
        Number(extra.getBigUint64(at + 4 + 8 * i, true))
      )
  return []
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly length: number
  readonly header: number
}

const entriesOf = (bytes: Uint8Array): ReadonlyArray<Entry> => {
  const view = viewOf(bytes)
  const entries: Array<Entry> = []
  for (let at = 0; signatureAt(view, at) === 0x02014b50;) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number
    ]
    const long = [...longValues(new DataView(view.buffer, view.byteOffset + at + 46 + name, extra))]
    // in this order, and only those that do not fit
    const [, length, header] = [24, 20, 42].map((offset) => {
      const short = view.getUint32(at + offset, true)
      return short === unknown32 ? (long.shift() ?? short) : short
    }) as [number, number, number]
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)),
      method: view.getUint16(at + 10, true),
      length,
      header
    })
    at += 46 + name + extra + comment
  }
  return entries
}

/** The members of an archive that are stored or deflated. Error: `BadTable` for other files. */
export const zipMembers =
  (path: string) =>
  ({ files }: HasFiles): TE.TaskEither<DataError | IoError, ReadonlyArray<ZipMember>> =>
  async () => {
    const damaged = (found: string): E.Either<DataError, never> =>
      E.left(dataError.badTable(path, 'a zip archive (.npz)', found, 'write the file again'))
    const stat = await files.stat(path)()
    if (E.isLeft(stat)) return stat
    const size = stat.right.bytes
    const tail = await files.readRange(path, Math.max(0, size - longestEnd), Math.min(size, longestEnd))()
    if (E.isLeft(tail)) return tail
    const view = viewOf(tail.right)
    let end = tail.right.length - endSize
    while (end >= 0 && signatureAt(view, end) !== 0x06054b50) end--
    if (end < 0) return damaged('a file without the directory of one')
    let [length, from] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)]
    if (from === unknown32 && signatureAt(view, end - 20) === 0x07064b50) {
      const long = await files.readRange(path, Number(view.getBigUint64(end - 12, true)), 56)()
      if (E.isLeft(long)) return long
      if (long.right.length < 56) return damaged('an end that is cut off')
      ;[length, from] = [40, 48].map((at) => Number(viewOf(long.right).getBigUint64(at, true))) as [number, number]
    }
    const directory = await files.readRange(path, from, length)()
    if (E.isLeft(directory)) return directory
    if (directory.right.length < length) return damaged('a directory that is cut off')
    const members: Array<ZipMember> = []
    for (const { name, method, length: stored, header } of entriesOf(directory.right)) {
      const local = await files.readRange(path, header, 30)()
      if (E.isLeft(local)) return local
      if (local.right.length < 30 || signatureAt(viewOf(local.right), 0) !== 0x04034b50)
        return damaged(`no member at byte ${header}, where ${name} should be`)
      if (method !== 0 && method !== 8) return damaged(`${name}, compressed by method ${method}`)
      const skip = viewOf(local.right).getUint16(26, true) + viewOf(local.right).getUint16(28, true)
      members.push({ name, deflated: method === 8, from: header + 30 + skip, length: stored })
    }
    return E.right(members)
  }
