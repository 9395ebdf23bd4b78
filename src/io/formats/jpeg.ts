/**
 * The header of a plain JPEG, read without libvips, which would open the file once for the header and again for
 * decoding.
 */

/** The sides of an RGB image of 8 bits. */
export interface PlainJpeg {
  readonly height: number
  readonly width: number
}

/** Baseline, extended and progressive, Huffman-coded. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xc2

/** Tables, JFIF and comments, which contain no orientation, profile or other colour space. */
const harmless = new Set([0xc4, 0xdb, 0xdd, 0xe0, 0xfe])

const scan = 0xda

/**
 * The header of a JPEG with three 8-bit components and no segments other than tables, JFIF and comments. Undefined for
 * any other or damaged file, which is left to libvips, so that errors have one source.
 */
export const readPlainJpeg = (bytes: Uint8Array): PlainJpeg | undefined => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  const word = (at: number): number => bytes[at]! * 256 + bytes[at + 1]!
  let frame: PlainJpeg | undefined
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1]!
    const length = word(at + 2)
    const end = at + 2 + length
    if (bytes[at] !== 0xff || length < 2 || end > bytes.length) return undefined
    if (marker === scan) return frame
    if (isFrame(marker)) {
      if (frame !== undefined || length !== 17 || bytes[at + 4] !== 8 || bytes[at + 9] !== 3) return undefined
      frame = { height: word(at + 5), width: word(at + 7) }
      if (frame.height === 0 || frame.width === 0) return undefined
    } else if (!harmless.has(marker)) return undefined
    at = end
  }
  return undefined
}
