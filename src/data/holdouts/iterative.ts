/**
 * Iterative stratification of items with any number of labels (Sechidis, Tsoumakas and Vlahavas, 2011).
 *
 * @since 0.1.0
 */
import { permutation, type Seed } from '../../Seed.js'

/** The remaining items of each label, in drawn order, and how many each part still wants. */
interface Demand {
  readonly items: ReadonlyArray<number>
  left: number
  readonly wanted: Array<number>
}

const demandsOf = (
  labels: ReadonlyArray<ReadonlyArray<string>>,
  order: ReadonlyArray<number>,
  shares: ReadonlyArray<number>
): ReadonlyMap<string, Demand> => {
  const items = new Map<string, Array<number>>()
  for (const i of order)
    for (const label of new Set(labels[i])) {
      const its = items.get(label)
      if (its === undefined) items.set(label, [i])
      else its.push(i)
    }
  return new Map(
    [...items].map(([label, its]) => [
      label,
      { items: its, left: its.length, wanted: shares.map((share) => share * its.length) }
    ])
  )
}

/**
 * The part of each item, from 0: parts have about these shares of all items (which sum to 1) and of each label's. The
 * rarest label left is divided first, each of its items going to the part that wants most of it. A label none of whose
 * items has another label is divided to less than one item.
 *
 * @example
 * import { iterativeParts } from '../index.js'
 *
 * const labels = Array.from({ length: 8 }, (_, i) => (i < 4 ? ['sea', 'sky'] : ['sky']))
 * const parts = iterativeParts([0.5, 0.5], labels, 42)
 * assert.deepStrictEqual([parts.slice(0, 4), parts.slice(4)].map((some) => some.filter((p) => p === 0).length), [2, 2])
 *
 * @since 0.1.0
 */
export const iterativeParts = (
  shares: ReadonlyArray<number>,
  labels: ReadonlyArray<ReadonlyArray<string>>,
  seed: Seed
): ReadonlyArray<number> => {
  const order = permutation(seed, labels.length)
  const demands = demandsOf(labels, order, shares)
  const room = shares.map((share) => share * labels.length)
  const parts = new Array<number>(labels.length).fill(-1)
  /** The part that wants most of a label; of equals, the one with most room. */
  const hungriest = (wanted: ReadonlyArray<number>): number => {
    let best = 0
    for (let p = 1; p < shares.length; p++) {
      const more = wanted[p]! - wanted[best]!
      if (more > 0 || (more === 0 && room[p]! > room[best]!)) best = p
    }
    return best
  }
  const put = (i: number, wanted: ReadonlyArray<number>): void => {
    const part = hungriest(wanted)
    parts[i] = part
    room[part]! -= 1
    for (const label of new Set(labels[i])) {
      const demand = demands.get(label)!
      demand.left -= 1
      demand.wanted[part]! -= 1
    }
  }
  const open = new Set(demands.values())
  while (open.size > 0) {
    let rarest: Demand | undefined
    for (const demand of open) if (rarest === undefined || demand.left < rarest.left) rarest = demand
    open.delete(rarest!)
    for (const i of rarest!.items) if (parts[i] === -1) put(i, rarest!.wanted)
  }
  // items without a label go where there is room
  for (const i of order) if (parts[i] === -1) put(i, room)
  return parts
}
