/** Transforms that move samples without interpolation: crop, pad, and the symmetries of the square. */
import { type PaddingMode, reflect, type Pixels } from '../index.js'
import { positions, rearranged } from '../images/rearranged.js'
import type { Samples } from './Samples.js'

/** A move that keeps the type of the samples. */
export type Move = <S extends Samples | Pixels>(image: S) => S

const beyond: { readonly [M in PaddingMode]: (i: number, n: number) => number } = {
  reflection: reflect,
  border: (i, n) => Math.min(Math.max(i, 0), n - 1),
  zeros: (i, n) => (i >= 0 && i < n ? i : -1)
}

/** A window onto an image that may extend past its edges. */
const windowed =
  (mode: PaddingMode, [top, left]: readonly [number, number], [height, width]: readonly [number, number]): Move =>
  (image) => {
    const inside = beyond[mode]
    const rows = positions(height, (y) => inside(y + top, image.height) * image.width)
    const cols = positions(width, (x) => inside(x + left, image.width))
    return rearranged(rows, cols)(image)
  }

/** Pads every side by `n` pixels. */
export const padded =
  (mode: PaddingMode, n: number): Move =>
  (image) =>
    windowed(mode, [-n, -n], [image.height + 2 * n, image.width + 2 * n])(image)

type Sides = readonly [height: number, width: number]

/** A rectangle of an image's pixels. */
export interface Part {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

export const wholeOf = ([height, width]: Sides): Part => ({ top: 0, left: 0, height, width })

/** Crops to a rectangle. */
export const partOf =
  ({ top, left, height, width }: Part): Move =>
  (image) =>
    image.height === height && image.width === width ? image : windowed('zeros', [top, left], [height, width])(image)

/** How much a crop removes at the top or left; negative where it pads. */
const offset = (have: number, want: number, position: number): number => {
  const padding = Math.max(0, Math.ceil((want - have) / 2))
  const part = position === 1 ? 1 - 1e-7 : position
  return Math.floor((have + 2 * padding - want + 1) * part) - padding
}

/** The window that `croppedAt` shows; it starts before the image where it pads. */
export const windowAt = (
  [height, width]: Sides,
  wanted: Sides,
  at: { readonly row: number; readonly col: number }
): Part => ({
  top: offset(height, wanted[0], at.row),
  left: offset(width, wanted[1], at.col),
  height: wanted[0],
  width: wanted[1]
})

/** The part of an image that `croppedAt` keeps; a side that is too short is kept whole. */
export const keptAt = (
  [height, width]: Sides,
  [wantedHeight, wantedWidth]: Sides,
  at: { readonly row: number; readonly col: number }
): Part => ({
  top: Math.max(0, offset(height, wantedHeight, at.row)),
  left: Math.max(0, offset(width, wantedWidth, at.col)),
  height: Math.min(height, wantedHeight),
  width: Math.min(width, wantedWidth)
})

/**
 * Crops to the given sides at a position. A side that is too short is first padded at both ends by half of the
 * difference, rounded up (fastai's `crop_pad`).
 */
export const croppedAt =
  (
    mode: PaddingMode,
    [height, width]: readonly [number, number],
    at: { readonly row: number; readonly col: number }
  ): Move =>
  (image) => {
    if (image.height === height && image.width === width) return image
    const corner = [offset(image.height, height, at.row), offset(image.width, width, at.col)] as const
    return windowed(mode, corner, [height, width])(image)
  }

/** One of the eight symmetries: bit 0 flips the rows, bit 1 flips the columns, bit 2 then transposes. */
export const dihedralOf =
  (k: number): Move =>
  (image) => {
    const { height, width } = image
    const rows = positions(height, (y) => ((k & 1) !== 0 ? height - 1 - y : y) * width)
    const cols = positions(width, (x) => ((k & 2) !== 0 ? width - 1 - x : x))
    return (k & 4) !== 0 ? rearranged(cols, rows)(image) : rearranged(rows, cols)(image)
  }

/** The sides after `dihedralOf`. */
export const dihedralSides = (k: number, [height, width]: Sides): Sides =>
  (k & 4) !== 0 ? [width, height] : [height, width]

/** The part of an image that `dihedralOf` maps to a given part of its result. */
export const partBefore = (k: number, [height, width]: Sides, after: Part): Part => {
  const { top, left, ...sides }: Part =
    (k & 4) !== 0 ? { top: after.left, left: after.top, height: after.width, width: after.height } : after
  return {
    top: (k & 1) !== 0 ? height - top - sides.height : top,
    left: (k & 2) !== 0 ? width - left - sides.width : left,
    ...sides
  }
}
