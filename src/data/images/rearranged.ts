/**
 * Moving samples without interpolation: crop, pad, flip and nearest-neighbour scaling are each a table of rows and a
 * table of columns.
 *
 * @since 0.1.0
 */

/** An image of bytes or floats, laid out as `Pixels`. */
interface Raster {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Uint8Array | Float32Array
}

/** `n` positions, each computed from its index. */
export const positions = (n: number, at: (i: number) => number): Int32Array => {
  const all = new Int32Array(n)
  for (let i = 0; i < n; i++) all[i] = at(i)
  return all
}

/** Returns whether positions are consecutive, so that a row can be copied at once. */
const isRun = (at: Int32Array): boolean => {
  for (let i = 0; i < at.length; i++) if (at[i] !== at[0]! + i) return false
  return at.length > 0 && at[0]! >= 0
}

/**
 * An image of `rows.length` x `cols.length` pixels. Pixel (y, x) is input pixel `rows[y] + cols[x]`, in row-major
 * order, or 0 if either is negative.
 */
export const rearranged =
  (rows: Int32Array, cols: Int32Array) =>
  <R extends Raster>(image: R): R => {
    const { channels, data } = image
    const [height, width] = [rows.length, cols.length]
    const size = height * width * channels
    const moved = data instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size)
    const run = isRun(cols)
    const isRgb = channels === 3
    const length = width * channels
    for (let y = 0, to = 0; y < height; y++, to += length) {
      const row = rows[y]!
      if (row < 0) continue
      if (run) {
        const from = (row + cols[0]!) * channels
        moved.set(data.subarray(from, from + length), to)
        continue
      }
      for (let x = 0, at = to; x < width; x++, at += channels) {
        const col = cols[x]!
        if (col < 0) continue
        const from = (row + col) * channels
        if (isRgb) {
          moved[at] = data[from]!
          moved[at + 1] = data[from + 1]!
          moved[at + 2] = data[from + 2]!
        } else for (let c = 0; c < channels; c++) moved[at + c] = data[from + c]!
      }
    }
    return { ...image, height, width, data: moved }
  }
