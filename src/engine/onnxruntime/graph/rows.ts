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

/** Appends a row of `fill`, which stands for padding. */
const withOutside = (g: Graph, x: Ref, fill: number): Ref => {
  const [count, columns] = [x.shape[0]!, x.shape[1]!]
  return g.op('Pad', [x, g.int64s([0, 0, 1, 0]), g.scalar(fill)], [count + 1, columns])
}

/** The matrix with a padding row if the table needs one. */
export const padRows = (g: Graph, x: Ref, table: RowTable, fill = 0): Ref =>
  isPadded(table) ? withOutside(g, x, fill) : x

/** `gatherRows` from a matrix returned by `padRows`. */
export const gatherPadded = (g: Graph, x: Ref, key: string, table: RowTable): Ref => {
  const indices = g.table(`rows ${key}`, [table.indices.length], () => table.indices)
  return arithmetic(g).gather(x, indices, 0)
}

/** Gathers rows of a matrix by a table identified by its key. Copying whole rows is the fastest way to move values. */
export const gatherRows = (g: Graph, x: Ref, key: string, table: RowTable, fill = 0): Ref =>
  gatherPadded(g, padRows(g, x, table, fill), key, table)

/**
 * The image under each tap of a window, by a table `[output, tap]`: one matrix `[outputs, images·channels]` per tap.
 */
export const gatherTaps = (g: Graph, x: Ref, w: Window, key: string, table: RowTable, fill = 0): ReadonlyArray<Ref> =>
  Array.from({ length: tapsOf(w) }, (_, tap) =>
    gatherRows(g, x, `tap ${tap} ${key} ${windowKey(w)}`, underTap(w, table, tap), fill)
  )

/** For each row, the sum of those that contribute to it. */
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

/** The sums of contributions by the groups of `tapLandings`; `parts` has a matrix `[outputs, columns]` for each tap. */
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
