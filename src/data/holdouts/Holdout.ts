/**
 * `Holdout`: which images are held out for validation.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../../Opaque.js'
import { permutation, type Seed } from '../../Seed.js'
import { eqValue, foldUnion, showValue } from '../../Value.js'
import { type Grouping, showGrouping } from './Grouping.js'

/**
 * One of `k` folds, which is held out. The folds with equal options partition the images.
 *
 * @category data
 * @since 0.1.0
 */
export interface HeldFold {
  readonly _tag: 'Fold'
  /** From 0. */
  readonly fold: number
  readonly k: number
  readonly stratified: boolean
  readonly group: O.Option<Grouping>
  readonly seed: Seed
}

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
  | { readonly _tag: 'Stratified'; readonly pct: number; readonly seed: Seed }
  | { readonly _tag: 'ByGroup'; readonly by: Grouping; readonly pct: number; readonly seed: Seed }
  | { readonly _tag: 'ByFile'; readonly file: string }
  | { readonly _tag: 'ByList'; readonly files: ReadonlyArray<string> }
  | { readonly _tag: 'ByColumn'; readonly column: string | number }
  | { readonly _tag: 'ByFunction'; readonly f: Opaque<string, (file: string) => boolean> }
  | HeldFold

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

/**
 * Holds out a random fraction of the images of each class: `pct` in [0, 1) (0 holds out nothing), drawn from `seed`
 * (42). Of a class of n images, `pct`·n are held out, rounded up or down; if n is at least 2, at least one image and not
 * all. A class's only image is trained on. With several labels per image, the share of each label is as near to `pct` as
 * iterative stratification brings it (Sechidis et al., 2011). Not for numbers.
 *
 * @example
 * import { holdoutStratified } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutStratified(0.2), { _tag: 'Stratified', pct: 0.2, seed: 42 })
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutStratified = (pct: number = defaultPct, seed: Seed = defaultSeed): Holdout => ({
  _tag: 'Stratified',
  pct,
  seed
})

/**
 * Holds out whole groups of images, such as all images of a patient, so that no group is on both sides. Groups are given
 * by a column of the table, or by the first capture group of a regular expression on the paths. They are drawn from
 * `seed` (42); the fraction of images that they hold is as close to `pct` (0.2, in (0, 1)) as their sizes allow.
 *
 * @example
 * import { holdoutByGroup } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutByGroup('patient'), { _tag: 'ByGroup', by: 'patient', pct: 0.2, seed: 42 })
 * const byVideo = holdoutByGroup({ pattern: '([^/]+)_frame[0-9]+[.]jpg$' }, 0.1)
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByGroup = (by: Grouping, pct: number = defaultPct, seed: Seed = defaultSeed): Holdout => ({
  _tag: 'ByGroup',
  by,
  pct,
  seed
})

/**
 * Holds out the images that a text file below the data's folder lists, one in each line (fastai's
 * `split_by_fname_file`): by their paths below the folder, or by their names alone.
 *
 * @example
 * import { holdoutByFile } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutByFile('valid.txt'), { _tag: 'ByFile', file: 'valid.txt' })
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByFile = (file: string): Holdout => ({ _tag: 'ByFile', file })

/**
 * Holds out the listed images (fastai's `split_by_files`), by their paths below the data's folder, or by their names
 * alone.
 *
 * @example
 * import { holdoutByList } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutByList(['cat/7.jpg']), { _tag: 'ByList', files: ['cat/7.jpg'] })
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByList = (files: ReadonlyArray<string>): Holdout => ({ _tag: 'ByList', files })

/**
 * Holds out the images that a column of the table marks, or whose set it names, as `validCol` does.
 *
 * @example
 * import { holdoutByColumn } from 'graft-vision'
 *
 * assert.deepStrictEqual(holdoutByColumn('is_valid'), { _tag: 'ByColumn', column: 'is_valid' })
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByColumn = (column: string | number): Holdout => ({ _tag: 'ByColumn', column })

/**
 * Holds out the images for whose paths, below the data's folder, `f` returns true (fastai's `split_by_valid_func`).
 * `label` names it in messages. It has no JSON form.
 *
 * @example
 * import { holdoutByFunction, Show } from 'graft-vision'
 *
 * const held = holdoutByFunction('from 2024', (file) => file.startsWith('2024/'))
 * assert.strictEqual(Show.holdout.show(held), "holdoutByFunction('from 2024')")
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByFunction = (label: string, f: (file: string) => boolean): Holdout => ({
  _tag: 'ByFunction',
  f: opaque(label, f)
})

/**
 * How images are divided into folds.
 *
 * @category data
 * @since 0.1.0
 */
export interface FoldOptions {
  /** Keeps the proportions of the classes, or of labels, in each fold; default false. */
  readonly stratified?: boolean
  /** Keeps each group in one fold; default: none. */
  readonly group?: Grouping
  /** Default 42. */
  readonly seed?: Seed
}

/**
 * Holds out one of `k` folds of all images, counted from 0. `kFold` makes a description for each.
 *
 * @example
 * import { holdoutByFold, Show } from 'graft-vision'
 *
 * const first = holdoutByFold(0, 5, { stratified: true })
 * assert.strictEqual(Show.holdout.show(first), 'holdoutByFold(0, 5, { stratified: true, seed: 42 })')
 *
 * @category data
 * @since 0.1.0
 */
export const holdoutByFold = (
  fold: number,
  k: number,
  { stratified = false, group, seed = defaultSeed }: FoldOptions = {}
): Holdout => ({ _tag: 'Fold', fold, k, stratified, group: O.fromNullable(group), seed })

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
 * import { separateBy } from '../index.js'
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
 * import { separateRandomly } from '../index.js'
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
 * const unknown = () => NaN
 * const share = Fold.holdout({
 *   Auto: () => 0.2,
 *   ByFolder: unknown,
 *   ByPct: ({ pct }) => pct,
 *   Stratified: ({ pct }) => pct,
 *   ByGroup: ({ pct }) => pct,
 *   ByFile: unknown,
 *   ByList: unknown,
 *   ByColumn: unknown,
 *   ByFunction: unknown,
 *   Fold: ({ k }) => 1 / k
 * })
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
 * Shows the call that makes it.
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
    ByPct: ({ pct, seed }) => `holdoutByPct(${pct}, ${seed})`,
    Stratified: ({ pct, seed }) => `holdoutStratified(${pct}, ${seed})`,
    ByGroup: ({ by, pct, seed }) => `holdoutByGroup(${showGrouping(by)}, ${pct}, ${seed})`,
    ByFile: ({ file }) => `holdoutByFile(${showValue(file)})`,
    ByList: ({ files }) => `holdoutByList(${showValue(files)})`,
    ByColumn: ({ column }) => `holdoutByColumn(${showValue(column)})`,
    ByFunction: ({ f }) => `holdoutByFunction(${showValue(f.label)})`,
    Fold: ({ fold, k, stratified, group, seed }) => {
      const grouped = O.isSome(group) ? `group: ${showGrouping(group.value)}, ` : ''
      return `holdoutByFold(${fold}, ${k}, { ${stratified ? 'stratified: true, ' : ''}${grouped}seed: ${seed} })`
    }
  })
}
