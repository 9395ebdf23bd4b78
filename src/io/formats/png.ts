/**
 * PNG as stored in the file: samples of any depth and palette indices, without conversion. sharp expands palettes and
 * small depths, which masks cannot tolerate, and its thread pool costs ten times as much as decoding a small image
 * here. Format: PNG (Portable Network Graphics) Specification, Third Edition, W3C.
 */
import { crc32, inflateSync } from 'node:zlib'
import { checkSides, type StoredImage } from './StoredImage.js'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte)

/** Number of channels by colour type. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const depthsOf: Readonly<Record<number, ReadonlyArray<number>>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}

interface Header {
  readonly height: number
  readonly width: number
  readonly depth: number
  readonly colour: number
  readonly channels: number
  readonly interlaced: boolean
}

interface Parts extends Header {
  readonly packed: ReadonlyArray<Uint8Array>
  readonly palette: Uint8Array | undefined
  readonly kinds: ReadonlySet<string>
}

const headerIn = (data: Uint8Array): Header => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const [depth, colour, compression, filter, interlace] = data.subarray(8, 13)
  const known = data.length === 13 && depthsOf[colour!]?.includes(depth!) === true
  if (!known || compression !== 0 || filter !== 0 || interlace! > 1) throw new Error('an invalid PNG header')
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  checkSides(height, width)
  return { height, width, depth: depth!, colour: colour!, channels: channelsOf[colour!]!, interlaced: interlace === 1 }
}

/** Chunks after the samples may be missing; other readers do not require them either. */
const partsOf = (bytes: Uint8Array): Parts => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packed: Array<Uint8Array> = []
  const kinds = new Set<string>()
  let header: Header | undefined
  let palette: Uint8Array | undefined
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at)
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (end + 4 > bytes.length) throw new Error(`the file ends inside a chunk (${kind})`)
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) throw new Error(`a damaged chunk (${kind})`)
    const data = bytes.subarray(at + 8, end)
    kinds.add(kind)
    if (kind === 'IHDR') header ??= headerIn(data)
    else if (kind === 'PLTE') palette = data
    else if (kind === 'IDAT') packed.push(data)
    else if (kind === 'IEND') break
    at = end + 4
  }
  if (header === undefined || packed.length === 0) throw new Error('the file ends before its pixels do')
  if (header.colour === 3 && palette === undefined) throw new Error('indices without a palette')
  return { ...header, packed, palette: header.colour === 3 ? palette : undefined, kinds }
}

const paeth = (a: number, b: number, c: number): number => {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** Reverses each row's filter; `step` is the number of bytes per pixel, at least 1. */
const unfiltered = (rows: Uint8Array, height: number, stride: number, step: number): Uint8Array => {
  const bytes = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)]!
    if (filter > 4) throw new Error(`a row's filter of ${filter}`)
    const from = y * (stride + 1) + 1
    const to = y * stride
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? bytes[to + x - step]! : 0
      const up = y > 0 ? bytes[to + x - stride]! : 0
      const upLeft = x >= step && y > 0 ? bytes[to + x - stride - step]! : 0
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
      bytes[to + x] = rows[from + x]! + guess
    }
  }
  return bytes
}

type Pass = readonly [top: number, left: number, down: number, across: number]

/** All pixels at once, or the seven passes of Adam7, by start and step. */
const passes = (interlaced: boolean): ReadonlyArray<Pass> =>
  interlaced
    ? [
        [0, 0, 8, 8],
        [0, 4, 8, 8],
        [4, 0, 8, 4],
        [0, 2, 4, 4],
        [2, 0, 4, 2],
        [0, 1, 2, 2],
        [1, 0, 2, 1]
      ]
    : [[0, 0, 1, 1]]

interface Piece {
  readonly pass: Pass
  readonly height: number
  readonly width: number
  readonly stride: number
}

