// The accurate integer inverse DCT of libjpeg-turbo (`islow`).
import { block, refuse } from './jpegCodes'
import { dot, high, low } from './pairs'

/** Sums of 32 bits: eight rows of eight. */
const sums: usize = memory.data(256, 16)

/**
 * Four columns of a pass, with constants of 13 bits behind the binary point: the names are those of libjpeg's jidctint.c.
 * `sum` and `difference` are of rows 0 and 4, `pNM` are pairs of rows N and M, and `p7351` pairs the sums of rows 7 and 3,
 * and 5 and 1. Sums of rows have 16 bits, as in libjpeg-turbo's own vectors, should a damaged file exceed them.
 */
function fourColumns(
  sum: v128,
  difference: v128,
  p26: v128,
  p71: v128,
  p53: v128,
  p7351: v128,
  rounding: v128,
  bits: i32,
  to: usize
): void {
  const tmp0 = i32x4.add(i32x4.shl(sum, 13), rounding)
  const tmp1 = i32x4.add(i32x4.shl(difference, 13), rounding)
  const tmp2 = dot(p26, 4433, -10704)
  const tmp3 = dot(p26, 10703, 4433)
  const tmp10 = i32x4.add(tmp0, tmp3)
  const tmp13 = i32x4.sub(tmp0, tmp3)
  const tmp11 = i32x4.add(tmp1, tmp2)
  const tmp12 = i32x4.sub(tmp1, tmp2)
  const z3 = dot(p7351, -6436, 9633)
  const z4 = dot(p7351, 9633, 6437)
  const odd0 = i32x4.add(dot(p71, -4927, -7373), z3)
  const odd1 = i32x4.add(dot(p53, -4176, -20995), z4)
  const odd2 = i32x4.add(dot(p53, -20995, 4177), z3)
  const odd3 = i32x4.add(dot(p71, -7373, 4926), z4)
  v128.store(to, i32x4.shr_s(i32x4.add(tmp10, odd3), bits))
  v128.store(to, i32x4.shr_s(i32x4.add(tmp11, odd2), bits), 32)
  v128.store(to, i32x4.shr_s(i32x4.add(tmp12, odd1), bits), 64)
  v128.store(to, i32x4.shr_s(i32x4.add(tmp13, odd0), bits), 96)
  v128.store(to, i32x4.shr_s(i32x4.sub(tmp13, odd0), bits), 128)
  v128.store(to, i32x4.shr_s(i32x4.sub(tmp12, odd1), bits), 160)
  v128.store(to, i32x4.shr_s(i32x4.sub(tmp11, odd2), bits), 192)
  v128.store(to, i32x4.shr_s(i32x4.sub(tmp10, odd3), bits), 224)
}

function row(y: usize): v128 {
  return v128.load(block + (y << 4))
}

/** Transforms the columns of the block, dropping `bits` fractional bits, into `sums`. */
function pass(bits: i32): void {
  const rounding = i32x4.splat(1 << (bits - 1))
  const in1 = row(1)
  const in3 = row(3)
  const in5 = row(5)
  const in7 = row(7)
  const sum = i16x8.add(row(0), row(4))
  const difference = i16x8.sub(row(0), row(4))
  const z3 = i16x8.add(in7, in3)
  const z4 = i16x8.add(in5, in1)
  fourColumns(
    i32x4.extend_low_i16x8_s(sum),
    i32x4.extend_low_i16x8_s(difference),
    low(row(2), row(6)),
    low(in7, in1),
    low(in5, in3),
    low(z3, z4),
    rounding,
    bits,
    sums
  )
  fourColumns(
    i32x4.extend_high_i16x8_s(sum),
    i32x4.extend_high_i16x8_s(difference),
    high(row(2), row(6)),
    high(in7, in1),
    high(in5, in3),
    high(z3, z4),
    rounding,
    bits,
    sums + 16
  )
}

/** A row of sums, in 16 bits. */
function sumsOf(y: usize): v128 {
  return i16x8.narrow_i32x4_s(v128.load(sums + (y << 5)), v128.load(sums + (y << 5), 16))
}

/** Writes the sums into the block, rows as columns, which is what interleaving the rows of both halves three times does. */
function transpose(): void {
  const r0 = sumsOf(0)
  const r1 = sumsOf(1)
  const r2 = sumsOf(2)
  const r3 = sumsOf(3)
  const r4 = sumsOf(4)
  const r5 = sumsOf(5)
  const r6 = sumsOf(6)
  const r7 = sumsOf(7)
  const a0 = low(low(r0, r4), low(r2, r6))
  const a1 = high(low(r0, r4), low(r2, r6))
  const a2 = low(high(r0, r4), high(r2, r6))
  const a3 = high(high(r0, r4), high(r2, r6))
  const b0 = low(low(r1, r5), low(r3, r7))
  const b1 = high(low(r1, r5), low(r3, r7))
  const b2 = low(high(r1, r5), high(r3, r7))
  const b3 = high(high(r1, r5), high(r3, r7))
  v128.store(block, low(a0, b0))
  v128.store(block, high(a0, b0), 16)
  v128.store(block, low(a1, b1), 32)
  v128.store(block, high(a1, b1), 48)
  v128.store(block, low(a2, b2), 64)
  v128.store(block, high(a2, b2), 80)
  v128.store(block, low(a3, b3), 96)
  v128.store(block, high(a3, b3), 112)
}

/** Two rows of samples: signed bytes, and 128 added. */
function storeRows(y: usize, to: usize, line: usize): void {
  const bytes = i8x16.add(i8x16.narrow_i16x8_s(row(y), row(y + 1)), i8x16.splat(-128))
  v128.store64_lane(to, bytes, 0)
  v128.store64_lane(to + line, bytes, 1)
}

/** The samples of the block, which is cleared. */
export function transform(table: usize, to: usize, line: usize): void {
  for (let y: usize = 0; y < 128; y += 16) v128.store(block + y, i16x8.mul(v128.load(block + y), v128.load(table + y)))
  pass(11)
  transpose()
  pass(18)
  transpose()
  for (let y: usize = 0; y < 8; y += 2) storeRows(y, to + y * line, line)
  for (let y: usize = 0; y < 128; y += 16) v128.store(block + y, i64x2.splat(0))
}

/** The samples of a block that has only its first coefficient: all are the same. */
export function transformFirst(table: usize, to: usize, line: usize): void {
  const first = <i32>load<i16>(block) * <i32>load<i16>(table)
  // beyond what an image can have, libjpeg-turbo's arithmetic overflows
  if (first < -8191 || first > 8191) refuse()
  const value = (first + 4) >> 3
  const sample = <i8>(max(-128, min(127, value)) + 128)
  for (let y = 0; y < 8; y++, to += line) v128.store64_lane(to, i8x16.splat(sample), 0)
}
