/**
 * `Projective`: projective maps of the plane, which include rotation, zoom and perspective. Coordinates are x and y
 * from -1 to 1 at the centres of the corner pixels. A map takes output coordinates to input coordinates.
 */

/** A 3 x 3 matrix, row by row. */
export type Projective = readonly [number, number, number, number, number, number, number, number, number]

export const identity: Projective = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** The composition: first `g`, then `f`. */
export const after = (f: Projective, g: Projective): Projective => {
  const at = (row: number, col: number): number =>
    f[3 * row]! * g[col]! + f[3 * row + 1]! * g[3 + col]! + f[3 * row + 2]! * g[6 + col]!
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)]
}

export const affine = (a: number, b: number, c: number, d: number, e: number, f: number): Projective => [
  a,
  b,
  c,
  d,
  e,
  f,
  0,
  0,
  1
]

export const rotation = (degrees: number): Projective => {
  const angle = (degrees * Math.PI) / 180
  return affine(Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0)
}

/** The part of the image that covers fractions `width` and `height` of its sides, at a position. */
const part = (width: number, height: number, row: number, col: number): Projective =>
  affine(width, 0, (1 - width) * (2 * col - 1), 0, height, (1 - height) * (2 * row - 1))

export const zoomed = (scale: number, row: number, col: number): Projective => part(1 / scale, 1 / scale, row, col)

export const squished = (scale: number, row: number, col: number): Projective =>
  scale <= 1 ? part(scale, 1, row, col) : part(1, 1 / scale, row, col)

/** The first of several draws that stays within the image; else its central square, stretched over it. */
export const zoomSquished =
  (of: {
    readonly scale: ReadonlyArray<number>
    readonly squish: ReadonlyArray<number>
    readonly invert: ReadonlyArray<number>
    readonly row: number
    readonly col: number
  }) =>
  ([height, width]: readonly [height: number, width: number]): Projective => {
    const sizes = of.scale.map((scale, i): readonly [number, number] => {
      const [side, ratio] = [1 / Math.sqrt(scale), Math.sqrt(of.squish[i]!)]
      const [w, h] = [side * ratio, side / ratio]
      return of.invert[i] === 0 ? [w, h] : [h, w]
    })
    const fitting = sizes.find(([w, h]) => w <= 1 && h <= 1)
    if (fitting !== undefined) return part(...fitting, of.row, of.col)
    return width > height ? part(height / width, 1, 0.5, 0.5) : part(1, width / height, 0.5, 0.5)
  }

/** The inverse of a map; none for a singular matrix. */
export const inverse = ([a, b, c, d, e, f, g, h, i]: Projective): Projective | null => {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  if (Math.abs(determinant) < 1e-12) return null
  const of = (x: number): number => x / determinant
  return [
    of(e * i - f * h),
    of(c * h - b * i),
    of(b * f - c * e),
    of(f * g - d * i),
    of(a * i - c * g),
    of(c * d - a * f),
    of(d * h - e * g),
    of(b * g - a * h),
    of(a * e - b * d)
  ]
}

/** Where a map takes a point. */
export const moved = (m: Projective, [x, y]: readonly [number, number]): readonly [x: number, y: number] => {
  const w = m[6] * x + m[7] * y + m[8]
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w]
}

export const symmetry = (k: number): Projective => {
  const [x, y] = [(k & 1) !== 0 ? -1 : 1, (k & 2) !== 0 ? -1 : 1]
  return (k & 4) !== 0 ? affine(0, x, 0, y, 0, 0) : affine(x, 0, 0, 0, y, 0)
}

type Corner = readonly [x: number, y: number]
export type Corners = readonly [Corner, Corner, Corner, Corner]

/** Top left, bottom left, top right, bottom right. */
export const corners: Corners = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1]
]

/** Solves linear equations by Gauss-Jordan elimination with pivoting; null for a singular matrix. */
const solved = (rows: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<number> | null => {
  const n = rows.length
  const a = rows.map((row) => [...row])
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i
    const first = a[pivot]!
    if (Math.abs(first[k]!) < 1e-12) return null
    a[pivot] = a[k]!
    a[k] = first.map((v) => v / first[k]!)
    for (let i = 0; i < n; i++) if (i !== k) a[i] = a[i]!.map((v, j) => v - a[i]![k]! * a[k]![j]!)
  }
  return a.map((row) => row[n]!)
}

/** The map that takes `from` to the corners of the image; the identity if there is none. */
export const toCorners = (from: Corners): Projective => {
  const solution = solved(
    from.flatMap(([x, y], i) => {
      const [u, v] = corners[i]!
      return [
        [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
        [0, 0, 0, x, y, 1, -v * x, -v * y, v]
      ]
    })
  )
  return solution === null ? identity : ([...solution, 1] as unknown as Projective)
}

export const warped = ([right, left, bottom, top]: readonly [number, number, number, number]): Projective =>
  toCorners([
    [-1 - top, -1 - left],
    [-1 - bottom, 1 + left],
    [1 + top, -1 - right],
    [1 + bottom, 1 + right]
  ])

/** Moves each corner by its two magnitudes. */
export const perspectiveWarped = (magnitude: ReadonlyArray<number>): Projective =>
  toCorners(
    corners.map(([x, y], i): Corner => [x + magnitude[2 * i]!, y + magnitude[2 * i + 1]!]) as unknown as Corners
  )

export const tilted = (direction: number, m: number): Projective =>
  toCorners(
    (
      [
        [
          [-1, -1],
          [-1, 1],
          [1, -1 - m],
          [1, 1 + m]
        ],
        [
          [-1, -1 - m],
          [-1, 1 + m],
          [1, -1],
          [1, 1]
        ],
        [
          [-1, -1],
          [-1 - m, 1],
          [1, -1],
          [1 + m, 1]
        ],
        [
          [-1 - m, -1],
          [-1, 1],
          [1 + m, -1],
          [1, 1]
        ]
      ] as const satisfies ReadonlyArray<Corners>
    )[direction]!
  )

/** Moves one corner away from the centre: along x for even directions, along y for odd ones. */
export const skewed = (direction: number, m: number): Projective =>
  toCorners(
    corners.map(([x, y], i): Corner => {
      if (i !== direction >> 1) return [x, y]
      return direction % 2 === 0 ? [x * (1 + m), y] : [x, y * (1 + m)]
    }) as unknown as Corners
  )
