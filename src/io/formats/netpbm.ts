/**
 * The Netpbm formats: PBM, PGM and PPM, plain and raw, and PAM, none of which libvips as shipped with sharp reads.
 * Format: the manual pages pbm(5), pgm(5), ppm(5), pam(5).
 */
import { checkSides, type StoredImage } from './StoredImage.js'

export const isNetpbm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1]! >= 0x31 && bytes[1]! <= 0x37 && isSpace(bytes[2])

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0b || byte === 0x0c

const HASH = 0x23
const NEWLINE = 0x0a

/** Reads words separated by white space; `#` begins a comment that ends with the line. */
const words = (bytes: Uint8Array, start: number) => {
  let at = start
  const skip = (): void => {
    for (; at < bytes.length && (isSpace(bytes[at]) || bytes[at] === HASH); at++)
      if (bytes[at] === HASH) while (at < bytes.length && bytes[at] !== NEWLINE) at++
  }
  const word = (most = Infinity): string => {
    skip()
    const from = at
    while (at < bytes.length && at - from < most && !isSpace(bytes[at])) at++
    if (at === from) throw new Error('the file ends before its pixels do')
    return String.fromCharCode(...bytes.subarray(from, at))
  }
  const whole = (most?: number): number => {
    const text = word(most)
    if (!/^\d+$/.test(text)) throw new Error(`${JSON.stringify(text.slice(0, 20))} instead of an integer`)
    return Number(text)
  }
  return { word, whole, position: () => at }
}

interface Header {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly white: number
  readonly plain: boolean
  /** One bit per pixel; 1 is black. */
  readonly bits: boolean
}

const pamHeader = (read: ReturnType<typeof words>): Header => {
  const fields: Record<string, number> = {}
  for (let key = read.word(); key !== 'ENDHDR'; key = read.word()) {
    if (key === 'TUPLTYPE') read.word()
    else fields[key] = read.whole()
  }
  const { HEIGHT: height = 0, WIDTH: width = 0, DEPTH: channels = 0, MAXVAL: white = 0 } = fields
  return { height, width, channels, white, plain: false, bits: false }
}

const headerOf = (kind: number, read: ReturnType<typeof words>): Header => {
  if (kind === 7) return pamHeader(read)
  const [width, height] = [read.whole(), read.whole()]
  const bits = kind === 1 || kind === 4
  const white = bits ? 1 : read.whole()
  return { height, width, channels: kind === 3 || kind === 6 ? 3 : 1, white, plain: kind <= 3, bits }
}

const rawSamples = (bytes: Uint8Array, at: number, { height, width, channels, white, bits }: Header) => {
  const each = white > 255 ? 2 : 1
  const stride = bits ? Math.ceil(width / 8) : width * channels * each
  if (at + stride * height > bytes.length) throw new Error('the file ends before its pixels do')
  const count = height * width * channels
  if (!bits && each === 1) return bytes.slice(at, at + count)
  const data = each === 2 ? new Uint16Array(count) : new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const x = i % width
    data[i] = bits
      ? (bytes[at + Math.floor(i / width) * stride + (x >> 3)]! >> (7 - (x & 7))) & 1
      : (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!
  }
  return data
}

const plainSamples = (read: ReturnType<typeof words>, { height, width, channels, white, bits }: Header) => {
  const count = height * width * channels
  const data = white > 255 ? new Uint16Array(count) : new Uint8Array(count)
  // the digits of a bitmap need no separators
  for (let i = 0; i < count; i++) data[i] = read.whole(bits ? 1 : undefined)
  return data
}

/** White, then black. */
const bitmapPalette = Uint8Array.of(255, 255, 255, 0, 0, 0)

/** A Netpbm image's samples; a bitmap's are indices for white and black. Throws for damaged files. */
export const readNetpbm = (bytes: Uint8Array): StoredImage => {
  const kind = bytes[1]! - 0x30
  const read = words(bytes, 2)
  const header = headerOf(kind, read)
  const { height, width, channels, white, plain, bits } = header
  checkSides(height, width)
  if (!(channels >= 1 && channels <= 4 && white >= 1 && white <= 65_535))
    throw new Error(`${channels} channels and a maximum sample of ${white}`)
  // one white-space character after the header
  const data = plain ? plainSamples(read, header) : rawSamples(bytes, read.position() + 1, header)
  if (data.some((value) => value > white)) throw new Error(`a sample above the maximum, ${white}`)
  return { height, width, channels, data, white, deep: white > 255, ...(bits ? { palette: bitmapPalette } : {}) }
}
