/**
 * Palettes of TIFFs: libvips expands them, where a mask needs the indices. Declared as grey, the file is decoded to
 * them. Format: TIFF 6.0, section 2 (IFDs) and section 5 (palette-color images).
 */

const PHOTOMETRIC = 262
const BLACK_IS_ZERO = 1
const PALETTE = 3

/** Position of the first image's photometric interpretation; undefined if it is not a classic TIFF. */
const photometricAt = (view: DataView, little: boolean): number | undefined => {
  const directory = view.getUint32(4, little)
  const entries = view.getUint16(directory, little)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i
    if (view.getUint16(entry, little) === PHOTOMETRIC) return entry + 8
  }
  return undefined
}

/** Declares a palette TIFF as grey, so that it decodes to its indices; other files are unchanged. */
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
    // an offset beyond the file; the image library reports the error
    return bytes
  }
}
