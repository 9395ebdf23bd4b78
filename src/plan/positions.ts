/**
 * Interpolation of position embeddings from one grid of patches to another.
 *
 * @since 0.1.0
 */
import type { Pair, PositionEmbedding } from '../model/index.js'

/** Keys' cubic convolution with a = −0.5 (Keys 1981). */
const cubic = (x: number): number => {
  const d = Math.abs(x)
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0
}

/** The weight of each of `from` values in each of `to` interpolated ones, row by row; wider when there are fewer. */
const along = (from: number, to: number): ReadonlyArray<ReadonlyArray<number>> => {
  const step = from / to
  const scale = Math.max(step, 1)
  return Array.from({ length: to }, (_, i) => {
    const centre = step * (i + 0.5)
    const first = Math.max(0, Math.trunc(centre - 2 * scale + 0.5))
    const end = Math.min(from, Math.trunc(centre + 2 * scale + 0.5))
    const weights = Array.from({ length: from }, (_, j) =>
      j >= first && j < end ? cubic((j + 0.5 - centre) / scale) : 0
    )
    const total = weights.reduce((a, b) => a + b, 0)
    return weights.map((weight) => weight / total)
  })
}

/**
 * The matrix `[tokens, prefix + height·width]` that interpolates an embedding to a grid of other height and width; null
 * if the grid is the embedding's own. Bicubic with antialiasing, as torch's `interpolate(mode='bicubic',
 * antialias=True)`; the vectors of the prefix are kept.
 *
 * @example
 * import { positionMatrix } from './index.js'
 * import { positionEmbedding } from '../model/index.js'
 *
 * assert.strictEqual(positionMatrix(positionEmbedding(8, 2), [2, 2]), null)
 * const wider = positionMatrix(positionEmbedding(8, [1, 1], { prefix: 1 }), [1, 2])
 * assert.deepStrictEqual([...(wider ?? [])], [1, 0, 0, 1, 0, 1])
 *
 * @since 0.1.0
 */
export const positionMatrix = ({ grid, prefix }: PositionEmbedding, to: Pair): Float32Array | null => {
  if (grid[0] === to[0] && grid[1] === to[1]) return null
  const [rows, columns] = [along(grid[0], to[0]), along(grid[1], to[1])]
  const width = prefix + grid[0] * grid[1]
  const kept = Array.from({ length: prefix }, (_, i) => Array.from({ length: width }, (_, j) => (i === j ? 1 : 0)))
  const patches = rows.flatMap((row) =>
    columns.map((column) => [
      ...Array<number>(prefix).fill(0),
      ...row.flatMap((down) => column.map((across) => down * across))
    ])
  )
  return Float32Array.from([...kept, ...patches].flat())
}
