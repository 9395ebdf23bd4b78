/**
 * `LrFind`: the record of a mock training with increasing learning rates, and the rate that it suggests (fastai's
 * `lr_find`, after Smith 2015).
 *
 * @category events
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Rates, ratesPerGroup } from './Rates.js'
import { type RecipeError, recipeError } from './RecipeError.js'

/**
 * Options of the learning-rate sweep.
 *
 * @category events
 * @since 0.1.0
 */
export interface LrFindOptions {
  /** First rate; default 1e-7. A slice gives each group a sweep of its own. */
  readonly startLr?: Rates
  /** Rate after the last batch; default 10. */
  readonly endLr?: Rates
  /** Number of batches; default 100. */
  readonly numIt?: number
  /** Stop when the smoothed loss is NaN or above four times its minimum; default true. */
  readonly stopDiv?: boolean
  /** Weight decay; default: the learner's. */
  readonly wd?: number
}

export interface LrFind {
  /** Learning rate of the last group at each batch. */
  readonly lrs: ReadonlyArray<number>
  /** Smoothed loss after each batch. */
  readonly losses: ReadonlyArray<number>
}

/**
 * Each batch's learning rates, one per group: start·(end/start)^(k/numIt) for k = 0 to numIt − 1. Rates that are not
 * positive or do not increase, and a number of batches below 1, are a `RecipeError`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { lrSweep } from './index.js'
 *
 * assert.deepStrictEqual(lrSweep({ startLr: 1, endLr: 4, numIt: 2 }, 1), E.right([[1], [2]]))
 *
 * @since 0.1.0
 */
export const lrSweep = (
  { startLr = 1e-7, endLr = 10, numIt = 100 }: LrFindOptions,
  groups: number
): E.Either<RecipeError, ReadonlyArray<ReadonlyArray<number>>> =>
  pipe(
    Number.isInteger(numIt) && numIt > 0
      ? E.right(undefined)
      : E.left(recipeError('lrFind.numIt', 'an integer of at least 1', String(numIt), 'pass e.g. 100')),
    E.chain(() => ratesPerGroup(groups, 'lrFind.startLr')(startLr)),
    E.bindTo('from'),
    E.bind('to', () => ratesPerGroup(groups, 'lrFind.endLr')(endLr)),
    E.chainFirst(({ from, to }) => {
      const flat = from.findIndex((start, g) => !(start < to[g]!))
      return flat === -1
        ? E.right(undefined)
        : E.left(
            recipeError(
              'lrFind.endLr',
              `a rate above the first, ${from[flat]!}`,
              String(to[flat]),
              'the rates grow: pass e.g. 1e-7 and 10'
            )
          )
    }),
    E.map(({ from, to }) =>
      Array.from({ length: numIt }, (_, k) => from.map((start, g) => start * (to[g]! / start) ** (k / numIt)))
    )
  )

/**
 * Returns whether a sweep has diverged: its last smoothed loss is NaN, or above four times the minimum.
 *
 * @example
 * import { hasDiverged } from './index.js'
 *
 * assert.deepStrictEqual([[1, 3.9], [1, 4.1], [1, NaN]].map(hasDiverged), [false, true, true])
 *
 * @since 0.1.0
 */
export const hasDiverged = (losses: ReadonlyArray<number>): boolean => {
  const last = losses.at(-1) ?? 0
  const [first = 0, ...rest] = losses
  // A NaN in front stays the minimum, since no number is less than NaN.
  const best = rest.reduce((least, loss) => (loss < least ? loss : least), first)
  return Number.isNaN(last) || last > 4 * best
}

/**
 * A sweep without its first 10 and last 5 batches, which say little.
 *
 * @example
 * import { trimmedLrFind } from './index.js'
 *
 * const lrs = Array.from({ length: 20 }, (_, k) => k)
 * assert.deepStrictEqual(trimmedLrFind()({ lrs, losses: lrs }).lrs, [10, 11, 12, 13, 14])
 *
 * @since 0.1.0
 */
export const trimmedLrFind =
  ({ skipStart = 10, skipEnd = 5 }: { readonly skipStart?: number; readonly skipEnd?: number } = {}) =>
  ({ lrs, losses }: LrFind): LrFind => {
    const end = Math.max(skipStart, losses.length - skipEnd)
    return { lrs: lrs.slice(skipStart, end), losses: losses.slice(skipStart, end) }
  }

/**
 * Two suggested learning rates.
 *
 * @category events
 * @since 0.1.0
 */
export interface LrSuggestion {
  /** Where the loss decreases fastest. */
  readonly minGradient: number
  /** A tenth of the rate with the smallest loss. */
  readonly minLossBy10: number
}

/** Central differences, one-sided at the ends (numpy's `gradient`). */
const slopes = (y: ReadonlyArray<number>): ReadonlyArray<number> =>
  y.map((_, k) => {
    const [low, high] = [Math.max(0, k - 1), Math.min(y.length - 1, k + 1)]
    return (y[high]! - y[low]!) / (high - low)
  })

/** Index of the smallest value (numpy's `argmin`): the first of equals, and NaN before any number. */
const argMin = (values: ReadonlyArray<number>): number => {
  const nan = values.findIndex(Number.isNaN)
  return nan !== -1 ? nan : values.indexOf(values.reduce((a, b) => (b < a ? b : a), Infinity))
}

/**
 * The rates that a sweep suggests: where the trimmed smoothed loss decreases fastest, and a tenth of the rate at its
 * minimum. None with fewer than two batches left.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { suggestLr } from 'graft-vision'
 *
 * const found = { lrs: [1e-3, 1e-2, 1e-1, 1], losses: [2, 1.9, 0.9, 3] }
 * assert.deepStrictEqual(
 *   suggestLr({ skipStart: 0, skipEnd: 0 })(found),
 *   O.some({ minGradient: 1e-2, minLossBy10: 1e-2 })
 * )
 *
 * @category events
 * @since 0.1.0
 */
export const suggestLr =
  (skip: { readonly skipStart?: number; readonly skipEnd?: number } = {}) =>
  (found: LrFind): O.Option<LrSuggestion> => {
    const { lrs, losses } = trimmedLrFind(skip)(found)
    return losses.length < 2
      ? O.none
      : O.some({ minGradient: lrs[argMin(slopes(losses))]!, minLossBy10: lrs[argMin(losses)]! / 10 })
  }
