/**
 * The checksum of a saved learner's header and tensors, so that an edited file is an error. It detects accidents, not
 * deliberate changes.
 */
import { createHash } from 'node:crypto'
import { endianness } from 'node:os'
import type { StateTensor } from '../weights/adaptation.js'

/** Little-endian, as in the file. */
const bytesOf = ({ data }: StateTensor): Uint8Array => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()
}

/** SHA-256, hexadecimal. */
export const checksum = (said: unknown, tensors: ReadonlyMap<string, StateTensor>): string => {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))
  const hash = createHash('sha256').update(JSON.stringify([said, sorted.map(([key, { shape }]) => [key, shape])]))
  for (const [, tensor] of sorted) hash.update(bytesOf(tensor))
  return hash.digest('hex')
}
