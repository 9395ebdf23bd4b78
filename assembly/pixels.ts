// The loops over 8-bit RGB pixels that take most of the time of loading images, in AssemblyScript: 128-bit vectors hold the
// channels of a pixel, or neighbouring samples. `npm run kernels` compiles them into src/data/images/kernelModule.ts. Arguments
// are addresses in the module's memory; up to 16 bytes beyond an image are read, and beyond a result written.

/** 2^21: half of 1 in weights of 22 bits behind the binary point. */
const half: i32 = 1 << 21

function pixelAt(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)))
}

/** Resamples rows: pixel `i` of a row is the weighted sum of `taps` pixels from pixel `starts[i]` of the row on. */
export function across(
  from: usize,
  fromLine: usize,
  rows: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  to: usize
): void {
  for (let y = 0; y < rows; y++, from += fromLine) {
    let weight = weights
    for (let x = 0; x < width; x++, to += 3) {
      let address = from + <usize>load<u32>(starts + ((<usize>x) << 2)) * 3
      let sum = i32x4.splat(half)
      for (let k = 0; k < taps; k++, address += 3, weight += 4)
        sum = i32x4.add(sum, i32x4.mul(pixelAt(address), v128.load32_splat(weight)))
      const levels = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, 22), i32x4.splat(0))
      v128.store32_lane(to, i8x16.narrow_i16x8_u(levels, levels), 0)
    }
  }
}

/** Resamples columns: row `y` is the weighted sum of `taps` rows of `line` bytes from row `starts[y]` on. */
export function down(from: usize, line: usize, starts: usize, weights: usize, taps: i32, height: i32, to: usize): void {
  for (let y = 0; y < height; y++, weights += (<usize>taps) << 2) {
    const first = from + <usize>load<u32>(starts + ((<usize>y) << 2)) * line
    for (let x: usize = 0; x < line; x += 16) {
      let a = i32x4.splat(half)
      let b = a
      let c = a
      let d = a
      let address = first + x
      for (let k = 0; k < taps; k++, address += line) {
        const weight = v128.load32_splat(weights + ((<usize>k) << 2))
        const bytes = v128.load(address)
        const low = i16x8.extend_low_i8x16_u(bytes)
        const high = i16x8.extend_high_i8x16_u(bytes)
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight))
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight))
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight))
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight))
      }
      const left = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 22), i32x4.shr_s(b, 22))
      const right = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 22), i32x4.shr_s(d, 22))
      v128.store(to + x, i8x16.narrow_i16x8_u(left, right))
    }
    to += line
  }
}

function weighted(address: usize, weight: f64): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(pixelAt(address)), f32x4.splat(<f32>weight))
}

function levelOf(part: i32, certain: usize): i32 {
  return load<i16>(certain + ((<usize>part) << 1))
}

/**
 * Mixes the four pixels around each place of a row, and looks up the levels of the mixtures, of 255 times `stretch` at most,
 * in `certain`. The positions of samples that are not certain, or whose place is not between four pixels, are left in
 * `doubts`. Returns how many there are.
 */
export function mix(
  image: usize,
  line: usize,
  bottom: f64,
  end: f64,
  ys: usize,
  xs: usize,
  width: i32,
  stretch: f64,
  certain: usize,
  to: usize,
  doubts: usize
): i32 {
  let doubt = doubts
  for (let col = 0, at = 0; col < width; col++, at += 3, to += 3) {
    const y = load<f64>(ys + ((<usize>col) << 3))
    const x = load<f64>(xs + ((<usize>col) << 3))
    if (!(y >= 0 && y < bottom && x >= 0 && x < end)) {
      for (let k = 0; k < 3; k++, doubt += 4) store<i32>(doubt, at + k)
      continue
    }
    const top = <i32>y
    const left = <i32>x
    const after = x - <f64>left
    const below = (y - <f64>top) * stretch
    const above = stretch - below
    const ab = above * after
    const bb = below * after
    const first = image + <usize>top * line + <usize>left * 3
    const next = first + line
    const sum = f32x4.add(
      f32x4.add(weighted(first, above - ab), weighted(first + 3, ab)),
      f32x4.add(weighted(next, below - bb), weighted(next + 3, bb))
    )
    const part = i32x4.trunc_sat_f32x4_s(sum)
    const red = levelOf(i32x4.extract_lane(part, 0), certain)
    const green = levelOf(i32x4.extract_lane(part, 1), certain)
    const blue = levelOf(i32x4.extract_lane(part, 2), certain)
    store<u8>(to, <u8>red)
    store<u8>(to + 1, <u8>green)
    store<u8>(to + 2, <u8>blue)
    if ((red | green | blue) < 0) {
      if (red < 0) {
        store<i32>(doubt, at)
        doubt += 4
      }
      if (green < 0) {
        store<i32>(doubt, at + 1)
        doubt += 4
      }
      if (blue < 0) {
        store<i32>(doubt, at + 2)
        doubt += 4
      }
    }
  }
  return <i32>((doubt - doubts) >> 2)
}
