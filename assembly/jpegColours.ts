// Upsampling of chroma ("fancy"), and YCbCr to RGB, as in libjpeg-turbo.
import { dot, high, low } from './pairs'

function wide(address: usize): v128 {
  return v128.load_ext<u8>(address)
}

/** Three parts of the nearer row and one of the farther. */
function column(near: usize, far: usize): v128 {
  const sample = wide(near)
  return i16x8.add(i16x8.add(i16x8.shl(sample, 1), sample), wide(far))
}

/**
 * Doubles a row: between two samples, three parts of the nearer one and one of the other. `near` and `far` are the rows
 * above and below the one that is made; `left` and `right` round sixteenths.
 */
export function doubled(near: usize, far: usize, width: usize, left: i16, right: i16, to: usize): void {
  for (let x: usize = 0; x < width; x += 8) {
    const middle = column(near + x, far + x)
    const three = i16x8.add(i16x8.shl(middle, 1), middle)
    const before = i16x8.add(column(near + x - 1, far + x - 1), i16x8.splat(left))
    const after = i16x8.add(column(near + x + 1, far + x + 1), i16x8.splat(right))
    const even = i16x8.shr_u(i16x8.add(three, before), 4)
    const odd = i16x8.shr_u(i16x8.add(three, after), 4)
    v128.store(to + 2 * x, v128.or(even, i16x8.shl(odd, 8)))
  }
}

/** For pairs (a, b): (`p` a + `q` b) / 2^16, rounded by `rounding`. */
function part(a: v128, b: v128, p: i16, q: i16, rounding: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(dot(low(a, b), p, q), rounding), 16),
    i32x4.shr_s(i32x4.add(dot(high(a, b), p, q), rounding), 16)
  )
}

// What is added to a sample of luma, from samples of chroma: 1.402 Cr, -0.34414 Cb - 0.71414 Cr, and 1.772 Cb.

function red(cr: v128, rounding: v128): v128 {
  return i16x8.add(cr, part(cr, cr, 26345, 0, rounding))
}

function green(cb: v128, cr: v128, rounding: v128): v128 {
  return i16x8.sub(part(cb, cr, -22554, 18734, rounding), cr)
}

function blue(cb: v128, rounding: v128): v128 {
  return i16x8.add(i16x8.shl(cb, 1), part(cb, cb, -14942, 0, rounding))
}

function storeRgb(r: v128, g: v128, b: v128, to: usize): void {
  const first = v128.shuffle<i8>(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5)
  const second = v128.shuffle<i8>(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26)
  const third = v128.shuffle<i8>(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0)
  v128.store(to, v128.shuffle<i8>(first, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15))
  v128.store(to, v128.shuffle<i8>(second, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16)
  v128.store(to, v128.shuffle<i8>(third, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32)
}

export function rgbRow(y: usize, cb: usize, cr: usize, width: usize, to: usize): void {
  const centre = i16x8.splat(128)
  const rounding = i32x4.splat(1 << 15)
  for (let x: usize = 0; x < width; x += 16, to += 48) {
    const cb0 = i16x8.sub(wide(cb + x), centre)
    const cb1 = i16x8.sub(wide(cb + x + 8), centre)
    const cr0 = i16x8.sub(wide(cr + x), centre)
    const cr1 = i16x8.sub(wide(cr + x + 8), centre)
    const y0 = wide(y + x)
    const y1 = wide(y + x + 8)
    const r = i8x16.narrow_i16x8_u(i16x8.add(y0, red(cr0, rounding)), i16x8.add(y1, red(cr1, rounding)))
    const g = i8x16.narrow_i16x8_u(i16x8.add(y0, green(cb0, cr0, rounding)), i16x8.add(y1, green(cb1, cr1, rounding)))
    const b = i8x16.narrow_i16x8_u(i16x8.add(y0, blue(cb0, rounding)), i16x8.add(y1, blue(cb1, rounding)))
    storeRgb(r, g, b, to)
  }
}
