/**
 * Changes of place that move samples as they are: cutting, padding, the symmetries of the square.
 */
import { reflect, type Pixels } from '../index.js'
import { positions, rearranged } from '../rearranged.js'
import type { Samples } from './Samples.js'

/**
 * What lies beyond an image's edges: the image mirrored about the centres of its edge pixels, its edge pixels, or 0.
 *
 * @category model
 * @since 0.1.0
 */
export type PaddingMode = 'reflection' | 'border' | 'zeros'

/** A change of place keeps the kind of samples. */
export type Move = <S extends Samples | Pixels>(image: S) => S

const beyond: { readonly [M in PaddingMode]: (i: number, n: number) => number } = {
  reflection: reflect,
  border: (i, n) => Math.min(Math.max(i, 0), n - 1),
  zeros: (i, n) => (i >= 0 && i < n ? i : -1)
}

/** A window onto an image and what lies beyond its edges. */
const windowed =
  (mode: PaddingMode, [top, left]: readonly [number, number], [height, width]: readonly [number, number]): Move =>
  (image) => {
    const inside = beyond[mode]
    const rows = positions(height, (y) => inside(y + top, image.height) * image.width)
    const cols = positions(width, (x) => inside(x + left, image.width))
    return rearranged(rows, cols)(image)
  }

/** `n` pixels more at every side. */
export const padded =
  (mode: PaddingMode, n: number): Move =>
  (image) =>
    windowed(mode, [-n, -n], [image.height + 2 * n, image.width + 2 * n])(image)

/**
 * Cut to sides at a position; a side that is too short is first extended at both ends by half of what it lacks,
 * rounded up (fastai `crop_pad`).
 */
export const croppedAt =
  (
    mode: PaddingMode,
    [height, width]: readonly [number, number],
    at: { readonly row: number; readonly col: number }
  ): Move =>
  (image) => {
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
  (k: number): Move =>
  (image) => {
    const { height, width } = image
    const rows = positions(height, (y) => ((k & 1) !== 0 ? height - 1 - y : y) * width)
    const cols = positions(width, (x) => ((k & 2) !== 0 ? width - 1 - x : x))
    return (k & 4) !== 0 ? rearranged(cols, rows)(image) : rearranged(rows, cols)(image)
  }

export const flipped: Move = /*#__PURE__*/ dihedralOf(2)
