/**
 * BMP with every header, depth and run-length encoding. libvips as shipped with sharp does not read BMP, and no
 * maintained package supports palettes, run lengths and top-down rows. Format: Microsoft's "Bitmap Storage" and
 * [MS-WMF] 2.2.2.
 */
import { checkSides, type StoredImage } from './StoredImage.js'

interface Header {
  readonly height: number
  readonly width: number
  readonly topDown: boolean
  readonly bits: number
  readonly compression: number
  /** Position, number of colours and bytes per colour of the palette. */
  readonly palette: { readonly at: number; readonly colours: number; readonly bytes: number }
  readonly pixels: number
  /** Bit masks of red, green and blue, for 16 and 32 bits. */
  readonly masks: readonly [number, number, number]
}

const RLE8 = 1
const RLE4 = 2
const BITFIELDS = 3
const ALPHABITFIELDS = 6

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length > 26

const usualMasks = (bits: number): Header['masks'] => (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff])

const headerOf = (view: DataView): Header => {
  const pixels = view.getUint32(10, true)
  const size = view.getUint32(14, true)
  // OS/2's first header has 16-bit sides and a palette with three bytes per colour
  if (size === 12) {
    const bits = view.getUint16(24, true)
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      topDown: false,
      bits,
      compression: 0,
      palette: { at: 26, colours: bits <= 8 ? 1 << bits : 0, bytes: 3 },
      pixels,
      masks: usualMasks(bits)
    }
  }
  const height = view.getInt32(22, true)
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  const named = compression === BITFIELDS || compression === ALPHABITFIELDS
  const used = view.getUint32(46, true)
  return {
    width: view.getInt32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    palette: { at: 14 + size, colours: bits > 8 ? 0 : used === 0 ? 1 << bits : Math.min(used, 256), bytes: 4 },
    pixels,
    masks: named ? [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)] : usualMasks(bits)
  }
}

const paletteOf = (bytes: Uint8Array, { palette: { at, colours, bytes: each } }: Header): Uint8Array => {
  const palette = new Uint8Array(3 * 256)
  for (let i = 0; i < colours; i++) for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[at + i * each + 2 - c] ?? 0
  return palette
}

const rowOf = ({ height, topDown }: Header, y: number): number => (topDown ? y : height - 1 - y)

const cutShort = 'the file ends before its pixels do'

/** The rows of an uncompressed image, each padded to a multiple of four bytes. */
const rowsOf = (bytes: Uint8Array, header: Header): { readonly stride: number; readonly start: number } => {
  const stride = 4 * Math.ceil((header.width * header.bits) / 32)
  if (header.pixels + stride * header.height > bytes.length + 3) throw new Error(cutShort)
  return { stride, start: header.pixels }
}

const indices = (bytes: Uint8Array, header: Header): Uint8Array => {
  const { height, width, bits } = header
  const { stride, start } = rowsOf(bytes, header)
  const data = new Uint8Array(height * width)
  const low = (1 << bits) - 1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * bits
      data[rowOf(header, y) * width + x] = (bytes[start + y * stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & low
    }
  return data
}

/** Runs of one index (or two alternating 4-bit ones), literal indices, and jumps; skipped pixels are index 0. */
const runs = (bytes: Uint8Array, header: Header): Uint8Array => {
  const { height, width, compression } = header
  const data = new Uint8Array(height * width)
  const nibbles = compression === RLE4
  let [at, x, y] = [header.pixels, 0, 0]
  const next = (): number => {
    if (at >= bytes.length) throw new Error(cutShort)
    return bytes[at++]!
  }
  const put = (index: number): void => {
    if (x < width && y < height) data[rowOf(header, y) * width + x] = index
    x += 1
  }
  const half = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15)
  while (y < height) {
    const count = next()
    const code = next()
    if (count > 0) for (let i = 0; i < count; i++) put(nibbles ? half(code, i) : code)
    else if (code === 0) [x, y] = [0, y + 1]
    else if (code === 1) break
    else if (code === 2) [x, y] = [x + next(), y + next()]
    else {
      const length = nibbles ? Math.ceil(code / 2) : code
      let byte = 0
      for (let i = 0; i < code; i++) {
        if (!nibbles || i % 2 === 0) byte = next()
        put(nibbles ? half(byte, i) : byte)
      }
      at += length % 2
    }
  }
  return data
}

/** The part of a pixel under a mask, as 8 bits. */
const channelUnder = (mask: number): ((pixel: number) => number) => {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (pixel) => Math.floor((255 * ((pixel & mask) >>> shift)) / most)
}

const colours = (bytes: Uint8Array, header: Header): Uint8Array => {
  const { height, width, bits } = header
  const { stride, start } = rowsOf(bytes, header)
  const data = new Uint8Array(3 * height * width)
  const channels = header.masks.map(channelUnder)
  const each = bits / 8
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = start + y * stride + x * each
      let pixel = 0
      for (let k = 0; k < each; k++) pixel |= (bytes[from + k] ?? 0) << (8 * k)
      const to = 3 * (rowOf(header, y) * width + x)
      for (let c = 0; c < 3; c++) data[to + c] = channels[c]!(pixel)
    }
  return data
}

/** A BMP's samples: palette indices up to 8 bits, otherwise RGB; alpha is dropped. Throws for damaged files. */
export const readBmp = (bytes: Uint8Array): StoredImage => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(14, true) > 12 && bytes.length < 54) throw new Error(cutShort)
  const header = headerOf(view)
  const { height, width, bits, compression } = header
  checkSides(height, width)
  const encoded = compression === RLE8 || compression === RLE4
  const fits = encoded
    ? bits === (compression === RLE8 ? 8 : 4)
    : [1, 2, 4, 8, 16, 24, 32].includes(bits) &&
      (compression === 0 || (bits > 8 && compression !== 4 && compression !== 5))
  if (!fits) throw new Error(`a BMP of ${bits} bits and compression ${compression}`)
  const sides = { height, width, white: 255, deep: false }
  return bits <= 8
    ? { ...sides, channels: 1, data: (encoded ? runs : indices)(bytes, header), palette: paletteOf(bytes, header) }
    : { ...sides, channels: 3, data: colours(bytes, header) }
}
