// Pairs of numbers of 16 bits.

/** Pairs of the first four of `a` and of `b`. */
export function low(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

/** Pairs of the last four. */
export function high(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}

/** For pairs of numbers (a, b): `p` a + `q` b. */
export function dot(pairs: v128, p: i16, q: i16): v128 {
  return i32x4.dot_i16x8_s(pairs, i16x8(p, q, p, q, p, q, p, q))
}
