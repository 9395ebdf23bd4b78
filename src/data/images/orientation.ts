/**
 * The EXIF orientation, and how to undo it.
 *
 * @since 0.1.0
 */
/**
 * Height and width after the EXIF orientation is applied; orientations 5 to 8 swap them.
 *
 * @example
 * import { uprightSides } from '../index.js'
 *
 * assert.deepStrictEqual([1, 3, 6].map((tag) => uprightSides(tag, [2, 4])), [[2, 4], [2, 4], [4, 2]])
 *
 * @since 0.1.0
 */
export const uprightSides = (
  orientation: number,
  [height, width]: readonly [number, number]
): readonly [height: number, width: number] =>
  orientation >= 5 && orientation <= 8 ? [width, height] : [height, width]

/** Pixels, or the samples of a mask. */
interface Turnable {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Uint8Array | Uint16Array | Float32Array
}

/** Where the upright image's first pixel is stored, and the stored offsets of a row and of a column. */
const walk = (orientation: number, h: number, w: number): readonly [start: number, down: number, across: number] => {
  switch (orientation) {
    case 2:
      return [w - 1, w, -1]
    case 3:
      return [h * w - 1, -w, -1]
    case 4:
      return [(h - 1) * w, -w, 1]
    case 5:
      return [0, 1, w]
    case 6:
      return [(h - 1) * w, 1, -w]
    case 7:
      return [h * w - 1, -1, -w]
    case 8:
      return [w - 1, -1, w]
    default:
      return [0, w, 1]
  }
}

/**
 * Rotates and flips an image as its EXIF orientation (1 to 8) says; other values leave it unchanged.
 *
 * @example
 * import { upright } from '../index.js'
 *
 * const row = { height: 1, width: 3, channels: 1, data: Uint8Array.of(1, 2, 3) }
 * assert.deepStrictEqual([...upright(3)(row).data], [3, 2, 1])
 * assert.deepStrictEqual([upright(6)(row).height, upright(6)(row).width], [3, 1])
 *
 * @since 0.1.0
 */
export const upright =
  (orientation: number) =>
  <I extends Turnable>(image: I): I => {
    if (!(orientation >= 2 && orientation <= 8)) return image
    const { channels, data: from } = image
    const [height, width] = uprightSides(orientation, [image.height, image.width])
    const [start, down, across] = walk(orientation, image.height, image.width)
    // not `slice()`, which does not copy a `Buffer`
    const data = from instanceof Uint8Array ? new Uint8Array(from.length) : from.slice()
    for (let y = 0, to = 0; y < height; y++)
      for (let x = 0, at = (start + y * down) * channels; x < width; x++, at += across * channels)
        for (let c = 0; c < channels; c++) data[to++] = from[at + c]!
    return { ...image, height, width, data }
  }
