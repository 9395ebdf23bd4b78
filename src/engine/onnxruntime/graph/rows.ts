import { arithmetic } from './arithmetic.js'
import type { Graph, Ref } from './Graph.js'
import {
  isPadded,
  tapsOf,
  underTap,
  windowKey,
  type Landings,
  type RowTable,
  type TapLandings,
  type Window
} from './Window.js'

/** One more row of `fill` behind the last: it stands for what lies outside. */
const withOutside = (g: Graph, x: Ref, fill: number): Ref => {
  const [count, columns] = [x.shape[0]!, x.shape[1]!]
  return g.op('Pad', [x, g.int64s([0, 0, 1, 0]), g.scalar(fill)], [count + 1, columns])
}

/** The matrix with what the table needs outside of it. */
export const padRows = (g: Graph, x: Ref, table: RowTable, fill = 0): Ref =>
  isPadded(table) ? withOutside(g, x, fill) : x

/** `gatherRows` from a matrix that `padRows` gave. */
export const gatherPadded = (g: Graph, x: Ref, key: string, table: RowTable): Ref => {
  const indices = g.table(`rows ${key}`, [table.indices.length], () => table.indices)
  return arithmetic(g).gather(x, indices, 0)
}

/** Rows of a matrix, in the order of a table known by its key: whole rows are copied, the fastest thing there is. */
export const gatherRows = (g: Graph, x: Ref, key: string, table: RowTable, fill = 0): Ref =>
  gatherPadded(g, padRows(g, x, table, fill), key, table)

/** The image under each tap of a window, by a table `[output, tap]`: one matrix `[outputs, images·channels]` a tap. */
export const gatherTaps = (g: Graph, x: Ref, w: Window, key: string, table: RowTable, fill = 0): ReadonlyArray<Ref> =>
  Array.from({ length: tapsOf(w) }, (_, tap) =>
    gatherRows(g, x, `tap ${tap} ${key} ${windowKey(w)}`, underTap(w, table, tap), fill)
  )

/** On each row the sum of those that land on it. */
export const sumOfLandings = (g: Graph, x: Ref, key: string, { groups, order }: Landings): Ref => {
  const sums = groups.map((tables, i) => {
    const parts = tables.map((table, slot) => gatherRows(g, x, `${key} ${i} ${slot}`, table))
    return parts.length === 1 ? parts[0]! : g.op('Sum', parts, parts[0]!.shape)
  })
  const inOrder = order.every((at, i) => at === i)
  const all = arithmetic(g).concat(sums, 0)
  return inOrder ? all : gatherRows(g, all, `${key} order`, { indices: order, rows: order.length })
}

const isAll = ({ indices, rows }: RowTable): boolean => indices.length === rows && indices.every((row, i) => row === i)

/** By the groups of `tapLandings`, the sums of what lands: `parts` has a matrix `[outputs, columns]` for each tap. */
export const sumsByTap = (
  g: Graph,
  parts: ReadonlyArray<Ref>,
  key: string,
  { groups }: TapLandings
): ReadonlyArray<Ref> =>
  groups.map((slots, i) =>
    slots
      .map(({ tap, table }, slot) =>
        isAll(table) ? parts[tap]! : gatherRows(g, parts[tap]!, `${key} ${i} ${slot}`, table)
      )
      .reduce(arithmetic(g).add)
  )

/** A matrix's rows in another order. */
export const inOrder = (g: Graph, x: Ref, key: string, order: Int32Array): Ref => {
  const table = { indices: order, rows: order.length }
  return isAll(table) ? x : gatherRows(g, x, key, table)
}
