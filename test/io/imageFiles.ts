/** Image files written byte by byte, where an encoder would choose another form, and colour profiles to put into them. */
import { crc32, deflateSync } from 'node:zlib'

const text = (value: string): Buffer => Buffer.from(value, 'latin1')

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

const crcOf = (bytes: Buffer): number => crc32(bytes)

const chunk = (kind: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([text(kind), data])
  return Buffer.concat([u32(data.length), body, u32(crcOf(body))])
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Samples of any depth packed into bytes, each row begun with the filter 0. */
const packed = (samples: ArrayLike<number>, width: number, depth: number, channels: number): Buffer => {
  const each = width * channels
  const height = samples.length / each
  const stride = Math.ceil((each * depth) / 8)
  const rows = Buffer.alloc(height * (stride + 1))
  for (let y = 0; y < height; y++)
    for (let i = 0; i < each; i++) {
      const value = samples[y * each + i]!
      const at = y * (stride + 1) + 1 + ((i * depth) >> 3)
      if (depth === 16) rows.writeUInt16BE(value, at)
      else rows[at]! |= value << (8 - depth - ((i * depth) & 7))
    }
  return rows
}

export interface PngParts {
  readonly width: number
  readonly samples: ArrayLike<number>
  /** Default 8. */
  readonly depth?: number
  /** PNG's colour type: 0 grey (the default), 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colour?: number
  /** Red, green and blue of each index. */
  readonly palette?: ReadonlyArray<number>
  /** Alpha of each index of a palette, or the transparent sample. */
  readonly transparency?: ReadonlyArray<number>
  readonly profile?: Buffer
  readonly orientation?: number
}

/** Little-endian TIFF with the one tag of an orientation, as EXIF is. */
const exif = (orientation: number): Buffer =>
  Buffer.concat([
    text('II*\0'),
    Buffer.from([8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0])
  ])

export const pngFile = (parts: PngParts): Buffer => {
  const { width, samples, depth = 8, colour = 0, palette, transparency, profile, orientation } = parts
  const channels = channelsOf[colour]!
  const header = Buffer.concat([
    u32(width),
    u32(samples.length / width / channels),
    Buffer.from([depth, colour, 0, 0, 0])
  ])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...(profile === undefined ? [] : [chunk('iCCP', Buffer.concat([text('icc\0\0'), deflateSync(profile)]))]),
    ...(palette === undefined ? [] : [chunk('PLTE', Buffer.from(palette))]),
    ...(transparency === undefined ? [] : [chunk('tRNS', Buffer.from(transparency))]),
    ...(orientation === undefined ? [] : [chunk('eXIf', exif(orientation))]),
    chunk('IDAT', deflateSync(packed(samples, width, depth, channels))),
    chunk('IEND', Buffer.alloc(0))
  ])
}

/** A JPEG with an application segment after its first two bytes: a profile, or an orientation. */
const withSegment = (marker: number, data: Buffer, jpeg: Buffer): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(data.length + 2)
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, marker]), length, data, jpeg.subarray(2)])
}

export const jpegWithProfile = (profile: Buffer, jpeg: Buffer): Buffer =>
  withSegment(0xe2, Buffer.concat([text('ICC_PROFILE\0'), Buffer.from([1, 1]), profile]), jpeg)

export const jpegWithOrientation = (orientation: number, jpeg: Buffer): Buffer =>
  withSegment(0xe1, Buffer.concat([text('Exif\0\0'), exif(orientation)]), jpeg)

export interface GifParts {
  readonly width: number
  /** Indices of at most 4 colours. */
  readonly samples: ReadonlyArray<number>
  readonly palette: ReadonlyArray<number>
  readonly transparent?: number
  /** Sides of the canvas, and the frame's corner in it; default: the frame fills it. */
  readonly canvas?: readonly [height: number, width: number]
  readonly corner?: readonly [top: number, left: number]
  /** Whether the colours are the frame's own, beside others of the file. */
  readonly own?: boolean
}

/** A GIF of 4 colours, not compressed: the dictionary is cleared before it grows out of codes of 3 bits. */
export const gifFile = (parts: GifParts): Buffer => {
  const { width, samples, palette, transparent, canvas, corner = [0, 0], own = false } = parts
  const [clear, end] = [4, 5]
  const codes = [...samples.flatMap((value, i) => (i % 2 === 0 ? [clear, value] : [value])), end]
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8))
  codes.forEach((code, i) => {
    for (let bit = 0; bit < 3; bit++) bytes[(3 * i + bit) >> 3]! |= ((code >> bit) & 1) << ((3 * i + bit) & 7)
  })
  const blocks = Array.from({ length: Math.ceil(bytes.length / 255) }, (_, i) => bytes.subarray(255 * i, 255 * (i + 1)))
  const pair = (x: number, y: number): Buffer => Buffer.from(Uint16Array.of(x, y).buffer)
  const sides = pair(width, samples.length / width)
  const colours = Buffer.alloc(12)
  colours.set(palette)
  return Buffer.concat([
    text('GIF89a'),
    canvas === undefined ? sides : pair(canvas[1], canvas[0]),
    Buffer.from([0x81, 2, 0]),
    own ? Buffer.alloc(12, 77) : colours,
    ...(transparent === undefined ? [] : [Buffer.from([0x21, 0xf9, 4, 1, 0, 0, transparent, 0])]),
    Buffer.from([0x2c]),
    pair(corner[1], corner[0]),
    sides,
    ...(own ? [Buffer.from([0x81]), colours] : [Buffer.from([0])]),
    Buffer.from([2]),
    ...blocks.flatMap((block) => [Buffer.from([block.length]), block]),
    Buffer.from([0, 0x3b])
  ])
}

