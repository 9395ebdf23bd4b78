/** Archives written byte by byte, so that they can hold what no honest program writes. */
import { gzipSync } from 'node:zlib'

export interface Entry {
  readonly name: string
  /** tar's one-letter kinds: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 pipe. */
  readonly kind?: string
  readonly content?: Uint8Array | string
  readonly link?: string
  /** What the header claims, when that is a lie. */
  readonly size?: number
}

const block = 512

const header = ({ name, kind = '0', link = '', size = 0 }: Entry): Buffer => {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, width: number) =>
    bytes.write(value.toString(8).padStart(width - 1, '0'), at)
  bytes.write(name, 0, 100)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  bytes.write(' '.repeat(8), 148)
  bytes.write(kind, 156)
  bytes.write(link, 157, 100)
  bytes.write('ustar\0' + '00', 257)
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7
  )
  return bytes
}

export const plainTarball = (entries: ReadonlyArray<Entry>): Buffer => {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '')
    const padding = Buffer.alloc((block - (content.length % block)) % block)
    return [header({ ...entry, size: entry.size ?? content.length }), content, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

export const tarball = (entries: ReadonlyArray<Entry>): Buffer => gzipSync(plainTarball(entries))
