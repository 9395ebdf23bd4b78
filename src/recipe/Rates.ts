/**
 * `Rates`: learning rates for a model's parameter groups, as in fastai: one number for all, one per group, or a slice.
 *
 * @category recipes
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import { type RecipeError, recipeError } from './RecipeError.js'

/**
 * Learning rates from the first group's to the last group's.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface Slice {
  readonly _tag: 'Slice'
  /** Null (or 0): a tenth of `stop` for every group but the last. */
  readonly start: number | null
  readonly stop: number
}

export type Rates = number | ReadonlyArray<number> | Slice

/**
 * Weight decay, at least 0: one number for all groups, or one per group.
 *
 * @category recipes
 * @since 0.1.0
 */
export type WeightDecay = number | ReadonlyArray<number>

/**
 * Learning rates that increase towards the head. `slice(b)`: b/10 for every group but the last, b for the last.
 * `slice(a, b)`: geometric from a to b.
 *
 * @example
 * import { slice } from 'graft-vision'
 * import { ratesPerGroup } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(ratesPerGroup(3)(slice(3e-3)), E.right([3e-3 / 10, 3e-3 / 10, 3e-3]))
 *
 * @category recipes
 * @since 0.1.0
 */
export function slice(stop: number): Slice
export function slice(start: number, stop: number): Slice
export function slice(a: number, b?: number): Slice {
  return b === undefined ? { _tag: 'Slice', start: null, stop: a } : { _tag: 'Slice', start: a, stop: b }
}

/**
 * The default rate: `slice(3e-3)`.
 *
 * @since 0.1.0
 */
export const defaultRates: Rates = slice(3e-3)

const geometric = (start: number, stop: number, groups: number): ReadonlyArray<number> =>
  Array.from({ length: groups }, (_, i) => start * (stop / start) ** (i / (groups - 1)))

const isSlice = (rates: Rates): rates is Slice => typeof rates === 'object' && '_tag' in rates

const eachGroup =
  (groups: number, path: string, what: string, pass: string) =>
  (list: ReadonlyArray<number>): E.Either<RecipeError, ReadonlyArray<number>> =>
    list.length === groups
      ? E.right(list)
      : list.length === 1
        ? E.right(Array.from({ length: groups }, () => list[0]!))
        : E.left(
            recipeError(
              path,
              `1 ${what}, or one for each of the ${groups} groups`,
              `${list.length} ${what}s`,
              `pass ${pass}`
            )
          )

/**
 * The learning rate of each group, from the input to the head. With one group `slice(a, b)` is b (fastai divides by
 * zero). Rates that are not positive and finite, or a list of another length, are a `RecipeError` at `path` (default
 * `lr`).
 *
 * @example
 * import { slice } from 'graft-vision'
 * import { ratesPerGroup } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(ratesPerGroup(2)(1e-3), E.right([1e-3, 1e-3]))
 * assert.deepStrictEqual(ratesPerGroup(3)(slice(0.25, 1)), E.right([0.25, 0.5, 1]))
 * assert.ok(E.isLeft(ratesPerGroup(3)([1e-4, 1e-3])))
 *
 * @since 0.1.0
 */
export const ratesPerGroup =
  (groups: number, path = 'lr') =>
  (rates: Rates): E.Either<RecipeError, ReadonlyArray<number>> => {
    const list = isSlice(rates) ? [rates.start ?? rates.stop, rates.stop] : typeof rates === 'number' ? [rates] : rates
    const smallest = isSlice(rates) && rates.start === 0 ? rates.stop : Math.min(...list)
    if (list.length === 0 || !list.every(Number.isFinite) || smallest <= 0)
      return E.left(
        recipeError(path, 'positive, finite learning rates', showRates.show(rates), 'pass a rate such as 1e-3')
      )
    if (typeof rates === 'number') return E.right(Array.from({ length: groups }, () => rates))
    if (!isSlice(rates))
      return eachGroup(groups, path, 'rate', 'one rate per group, one for all, or a slice(a, b)')(rates)
    if (groups === 1) return E.right([rates.stop])
    if (rates.start === null || rates.start === 0)
      return E.right(Array.from({ length: groups }, (_, i) => (i === groups - 1 ? rates.stop : rates.stop / 10)))
    return E.right(geometric(rates.start, rates.stop, groups))
  }

/**
 * The weight decay of each group. A number that is negative or not finite, or a list of another length, is a
 * `RecipeError` at `path` (default `wd`).
 *
 * @example
 * import { decayPerGroup } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(decayPerGroup(2)(0.01), E.right([0.01, 0.01]))
 * assert.deepStrictEqual(decayPerGroup(2)([0, 0.2]), E.right([0, 0.2]))
 * assert.ok(E.isLeft(decayPerGroup(3)([0, 0.2])))
 *
 * @since 0.1.0
 */
export const decayPerGroup =
  (groups: number, path = 'wd') =>
  (wd: WeightDecay): E.Either<RecipeError, ReadonlyArray<number>> => {
    const list = typeof wd === 'number' ? [wd] : wd
    return list.length > 0 && list.every((n) => Number.isFinite(n) && n >= 0)
      ? eachGroup(groups, path, 'weight decay', 'one weight decay per group, or one for all')(list)
      : E.left(recipeError(path, 'numbers from 0', showValue(wd), 'pass a weight decay such as 0.01'))
  }

/**
 * Structural equality: `1e-3` and `[1e-3]` differ, although they give the same rates.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqRates: Eq<Rates> = eqValue()

/**
 * Shows rates as source code: `0.001`, `[0.0001, 0.001]`, `slice(0.00001, 0.001)`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showRates: Show<Rates> = {
  show: (rates) =>
    isSlice(rates) ? `slice(${rates.start === null ? '' : `${rates.start}, `}${rates.stop})` : showValue(rates)
}
