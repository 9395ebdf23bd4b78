/**
 * Divisions of items by class and by group, drawn from a seed: which are held out, and which fold each is in.
 *
 * @since 0.1.0
 */
import { permutation, type Seed } from '../../Seed.js'
import type { Separation } from './Holdout.js'
import { iterativeParts } from './iterative.js'

const positionsOf = (keys: ReadonlyArray<string>, order: ReadonlyArray<number>): ReadonlyMap<string, Array<number>> => {
  const positions = new Map<string, Array<number>>()
  for (const i of order) {
    const key = keys[i]!
    const its = positions.get(key)
    if (its === undefined) positions.set(key, [i])
    else its.push(i)
  }
  return positions
}

const separation = (n: number, held: Iterable<number>): Separation => {
  const isHeld = new Uint8Array(n)
  for (const i of held) isHeld[i] = 1
  const [train, valid]: [Array<number>, Array<number>] = [[], []]
  for (let i = 0; i < n; i++) (isHeld[i] === 1 ? valid : train).push(i)
  return { train, valid }
}

/** Rounds quotas to integers that add up to the floor of their sum (largest remainder method). */
export const apportioned = (quotas: ReadonlyArray<number>): ReadonlyArray<number> => {
  const floors = quotas.map(Math.floor)
  // the sum of products may fall short of a whole number by rounding
  const total = Math.floor(quotas.reduce((a, b) => a + b, 0) + 1e-9)
  const rest = total - floors.reduce((a, b) => a + b, 0)
  const first = quotas
    .map((quota, i) => ({ i, part: quota - floors[i]! }))
    .sort((a, b) => b.part - a.part || a.i - b.i)
    .slice(0, rest)
  const up = new Set(first.map(({ i }) => i))
  return floors.map((floor, i) => floor + (up.has(i) ? 1 : 0))
}

/**
 * Holds out a fraction of the items of each stratum, at least one and not all where there are two or more.
 *
 * @example
 * import { separateStratified } from '../index.js'
 *
 * const { valid } = separateStratified(0.25, 42)([...'aaaaaaaabbbb'])
 * assert.deepStrictEqual([valid.filter((i) => i < 8).length, valid.filter((i) => i >= 8).length], [2, 1])
 *
 * @since 0.1.0
 */
export const separateStratified =
  (pct: number, seed: Seed) =>
  (strata: ReadonlyArray<string>): Separation => {
    if (pct === 0) return separation(strata.length, [])
    const positions = [...positionsOf(strata, permutation(seed, strata.length))]
    // in the order of the items, whatever the seed
    const first = new Map(positions.map(([stratum, its]) => [stratum, its.reduce((a, b) => Math.min(a, b))]))
    const byFirst = positions.sort(([a], [b]) => first.get(a)! - first.get(b)!).map(([, its]) => its)
    const counts = apportioned(byFirst.map(({ length }) => pct * length))
    const held = byFirst.flatMap((its, c) =>
      its.length < 2 ? [] : its.slice(0, Math.min(its.length - 1, Math.max(1, counts[c]!)))
    )
    return separation(strata.length, held)
  }

/**
 * Holds out a fraction of the items of each label, as nearly as iterative stratification divides them.
 *
 * @example
 * import { separateByLabels } from '../index.js'
 *
 * const { train, valid } = separateByLabels(0.25, 42)(Array.from({ length: 8 }, () => ['sea', 'sky']))
 * assert.deepStrictEqual([train.length, valid.length], [6, 2])
 *
 * @since 0.1.0
 */
export const separateByLabels =
  (pct: number, seed: Seed) =>
  (labels: ReadonlyArray<ReadonlyArray<string>>): Separation => {
    const parts = iterativeParts([1 - pct, pct], labels, seed)
    const all = Array.from({ length: labels.length }, (_, i) => i)
    return { train: all.filter((i) => parts[i] === 0), valid: all.filter((i) => parts[i] === 1) }
  }

/** For each sum that group sizes can make: the index of the size that first completed it, and how often it is used. */
interface Sums {
  readonly kind: Int32Array
  readonly times: Int32Array
}

const sumsOf = (sizes: ReadonlyArray<readonly [size: number, count: number]>, most: number): Sums => {
  const kind = new Int32Array(most + 1).fill(-1)
  const times = new Int32Array(most + 1)
  const reached = (s: number, by: number): boolean => s === 0 || (kind[s]! >= 0 && kind[s]! < by)
  sizes.forEach(([size, count], by) => {
    for (let s = size; s <= most; s++) {
      if (s === 0 || kind[s]! >= 0) continue
      const before = s - size
      if (reached(before, by)) {
        kind[s] = by
        times[s] = 1
      } else if (kind[before] === by && times[before]! < count) {
        kind[s] = by
        times[s] = times[before]! + 1
      }
    }
  })
  return { kind, times }
}

/**
 * Holds out groups with, in total, as close to `pct` of all items as possible: at least one group, and not all. With
 * fewer than two groups, nothing is held out.
 *
 * @example
 * import { separateGroups } from '../index.js'
 *
 * const { train, valid } = separateGroups(0.5, 42)([...'aaabbc'])
 * assert.deepStrictEqual([train.length, valid.length], [3, 3])
 *
 * @since 0.1.0
 */