export interface TiffParts {
  readonly width: number
  readonly height: number
  /** Of the file's byte order, little-endian. */
  readonly samples: Uint8Array | Uint16Array | Int32Array | Float32Array
  /** Default those of the array's elements; fewer are packed already. */
  readonly bits?: number
  /** Default 1. */
  readonly channels?: number
  /** 1 black is zero (the default), 2 RGB, 3 palette, 5 CMYK. */
  readonly photometric?: number
  /** Red, green and blue of each index, 8 bits each. */
  readonly palette?: ReadonlyArray<number>
}

const SHORT = 3
const LONG = 4

/** An uncompressed TIFF of one strip. */
export const tiffFile = (parts: TiffParts): Buffer => {
  const { width, height, samples, channels = 1, photometric = 1, palette = [] } = parts
  const bits = parts.bits ?? 8 * samples.BYTES_PER_ELEMENT
  const format = samples instanceof Float32Array ? 3 : samples instanceof Int32Array ? 2 : 1
  // reds, then greens, then blues, of 16 bits, and all indices that there can be
  const colours = Uint16Array.from({ length: palette.length === 0 ? 0 : 3 * 2 ** bits }, (_, i) => {
    const [c, index] = [Math.floor(i / 2 ** bits), i % 2 ** bits]
    return 257 * (palette[3 * index + c] ?? 0)
  })
  const each = Buffer.from(Uint16Array.from({ length: channels }, () => bits).buffer)
  const formats = Buffer.from(Uint16Array.from({ length: channels }, () => format).buffer)
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  const count = palette.length === 0 ? 10 : 11
  const extra = 8 + 2 + 12 * count + 4
  const strip = extra + each.length + formats.length + 2 * colours.length
  const entry = (tag: number, type: number, n: number, value: number | Buffer, at = 0): Buffer => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(n, 4)
    if (typeof value === 'number') bytes.writeUInt32LE(value, 8)
    else if (value.length <= 4) value.copy(bytes, 8)
    else bytes.writeUInt32LE(at, 8)
    return bytes
  }
  const colourBytes = Buffer.from(colours.buffer)
  return Buffer.concat([
    Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, count, 0]),
    entry(256, LONG, 1, width),
    entry(257, LONG, 1, height),
    entry(258, SHORT, channels, each, extra),
    entry(259, SHORT, 1, 1),
    entry(262, SHORT, 1, photometric),
    entry(273, LONG, 1, strip),
    entry(277, SHORT, 1, channels),
    entry(278, LONG, 1, height),
    entry(279, LONG, 1, data.length),
    ...(palette.length === 0
      ? []
      : [entry(320, SHORT, colours.length, colourBytes, extra + each.length + formats.length)]),
    entry(339, SHORT, channels, formats, extra + each.length),
    Buffer.alloc(4),
    each,
    formats,
    colourBytes,
    data
  ])
}

// ----------------------------------------------------------------------------------------------------------------
// colour profiles of ICC version 2.4
// ----------------------------------------------------------------------------------------------------------------

const fixed = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(Math.round(value * 65_536))
  return bytes
}

type Xyz = readonly [number, number, number]

const xyz = (values: Xyz): Buffer => Buffer.concat([text('XYZ \0\0\0\0'), ...values.map(fixed)])

const gamma = (value: number): Buffer =>
  Buffer.concat([text('curv\0\0\0\0'), u32(1), Buffer.from([Math.floor(value), Math.round(256 * (value % 1))])])

const description = Buffer.concat([text('desc\0\0\0\0'), u32(2), text('a\0'), Buffer.alloc(78)])

const d50: Xyz = [0.9642, 1, 0.8249]

const profile = (space: string, tags: ReadonlyArray<readonly [string, Buffer]>): Buffer => {
  const all = [['desc', description], ['cprt', text('text\0\0\0\0none\0')], ['wtpt', xyz(d50)], ...tags] as const
  let offset = 132 + 12 * all.length
  const table: Array<Buffer> = []
  const blobs: Array<Buffer> = []
  for (const [name, data] of all) {
    const padded = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])
    table.push(Buffer.concat([text(name), u32(offset), u32(data.length)]))
    blobs.push(padded)
    offset += padded.length
  }
  const head = Buffer.concat([
    u32(offset),
    u32(0),
    u32(0x02400000),
    text(`mntr${space}XYZ `),
    Buffer.from([7, 228, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]),
    text('acsp'),
    Buffer.alloc(28),
    ...d50.map(fixed),
    Buffer.alloc(48)
  ])
  return Buffer.concat([head, u32(all.length), ...table, ...blobs])
}

const rgbProfile = (red: Xyz, green: Xyz, blue: Xyz): Buffer =>
  profile('RGB ', [
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', gamma(2.2)],
    ['gTRC', gamma(2.2)],
    ['bTRC', gamma(2.2)]
  ])

/** The primaries of Display P3 and of Adobe RGB (1998), and a grey profile brighter than sRGB. */
export const profiles = {
  displayP3: rgbProfile([0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]),
  adobeRgb: rgbProfile([0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]),
  grey: profile('GRAY', [['kTRC', gamma(1.8)]])
}
