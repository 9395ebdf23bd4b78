/**
 * The matrices of Winograd's minimal filtering F(m, 3), by the Toom-Cook construction (Winograd 1980; Lavin and Gray
 * 2016): `m` outputs of a filter with 3 taps from `m + 2` products, `y = Aᵀ((G w) ⊙ (Bᵀ x))`. The underlying
 * polynomials are evaluated at `m + 1` points and at infinity.
 */
export interface Toom {
  /** Bᵀ, `[m + 2, m + 2]` */
  readonly input: ReadonlyArray<ReadonlyArray<number>>
  /** G, `[m + 2, 3]` */
  readonly filter: ReadonlyArray<ReadonlyArray<number>>
  /** Aᵀ, `[m, m + 2]` */
  readonly output: ReadonlyArray<ReadonlyArray<number>>
}

// The transforms are computed as products with these matrices, so integer points would not be faster; with these
// points the error is several times smaller than with 0, ±1, ±2.
const points: Readonly<Record<number, ReadonlyArray<number>>> = {
  2: [0, 1, -1],
  4: [0, 2 / 3, -2 / 3, 3 / 2, -3 / 2]
}

/** The coefficients of the product of `x - p` over the roots, the constant first. */
const polynomial = (roots: ReadonlyArray<number>): ReadonlyArray<number> =>
  roots.reduce<ReadonlyArray<number>>((p, root) => [...p, 0].map((c, i) => (p[i - 1] ?? 0) - root * (p[i] ?? c)), [1])

export const toom = (m: 2 | 4): Toom => {
  const at = points[m]!
  const others = (i: number) => at.filter((_, j) => j !== i)
  const powers = (p: number, count: number) => Array.from({ length: count }, (_, j) => p ** j)
  return {
    input: [...at.map((_, i) => [...polynomial(others(i)), 0]), polynomial(at)],
    filter: [
      ...at.map((p, i) => powers(p, 3).map((x) => x / others(i).reduce((product, q) => product * (p - q), 1))),
      [0, 0, 1]
    ],
    output: Array.from({ length: m }, (_, j) => [...at.map((p) => p ** j), j === m - 1 ? 1 : 0])
  }
}

/** The transform over both axes of an image: the Kronecker product of the matrix with itself, as rows. */
export const overBothAxes = (matrix: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<ReadonlyArray<number>> =>
  matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))))