export const separateGroups =
  (pct: number, seed: Seed) =>
  (groups: ReadonlyArray<string>): Separation => {
    const all = [
      ...positionsOf(
        groups,
        Array.from(groups, (_, i) => i)
      ).values()
    ]
    const n = groups.length
    if (all.length < 2) return separation(n, [])
    // groups by size; sizes, and the groups of a size, are in the order drawn
    const bySize = new Map<number, Array<ReadonlyArray<number>>>()
    for (const g of permutation(seed, all.length)) {
      const its = all[g]!
      const others = bySize.get(its.length)
      if (others === undefined) bySize.set(its.length, [its])
      else others.push(its)
    }
    const sizes = [...bySize].map(([size, of]) => [size, of.length] as const)
    const target = pct * n
    const smallest = Math.min(...bySize.keys())
    const most = Math.min(n - smallest, Math.max(Math.ceil(2 * target), smallest))
    const { kind, times } = sumsOf(sizes, most)
    let best = -1
    for (let s = 1; s <= most; s++)
      if (kind[s]! >= 0 && (best < 0 || Math.abs(s - target) < Math.abs(best - target))) best = s
    const held: Array<number> = []
    for (let s = best; s > 0;) {
      const [size, count] = [sizes[kind[s]!]![0], times[s]!]
      held.push(...bySize.get(size)!.slice(0, count).flat())
      s -= size * count
    }
    return separation(n, held)
  }

/** Deals items into folds, stratum by stratum: the sizes of folds, and of a stratum's parts, differ by at most one. */
const dealt = (k: number, strata: ReadonlyArray<string>, order: ReadonlyArray<number>): ReadonlyArray<number> => {
  const folds = new Array<number>(strata.length)
  let next = 0
  for (const its of positionsOf(strata, order).values()) for (const i of its) folds[i] = next++ % k
  return folds
}

/** Squared distance of each fold's counts from an equal part, in all strata. */
const unevenness = (counts: ReadonlyArray<ReadonlyArray<number>>, parts: ReadonlyArray<number>): number =>
  counts.reduce(
    (sum, of) => sum + of.reduce((s, count, c) => s + ((count - parts[c]!) / Math.max(parts[c]!, 1)) ** 2, 0),
    0
  )

/** Assigns each group, the largest first, to the fold in which the strata stay most even. */
const placedGroups = (
  k: number,
  labels: ReadonlyArray<ReadonlyArray<string>>,
  groups: ReadonlyArray<string>,
  order: ReadonlyArray<number>
): ReadonlyArray<number> => {
  const names = [...new Set(labels.flat())]
  const place = new Map(names.map((name, c) => [name, c]))
  const totals = names.map(() => 0)
  for (const its of labels) for (const label of its) totals[place.get(label)!]!++
  const parts = totals.map((total) => total / k)
  const bySize = [...positionsOf(groups, order).values()].sort((a, b) => b.length - a.length)
  const counts = Array.from({ length: k }, () => names.map(() => 0))
  const folds = new Array<number>(labels.length)
  bySize.forEach((its, placed) => {
    const added = names.map(() => 0)
    for (const i of its) for (const label of labels[i]!) added[place.get(label)!]!++
    const cost = counts.map((of) => {
      const after = of.map((count, c) => count + added[c]!)
      const empty = of.every((count) => count === 0)
      return { empty, cost: unevenness([after], parts) - unevenness([of], parts) }
    })
    // as many groups are left as there are empty folds: each of these gets one
    const must = bySize.length - placed <= cost.filter(({ empty }) => empty).length
    const open = cost.map((one, f) => ({ ...one, f })).filter(({ empty }) => !must || empty)
    const { f } = open.reduce((a, b) => (b.cost < a.cost ? b : a))
    counts[f] = counts[f]!.map((count, c) => count + added[c]!)
    for (const i of its) folds[i] = f
  })
  return folds
}

const areWords = (
  strata: ReadonlyArray<string> | ReadonlyArray<ReadonlyArray<string>>
): strata is ReadonlyArray<string> => strata.every((one) => typeof one === 'string')

/** What every item counts as besides its labels, so that the folds are of one size. */
const anyItem = ''

/**
 * Returns the fold of each item, from 0 to k - 1. Lists of labels are divided by iterative stratification. With `groups`, no group is divided; otherwise the sizes of folds, and of
 * a stratum's parts in them, differ by at most one. There must be at least `k` items, or groups.
 *
 * @example
 * import { foldsOf } from '../index.js'
 *
 * const folds = foldsOf({ k: 2, strata: [...'aabb'], groups: null, seed: 42 })
 * assert.deepStrictEqual([...folds.slice(0, 2)].sort(), [0, 1])
 *
 * @since 0.1.0
 */
export const foldsOf = ({
  k,
  strata,
  groups,
  seed
}: {
  readonly k: number
  readonly strata: ReadonlyArray<string> | ReadonlyArray<ReadonlyArray<string>>
  readonly groups: ReadonlyArray<string> | null
  readonly seed: Seed
}): ReadonlyArray<number> => {
  const order = permutation(seed, strata.length)
  if (areWords(strata))
    return groups === null
      ? dealt(k, strata, order)
      : placedGroups(
          k,
          strata.map((stratum) => [stratum]),
          groups,
          order
        )
  return groups === null
    ? iterativeParts(
        Array.from({ length: k }, () => 1 / k),
        strata,
        seed
      )
    : placedGroups(
        k,
        strata.map((labels) => [...new Set(labels), anyItem]),
        groups,
        order
      )
}
