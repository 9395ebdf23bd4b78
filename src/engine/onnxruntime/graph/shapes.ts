/** Shapes as plain lists of numbers. */

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((a, b) => a * b, 1)

export const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** The shape of `a op b` by NumPy's broadcasting; tfjs's kernels have already rejected other shapes. */
export const broadcast = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> => {
  const rank = Math.max(a.length, b.length)
  const at = (s: ReadonlyArray<number>, i: number): number => s[i - (rank - s.length)] ?? 1
  return Array.from({ length: rank }, (_, i) => (at(a, i) === 1 ? at(b, i) : at(a, i)))
}

export const broadcasts = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  broadcast(a, b).every((d, i, { length }) => [a, b].every((s) => [1, d].includes(s[i - (length - s.length)] ?? 1)))
