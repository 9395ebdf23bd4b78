/** Zip archives written byte by byte, as `numpy.savez` writes them. */
import { crc32, deflateRawSync } from 'node:zlib'

const half = (...values: ReadonlyArray<number>): Buffer => {
  const bytes = Buffer.alloc(2 * values.length)
  values.forEach((value, i) => bytes.writeUInt16LE(value, 2 * i))
  return bytes
}

const word = (...values: ReadonlyArray<number>): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i))
  return bytes
}

/** An archive of named contents, stored or deflated. */
export const zip = (members: Readonly<Record<string, Uint8Array>>, deflated = false): Buffer => {
  const parts: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let at = 0
  for (const [name, content] of Object.entries(members)) {
    const stored = deflated ? deflateRawSync(content) : Buffer.from(content)
    const facts = Buffer.concat([
      half(deflated ? 8 : 0, 0, 0),
      word(crc32(content), stored.length, content.length),
      half(name.length)
    ])
    const local = Buffer.concat([word(0x04034b50), half(20, 0), facts, half(0), Buffer.from(name), stored])
    directory.push(
      Buffer.concat([word(0x02014b50), half(20, 20, 0), facts, half(0, 0, 0, 0), word(0, at), Buffer.from(name)])
    )
    parts.push(local)
    at += local.length
  }
  const all = Buffer.concat(directory)
  const { length } = directory
  return Buffer.concat([...parts, all, word(0x06054b50), half(0, 0, length, length), word(all.length, at), half(0)])
}

/** An array in NumPy's format. */
export const npy = (type: string, shape: ReadonlyArray<number>, data: Uint8Array): Buffer => {
  const said = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const text = `${said.padEnd(64 * Math.ceil((said.length + 11) / 64) - 11)}\n`
  return Buffer.concat([Buffer.from('\u0093NUMPY\u0001\u0000', 'latin1'), half(text.length), Buffer.from(text), data])
}
