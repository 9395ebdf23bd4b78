/**
 * `Holdout`: which images are held out for validation.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { permutation, type Seed } from '../Seed.js'
import { eqValue, foldUnion } from '../Value.js'

/**
 * `Auto` uses the train and valid folders if both exist, and otherwise holds out a random 20 % (seed 42).
 *
 * @category data
 * @since 0.1.0
 */
export type Holdout =
  | { readonly _tag: 'Auto' }
  | { readonly _tag: 'ByFolder' }
  | { readonly _tag: 'ByPct'; readonly pct: number; readonly seed: Seed }

/**
 * Uses the train and valid folders if both exist, and otherwise holds out a random fifth; a warning says which.
 *
 * @example
 * import { holdoutAuto, imageFolder } from 'graft-vision'
 *
 * assert.deepStrictEqual(imageFolder('photos'), imageFolder('photos', { holdout: holdoutAuto }))
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutAuto: Holdout = { _tag: 'Auto' }

/**
 * Uses the train and valid folders, which must exist.
 *
 * @example
 * import { holdoutByFolder, imageFolder } from 'graft-vision'
 *
 * assert.strictEqual(imageFolder('photos', { holdout: holdoutByFolder }).source._tag, 'ImageFolder')
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByFolder: Holdout = { _tag: 'ByFolder' }

/**
 * Holds out a random fraction of all images: `pct` in [0, 1) (0 holds out nothing), drawn from `seed` (42).
 *
 * @example
 * import { holdoutByPct } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutByPct(0.2), { _tag: 'ByPct', pct: 0.2, seed: 42 })
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByPct = (pct: number, seed: Seed = defaultSeed): Holdout => ({ _tag: 'ByPct', pct, seed })

/** The fraction that `Auto` holds out when there are no folders. */
export const defaultPct = 0.2

export const defaultSeed: Seed = 42

/**
 * Positions in a list, by set.
 *
 * @since 0.1.0
 */
export interface Separation {
  readonly train: ReadonlyArray<number>
  readonly valid: ReadonlyArray<number>
}

/**
 * Holds out the first floor(pct·n) items of a permutation of 0..n-1, in that order; the others, ascending, are the
 * training set (fastai's `split_by_rand_pct`).
 *
 * @example
 * import { separateBy } from './index.js'
 *
 * assert.deepStrictEqual(separateBy(0.4)([3, 0, 2, 1, 4]), { train: [1, 2, 4], valid: [3, 0] })
 *
 * @since 0.1.0
 */
export const separateBy =
  (pct: number) =>
  (order: ReadonlyArray<number>): Separation => {
    const valid = order.slice(0, Math.floor(pct * order.length))
    const held = new Set(valid)
    return { train: Array.from({ length: order.length }, (_, i) => i).filter((i) => !held.has(i)), valid }
  }

/**
 * `separateBy` with a permutation drawn from a seed.
 *
 * @example
 * import { separateRandomly } from './index.js'
 *
 * assert.strictEqual(separateRandomly(0.2, 42)(10).valid.length, 2)
 *
 * @since 0.1.0
 */
export const separateRandomly =
  (pct: number, seed: Seed) =>
  (n: number): Separation =>
    separateBy(pct)(permutation(seed, n))

/**
 * Folds a holdout: one function for each case.
 *
 * @example
 * import { Fold, holdoutByPct } from 'graft-vision'
 *
 * const share = Fold.holdout({ Auto: () => 0.2, ByFolder: () => NaN, ByPct: ({ pct }) => pct })
 * assert.strictEqual(share(holdoutByPct(0.1)), 0.1)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldHoldout = /*#__PURE__*/ foldUnion<Holdout>()

/**
 * Equality of holdouts.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqHoldout: Eq<Holdout> = eqValue()

/**
 * Shows the word that makes it.
 *
 * @example
 * import { holdoutByPct, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.holdout.show(holdoutByPct(0.1)), 'holdoutByPct(0.1, 42)')
 *
 * @category instances
 * @since 0.1.0
 */
export const showHoldout: Show<Holdout> = {
  show: foldHoldout({
    Auto: () => 'holdoutAuto',
    ByFolder: () => 'holdoutByFolder',
    ByPct: ({ pct, seed }) => `holdoutByPct(${pct}, ${seed})`
  })
}
