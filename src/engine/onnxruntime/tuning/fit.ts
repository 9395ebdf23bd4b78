import type { Work } from '../conv/Convolution.js'
import type { Cost } from '../../CostTable.js'

type Vector = ReadonlyArray<number>

/** Solves a small linear system by elimination; undefined if there is no unique solution. */
const solved = (matrix: ReadonlyArray<Vector>, right: Vector): Vector | undefined => {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best))
    if (Math.abs(pivot[i]!) < 1e-12) return undefined
    rows.splice(rows.indexOf(pivot), 1, rows[i]!)
    rows[i] = pivot.map((x) => x / pivot[i]!)
    rows.forEach((row, k) => {
      if (k !== i) rows[k] = row.map((x, j) => x - row[i]! * rows[i]![j]!)
    })
  }
  return rows.map((row) => row.at(-1)!)
}

const subsets = (items: Vector): ReadonlyArray<Vector> =>
  items.reduce<ReadonlyArray<Vector>>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]])

/**
 * Minimises the squares of `row · coefficients - 1` over non-negative coefficients, by trying every subset that is not
 * zero.
 */
export const leastSquares = (rows: ReadonlyArray<Vector>): Vector => {
  const indices = rows[0]!.map((_, i) => i)
  const candidates = subsets(indices).flatMap((used) => {
    const normal = used.map((i) => used.map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)))
    const right = used.map((i) => rows.reduce((sum, row) => sum + row[i]!, 0))
    const found = solved(normal, right)
    if (found === undefined || found.some((x) => x < 0)) return []
    const all = indices.map((i) => (used.includes(i) ? found[used.indexOf(i)]! : 0))
    const error = rows.reduce((sum, row) => sum + (row.reduce((s, x, i) => s + x * all[i]!, 0) - 1) ** 2, 0)
    return [{ all, error }]
  })
  return candidates.reduce((best, each) => (each.error < best.error ? each : best)).all
}

const rounded = (x: number): number => Number(x.toPrecision(3))

/** A time, and the work done in it. */
export interface Timed {
  readonly ms: number
  readonly work: Work
}

/** The costs that fit times best, by squared relative error; undefined without times. */
export const fitted = (times: ReadonlyArray<Timed>): Cost | undefined => {
  if (times.length === 0) return undefined
  const rows = times.map(({ ms, work: { flops, bytes } }) => [1, flops / 1e9, bytes / 1e9].map((x) => x / ms))
  const [fixed, perGflop, perGbyte] = leastSquares(rows).map(rounded) as [number, number, number]
  return { ms: fixed, perGflop, perGbyte }
}
