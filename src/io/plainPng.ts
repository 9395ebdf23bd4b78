/**
 * Small plain PNGs (8 bits, grey or RGB, not interlaced, no palette, transparency or profile) without the detour through
 * the thread pool, which costs ten times as much as decoding them. Whatever is not exactly that, or damaged in any
 * way, is answered by undefined and left to the picture library, so that there is one judge of what is an error.
 * Format: PNG (Portable Network Graphics) Specification, Third Edition, W3C.
 */
import { inflateSync } from 'node:zlib'
import type { Pixels } from '../data/index.js'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Chunks that do not change what the samples mean. */
const harmless = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'gAMA', 'cHRM', 'sRGB', 'bKGD'])

const crcTable = /*#__PURE__*/ Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

const crc = (bytes: Uint8Array): number => {
  let c = 0xffffffff
  for (let i = 0; i < bytes.length; i++) c = crcTable[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

interface Parts {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly packed: ReadonlyArray<Uint8Array>
}

const partsOf = (bytes: Uint8Array): Parts | undefined => {
  if (signature.some((byte, i) => bytes[i] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packed: Array<Uint8Array> = []
  let header: Omit<Parts, 'packed'> | undefined
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const end = at + 8 + length
    if (end + 4 > bytes.length || crc(bytes.subarray(at + 4, end)) !== view.getUint32(end)) return undefined
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (kind === 'IHDR') {
      const [depth, colour, ...methods] = bytes.subarray(at + 16, at + 21)
      if (header !== undefined || length !== 13 || depth !== 8 || methods.some((method) => method !== 0))
        return undefined
      if (colour !== 0 && colour !== 2) return undefined
      header = { width: view.getUint32(at + 8), height: view.getUint32(at + 12), channels: colour === 0 ? 1 : 3 }
    } else if (header === undefined) return undefined
    else if (kind === 'IDAT') packed.push(bytes.subarray(at + 8, end))
    else if (kind === 'IEND') return packed.length > 0 ? { ...header, packed } : undefined
    else if (!harmless.has(kind)) return undefined
    at = end + 4
  }
  return undefined
}

const paeth = (a: number, b: number, c: number): number => {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** Undoes each row's filter in place; undefined for a filter that there is none of. */
const unfilter = (rows: Uint8Array, height: number, stride: number, step: number): Uint8Array | undefined => {
  const samples = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)]!
    if (filter > 4) return undefined
    const from = y * (stride + 1) + 1
    const to = y * stride
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? samples[to + x - step]! : 0
      const up = y > 0 ? samples[to + x - stride]! : 0
      const upLeft = x >= step && y > 0 ? samples[to + x - stride - step]! : 0
      const guess =
        filter === 0
          ? 0
          : filter === 1
            ? left
            : filter === 2
              ? up
              : filter === 3
                ? (left + up) >> 1
                : paeth(left, up, upLeft)
      samples[to + x] = rows[from + x]! + guess
    }
  }
  return samples
}

const inflated = (packed: ReadonlyArray<Uint8Array>, size: number): Uint8Array | undefined => {
  try {
    const rows = inflateSync(packed.length === 1 ? packed[0]! : Buffer.concat(packed), { maxOutputLength: size })
    return rows.length === size ? rows : undefined
  } catch {
    // Damaged or longer than it says: the picture library will say so.
    return undefined
  }
}

/** More samples than this are better decoded beside the main thread. */
const small = 64 * 1024

export const decodePlainPng = (bytes: Uint8Array): Pixels | undefined => {
  const parts = partsOf(bytes)
  if (parts === undefined) return undefined
  const { height, width, channels, packed } = parts
  const stride = width * channels
  if (height * stride === 0 || height * stride > small) return undefined
  const rows = inflated(packed, height * (stride + 1))
  const samples = rows && unfilter(rows, height, stride, channels)
  return samples && { height, width, channels, data: samples }
}