const piecesOf = ({ height, width, depth, channels, interlaced }: Header): ReadonlyArray<Piece> =>
  passes(interlaced)
    .map((pass) => {
      const [top, left, down, across] = pass
      const [h, w] = [Math.ceil((height - top) / down), Math.ceil((width - left) / across)]
      return { pass, height: h, width: w, stride: Math.ceil((w * channels * depth) / 8) }
    })
    .filter((piece) => piece.height > 0 && piece.width > 0)

/** Puts the samples of a pass in their places. */
const placed = (
  { pass: [top, left, down, across], height, width, stride }: Piece,
  bytes: Uint8Array,
  { depth, channels, width: whole }: Header,
  into: Uint8Array | Uint16Array
): void => {
  const low = (1 << depth) - 1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const i = x * channels + c
        const at = y * stride + ((i * depth) >> 3)
        into[((top + y * down) * whole + left + x * across) * channels + c] =
          depth === 8
            ? bytes[at]!
            : depth === 16
              ? (bytes[at]! << 8) | bytes[at + 1]!
              : (bytes[at]! >> (8 - depth - ((i * depth) & 7))) & low
      }
}

const samplesOf = (parts: Parts): StoredImage['data'] => {
  const { height, width, depth, channels, packed, interlaced } = parts
  const pieces = piecesOf(parts)
  const size = pieces.reduce((sum, piece) => sum + piece.height * (piece.stride + 1), 0)
  const rows = inflateSync(packed.length === 1 ? packed[0]! : Buffer.concat(packed), { maxOutputLength: size })
  if (rows.length < size) throw new Error('the file ends before its pixels do')
  const step = Math.max(1, (channels * depth) >> 3)
  if (!interlaced && depth === 8) return unfiltered(rows, height, width * channels, step)
  const count = height * width * channels
  const samples = depth === 16 ? new Uint16Array(count) : new Uint8Array(count)
  let at = 0
  for (const piece of pieces) {
    const end = at + piece.height * (piece.stride + 1)
    placed(piece, unfiltered(rows.subarray(at, end), piece.height, piece.stride, step), parts, samples)
    at = end
  }
  return samples
}

/** A palette may be shorter than the range of indices; missing colours are black. */
const wholePalette = (palette: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(3 * 256)
  whole.set(palette.subarray(0, whole.length))
  return whole
}

const stored = (parts: Parts): StoredImage => ({
  height: parts.height,
  width: parts.width,
  channels: parts.channels,
  data: samplesOf(parts),
  white: (1 << parts.depth) - 1,
  deep: parts.depth === 16,
  ...(parts.palette === undefined ? {} : { palette: wholePalette(parts.palette) })
})

/** The samples of any PNG. Throws for damaged files. */
export const readPng = (bytes: Uint8Array): StoredImage => stored(partsOf(bytes))

/** Chunks that change neither the meaning of samples nor the orientation. */
const harmless = new Set([
  'IHDR',
  'IDAT',
  'IEND',
  'tEXt',
  'zTXt',
  'iTXt',
  'tIME',
  'pHYs',
  'gAMA',
  'cHRM',
  'sRGB',
  'bKGD'
])

/** Above this number of samples, decoding is better done off the main thread. */
const small = 64 * 1024

/**
 * A small 8-bit PNG, grey or RGB, without palette, transparency, profile or orientation. Undefined for anything else
 * and for damaged files, which are left to sharp, so that errors have one source.
 */
export const readPlainPng = (bytes: Uint8Array): StoredImage | undefined => {
  // the header is the first chunk, so most other files are recognised at once
  if (!isPng(bytes) || bytes[24] !== 8 || (bytes[25] !== 0 && bytes[25] !== 2) || bytes[28] !== 0) return undefined
  try {
    const parts = partsOf(bytes)
    const plain = parts.kinds.has('IEND') && [...parts.kinds].every((kind) => harmless.has(kind))
    return plain && parts.height * parts.width * parts.channels <= small ? stored(parts) : undefined
  } catch {
    return undefined
  }
}
