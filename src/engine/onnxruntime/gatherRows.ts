import { arithmetic } from './arithmetic.js'
import type { Graph, Ref } from './Graph.js'
import type { RowTable } from './Window.js'

/** `x` is `[images, rows, channels]`; one more row of `fill` behind the last stands for what lies outside. */
const withOutside = (g: Graph, x: Ref, fill: number): Ref => {
  const [images, count, channels] = [x.shape[0]!, x.shape[1]!, x.shape[2]!]
  return g.op('Pad', [x, g.int64s([0, 0, 0, 0, 1, 0]), g.scalar(fill)], [images, count + 1, channels])
}

/** Rows of every image, in the order of a table known by its key: whole rows are copied, the fastest thing there is. */
export const gatherRows = (g: Graph, x: Ref, key: string, table: RowTable, fill = 0): Ref => {
  const indices = g.table(`rows ${key}`, [table.indices.length], () => table.indices)
  return arithmetic(g).gather(table.padded ? withOutside(g, x, fill) : x, indices, 1)
}

/** The sum over `slots` lists of rows, each as long as the result: `[images, rows, channels]`. */
export const sumOfRows = (g: Graph, x: Ref, key: string, table: RowTable & { readonly slots: number }): Ref => {
  const count = table.indices.length / table.slots
  const list = (slot: number): RowTable => ({
    ...table,
    indices: table.indices.subarray(slot * count, (slot + 1) * count)
  })
  const parts = Array.from({ length: table.slots }, (_, slot) => gatherRows(g, x, `${key} ${slot}`, list(slot)))
  return parts.length === 1 ? parts[0]! : g.op('Sum', parts, parts[0]!.shape)
}
