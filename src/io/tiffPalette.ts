/**
 * The palette of a TIFF: libvips expands it, where a mask wants the indices. A file that says that it is grey has them.
 * Format: TIFF 6.0, section 2 (IFDs) and section 5 (palette-color images).
 */

const PHOTOMETRIC = 262
const BLACK_IS_ZERO = 1
const PALETTE = 3

/** The position of the first image's photometric interpretation; undefined for what is no classic TIFF. */
const photometricAt = (view: DataView, little: boolean): number | undefined => {
  const directory = view.getUint32(4, little)
  const entries = view.getUint16(directory, little)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i
    if (view.getUint16(entry, little) === PHOTOMETRIC) return entry + 8
  }
  return undefined
}

/** A TIFF with a palette as a grey one of its indices; anything else as it is. */
export const withoutTiffPalette = (bytes: Uint8Array): Uint8Array => {
  const little = bytes[0] === 0x49 && bytes[1] === 0x49 && bytes[2] === 42 && bytes[3] === 0
  const big = bytes[0] === 0x4d && bytes[1] === 0x4d && bytes[2] === 0 && bytes[3] === 42
  if (!little && !big) return bytes
  try {
    const at = photometricAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), little)
    if (at === undefined) return bytes
    const grey = Uint8Array.from(bytes)
    const view = new DataView(grey.buffer)
    if (view.getUint16(at, little) !== PALETTE) return bytes
    view.setUint16(at, BLACK_IS_ZERO, little)
    return grey
  } catch {
    // An offset beyond the file: the picture library says what is wrong.
    return bytes
  }
}
