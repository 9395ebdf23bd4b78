/**
 * Changes of place that move samples as they are: cutting, padding, the symmetries of the square.
 */
import { reflect } from '../index.js'
import { rearranged, type Samples } from './Samples.js'

/**
 * What lies beyond an image's edges: the image mirrored about the centres of its edge pixels, its edge pixels, or 0.
 *
 * @category model
 * @since 0.1.0
 */
export type PaddingMode = 'reflection' | 'border' | 'zeros'

const beyond: { readonly [M in PaddingMode]: (i: number, n: number) => number } = {
  reflection: reflect,
  border: (i, n) => Math.min(Math.max(i, 0), n - 1),
  zeros: (i, n) => (i >= 0 && i < n ? i : -1)
}

/** A window onto an image and what lies beyond its edges. */
const windowed =
  (mode: PaddingMode, [top, left]: readonly [number, number], [height, width]: readonly [number, number]) =>
  (image: Samples): Samples => {
    const inside = beyond[mode]
    return rearranged(height, width, (y, x) => {
      const [row, col] = [inside(y + top, image.height), inside(x + left, image.width)]
      return row < 0 || col < 0 ? -1 : row * image.width + col
    })(image)
  }

/** `n` pixels more at every side. */
export const padded =
  (mode: PaddingMode, n: number) =>
  (image: Samples): Samples =>
    windowed(mode, [-n, -n], [image.height + 2 * n, image.width + 2 * n])(image)

/**
 * Cut to sides at a position; a side that is too short is first extended at both ends by half of what it lacks,
 * rounded up (fastai `crop_pad`).
 */
export const croppedAt =
  (mode: PaddingMode, [height, width]: readonly [number, number], at: { readonly row: number; readonly col: number }) =>
  (image: Samples): Samples => {
    if (image.height === height && image.width === width) return image
    const offset = (have: number, want: number, position: number): number => {
      const padding = Math.max(0, Math.ceil((want - have) / 2))
      const part = position === 1 ? 1 - 1e-7 : position
      return Math.floor((have + 2 * padding - want + 1) * part) - padding
    }
    const corner = [offset(image.height, height, at.row), offset(image.width, width, at.col)] as const
    return windowed(mode, corner, [height, width])(image)
  }

/** One of the eight symmetries: bit 0 turns rows upside down, bit 1 columns, bit 2 then swaps rows and columns. */
export const dihedralOf =
  (k: number) =>
  (image: Samples): Samples => {
    const { height, width } = image
    const at = (y: number, x: number): number =>
      ((k & 1) !== 0 ? height - 1 - y : y) * width + ((k & 2) !== 0 ? width - 1 - x : x)
    return (k & 4) !== 0 ? rearranged(width, height, (y, x) => at(x, y))(image) : rearranged(height, width, at)(image)
  }

export const flipped: (image: Samples) => Samples = /*#__PURE__*/ dihedralOf(2)
