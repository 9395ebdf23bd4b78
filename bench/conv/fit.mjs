// A line through measured times: milliseconds for the operators, for every GFLOP of products and for every GB moved.

/** Solves a small linear system by elimination; undefined when it has no single solution. */
const solved = (matrix, right) => {
  const rows = matrix.map((row, i) => [...row, right[i]])
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]) > Math.abs(best[i]) ? row : best))
    if (Math.abs(pivot[i]) < 1e-12) return undefined
    rows.splice(rows.indexOf(pivot), 1, rows[i])
    rows[i] = pivot.map((x) => x / pivot[i])
    rows.forEach((row, k) => {
      if (k !== i) rows[k] = row.map((x, j) => x - row[i] * rows[i][j])
    })
  }
  return rows.map((row) => row.at(-1))
}

const subsets = (items) => items.reduce((all, item) => [...all, ...all.map((some) => [...some, item])], [[]])

/** The least squares of the relative errors over coefficients that are not negative; the best of all that leave some at zero. */
export const leastSquares = (rows) => {
  const count = rows[0].length
  const indices = Array.from({ length: count }, (_, i) => i)
  const candidates = subsets(indices).flatMap((used) => {
    const normal = used.map((i) => used.map((j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)))
    const found = solved(
      normal,
      used.map((i) => rows.reduce((sum, row) => sum + row[i], 0))
    )
    if (found === undefined || found.some((x) => x < 0)) return []
    const all = indices.map((i) => (used.includes(i) ? found[used.indexOf(i)] : 0))
    const error = rows.reduce((sum, row) => sum + (row.reduce((s, x, i) => s + x * all[i], 0) - 1) ** 2, 0)
    return [{ all, error }]
  })
  return candidates.reduce((best, each) => (each.error < best.error ? each : best)).all
}

const rounded = (x) => Number(x.toPrecision(3))

/** Of measurements `{ ms, work: { flops, bytes } }`; null of none. */
export const fitted = (measurements) => {
  if (measurements.length === 0) return null
  const rows = measurements.map(({ ms, work: { flops, bytes } }) => [1, flops / 1e9, bytes / 1e9].map((x) => x / ms))
  const [fixed, perGflop, perGbyte] = leastSquares(rows).map(rounded)
  return { ms: fixed, perGflop, perGbyte }
}
