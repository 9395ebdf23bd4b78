/** Affine maps of 8-bit pixels by nearest neighbour, in Pillow's fixed-point arithmetic (`Geometry.c`). */
import type { Pixels } from '../index.js'

/**
 * `[a, b, c, d, e, f]` takes the output position (x, y) to the input position (a·x + b·y + c, d·x + e·y + f). Positions
 * are in pixels; the centre of the first one is (0.5, 0.5).
 */
export type Affine = readonly [number, number, number, number, number, number]

export const shifted = (x: number, y: number): Affine => [1, 0, -x, 0, 1, -y]

export const sheared = (x: number, y: number): Affine => [1, x, 0, y, 1, 0]

/** Anticlockwise, about the centre. */
export const turned = (degrees: number, { height, width }: Pixels): Affine => {
  const angle = (-degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [x, y] = [width / 2, height / 2]
  return [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y]
}

const fixed = (x: number): number => Math.floor(x * 65_536 + 0.5)

/** Samples an image at the given map's positions; pixels from outside of it are `fill`. */
export const movedNearest =
  ([a, b, c, d, e, f]: Affine, fill: number) =>
  (image: Pixels): Pixels => {
    const { height, width, channels, data } = image
    const moved = new Uint8Array(data.length)
    if (fill !== 0) moved.fill(fill)
    const [ax, ay] = [fixed(a), fixed(d)]
    let [startX, startY] = [fixed(c + a * 0.5 + b * 0.5), fixed(f + d * 0.5 + e * 0.5)]
    const [nextX, nextY] = [fixed(b), fixed(e)]
    for (let row = 0, to = 0; row < height; row++, startX += nextX, startY += nextY) {
      let [x, y] = [startX, startY]
      for (let col = 0; col < width; col++, to += channels, x += ax, y += ay) {
        const [left, top] = [Math.floor(x / 65_536), Math.floor(y / 65_536)]
        if (left < 0 || left >= width || top < 0 || top >= height) continue
        const from = (top * width + left) * channels
        for (let k = 0; k < channels; k++) moved[to + k] = data[from + k]!
      }
    }
    return { ...image, data: moved }
  }
