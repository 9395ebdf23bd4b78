/**
 * `Sampling`: how often each training image is drawn in an epoch.
 *
 * @since 0.1.0
 */
import { permutation, splitSeed, type Seed } from '../Seed.js'
import { apportioned } from './holdouts/separation.js'

/**
 * `EachOnce`: every image once in an epoch. `Balanced`: as many images in all, but those of rare classes more often.
 *
 * @category data
 * @since 0.1.0
 */
export type Sampling = { readonly _tag: 'EachOnce' } | { readonly _tag: 'Balanced'; readonly power: number }

/** Every image once in an epoch. */
export const eachOnce: Sampling = { _tag: 'EachOnce' }

/**
 * Draws the images of rare classes more often, in proportion to n_c^(1−`power`) for a class of n_c images: with power 1
 * (the default) all classes equally often, with 0 as they are. `power` is in [0, 1]. An epoch has as many images as the
 * training set. Within a class, images are drawn equally often, to one; which ones once more depends on seed and epoch.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { balancedSampling, imageFolder, withSampling } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos'), withSampling(balancedSampling({ power: 0.5 })))
 * assert.deepStrictEqual(spec.sampling, { _tag: 'Balanced', power: 0.5 })
 *
 * @category data
 * @since 0.1.0
 */
export const balancedSampling = ({ power = 1 }: { readonly power?: number } = {}): Sampling => ({
  _tag: 'Balanced',
  power
})

/** Balanced sampling of items with known classes. */
export interface Draws {
  readonly power: number
  /** The class of each item. */
  readonly classes: ReadonlyArray<number>
}

/**
 * The positions of an epoch's items, ascending, as many as there are items.
 *
 * @example
 * import { drawnItems } from './index.js'
 *
 * const items = drawnItems({ power: 1, classes: [0, 0, 0, 1] }, 42, 0)
 * assert.deepStrictEqual([items.length, items.filter((i) => i === 3).length], [4, 2])
 *
 * @since 0.1.0
 */
export const drawnItems = ({ power, classes }: Draws, seed: Seed, epoch: number): ReadonlyArray<number> => {
  const members: Array<Array<number>> = []
  for (const [i, c] of classes.entries()) (members[c] ??= []).push(i)
  const present = members.filter((its) => its !== undefined)
  const shares = present.map((its) => its.length ** (1 - power))
  const sum = shares.reduce((a, b) => a + b, 0)
  const counts = apportioned(shares.map((share) => (classes.length * share) / sum))
  const times = new Int32Array(classes.length)
  present.forEach((its, c) => {
    for (const i of its) times[i] = Math.floor(counts[c]! / its.length)
    const more = permutation(splitSeed(seed, 'sample', epoch, c), its.length).slice(0, counts[c]! % its.length)
    for (const k of more) times[its[k]!]!++
  })
  return [...times].flatMap((n, i) => Array<number>(n).fill(i))
}

/** How often each item of an epoch's batches has been drawn in the epoch before. */
export const repeatsIn = (batches: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<ReadonlyArray<number>> => {
  const seen = new Map<number, number>()
  return batches.map((batch) =>
    batch.map((i) => {
      const before = seen.get(i) ?? 0
      seen.set(i, before + 1)
      return before
    })
  )
}
