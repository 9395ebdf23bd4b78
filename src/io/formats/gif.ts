/**
 * Corrects the first frame of a GIF around libvips' decoding: libvips draws the transparent colour and the canvas
 * outside of the frame black, where Pillow has the palette's colours, and expands the palette, where a mask needs the
 * indices. Format: GIF89a, sections 18 to 23.
 */

const EXTENSION = 0x21
const GRAPHIC_CONTROL = 0xf9
const IMAGE = 0x2c
const HAS_TRANSPARENT_COLOUR = 1

interface Table {
  readonly at: number
  readonly colours: number
}

/** Positions of the first frame's fields. */
interface Layout {
  readonly tables: ReadonlyArray<Table>
  /** The packed field of the graphic control extension. */
  readonly control: number | undefined
  /** The image descriptor; undefined if the file ends before. */
  readonly image: number | undefined
}

type Samples = Uint8Array | Uint16Array | Float32Array

/** A rectangle that does not fill its canvas, and the colour around it. */
export interface Inset {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly outside: Uint8Array
}

const isGif = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(0, 4)) === 'GIF8'

/** The colour table declared by a packed field; without one, an empty table. */
const tableAt = (at: number, packed = 0): Table => ({ at, colours: packed & 0x80 ? 2 ** ((packed & 7) + 1) : 0 })

const layoutOf = (bytes: Uint8Array): Layout => {
  const global = tableAt(13, bytes[10])
  let at = 13 + 3 * global.colours
  let control: number | undefined
  while (bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL) control ??= at + 3
    at += 2
    while (bytes[at]) at += 1 + bytes[at]!
    at += 1
  }
  return bytes[at] === IMAGE && at + 9 < bytes.length
    ? { tables: [global, tableAt(at + 10, bytes[at + 9])], control, image: at }
    : { tables: [global], control, image: undefined }
}

const isTransparent = (bytes: Uint8Array, { control }: Layout): boolean =>
  control !== undefined && ((bytes[control] ?? 0) & HAS_TRANSPARENT_COLOUR) !== 0

const makeOpaque = (bytes: Uint8Array, layout: Layout): void => {
  if (isTransparent(bytes, layout)) bytes[layout.control!]! &= ~HAS_TRANSPARENT_COLOUR
}

/** Removes the transparent colour from a GIF's first frame; other files are unchanged. */
export const opaqueGif = (bytes: Uint8Array): Uint8Array => {
  if (!isGif(bytes)) return bytes
  const layout = layoutOf(bytes)
  if (!isTransparent(bytes, layout)) return bytes
  const opaque = Uint8Array.from(bytes)
  makeOpaque(opaque, layout)
  return opaque
}

/** Replaces the colours of a GIF's first frame by its indices as grey; other files are unchanged. */
export const gifOfIndices = (bytes: Uint8Array): Uint8Array => {
  if (!isGif(bytes)) return bytes
  const layout = layoutOf(bytes)
  const grey = Uint8Array.from(bytes)
  makeOpaque(grey, layout)
  for (const { at, colours } of layout.tables)
    for (let i = 0; i < colours; i++) grey.fill(i, at + 3 * i, at + 3 * i + 3)
  return grey
}

/**
 * The first frame of a GIF if it is smaller than the canvas. As in Pillow, the colour around it is that of the
 * transparent index, or else of index 0. `as` says whether that is its colour or the index itself.
 */
export const gifInset = (bytes: Uint8Array, as: 'values' | 'colours'): Inset | undefined => {
  if (!isGif(bytes)) return undefined
  const layout = layoutOf(bytes)
  const { tables, control, image } = layout
  if (image === undefined) return undefined
  const sides = new DataView(bytes.buffer, bytes.byteOffset)
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => sides.getUint16(image + field, true)) as [
    number,
    number,
    number,
    number
  ]
  const fills = left === 0 && top === 0 && width >= sides.getUint16(6, true) && height >= sides.getUint16(8, true)
  if (fills) return undefined
  const index = isTransparent(bytes, layout) ? bytes[control! + 3]! : 0
  const { at, colours } = tables.findLast((table) => table.colours > 0) ?? tables[0]!
  const colour = index < colours ? bytes.slice(at + 3 * index, at + 3 * index + 3) : new Uint8Array(3)
  return { left, top, width, height, outside: as === 'values' ? new Uint8Array(3).fill(index) : colour }
}

/** Decoded samples with the colour around an inset, opaque. */
export const filledAround = <
  A extends { readonly height: number; readonly width: number; readonly channels: number; readonly data: Samples }
>(
  { left, top, width, height, outside }: Inset,
  image: A
): A => {
  const { channels } = image
  const data = image.data.slice()
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++) {
      if (y >= top && y < top + height && x >= left && x < left + width) continue
      for (let c = 0; c < channels; c++) data[(y * image.width + x) * channels + c] = c < 3 ? outside[c]! : 255
    }
  return { ...image, data }
}
