/**
 * Corrects the first frame of a GIF before libvips decodes it: libvips draws the transparent colour black, where Pillow
 * keeps the palette's, and expands the palette, where a mask needs the indices. Format: GIF89a, sections 18 to 23.
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
  return { tables: bytes[at] === IMAGE ? [global, tableAt(at + 10, bytes[at + 9])] : [global], control }
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
