/**
 * What a check says of a case, and the comparing itself: numbers within a named tolerance, everything else exactly.
 */
import { isDeepStrictEqual } from 'node:util'
import { conditioning, type Tolerance, tolerances } from './tolerances.js'

export type Outcome =
  | { readonly _tag: 'Passed'; readonly compared: number }
  | { readonly _tag: 'Failed'; readonly differences: ReadonlyArray<string> }
  /** Something not built yet; `until` is what clears it. */
  | { readonly _tag: 'Pending'; readonly until: string }

/** What stands for the cases of a file without a check. */
export const unchecked = 'has no check yet'

export const pending = (until: string): Outcome => ({ _tag: 'Pending', until })
export const failed = (...differences: ReadonlyArray<string>): Outcome => ({ _tag: 'Failed', differences })

/** One recorded value beside ours. */
export interface Compared {
  readonly what: string
  readonly difference: string | null
}

const short = (u: unknown): string => {
  const text = JSON.stringify(u) ?? String(u)
  return text.length > 160 ? `${text.slice(0, 160)}...` : text
}

/** The same value, whatever the order of keys. */
export const same = (what: string, ours: unknown, recorded: unknown): Compared => ({
  what,
  difference: isDeepStrictEqual(ours, recorded) ? null : `ours ${short(ours)}, recorded ${short(recorded)}`
})

export type Numbers = number | string | null | ArrayLike<Numbers> | ReadonlyArray<Numbers>

/** NaN is written as the string "NaN". */
const numeric = (u: number | string | null): number => (typeof u === 'number' ? u : u === 'NaN' ? NaN : Number.NaN)

const flat = (u: Numbers): ReadonlyArray<number> =>
  typeof u === 'number' || typeof u === 'string' || u === null ? [numeric(u)] : Array.from(u, flat).flat()

const farther = (a: number, b: number, { relative, absolute }: Tolerance): boolean =>
  Number.isNaN(a) || Number.isNaN(b)
    ? Number.isNaN(a) !== Number.isNaN(b)
    : Math.abs(a - b) > absolute + relative * Math.abs(b)

/** Numbers in any nesting, in reading order, as many as recorded and each within the tolerance. */
export const close = (what: string, ours: Numbers, recorded: Numbers, by: keyof typeof tolerances): Compared => {
  const [a, b] = [flat(ours), flat(recorded)]
  if (a.length !== b.length) return { what, difference: `ours are ${a.length} numbers, recorded ${b.length}` }
  const at = a.findIndex((x, i) => farther(x, b[i]!, tolerances[by]))
  return { what, difference: at === -1 ? null : `at ${at}: ours ${a[at]}, recorded ${b[at]} (tolerance ${by})` }
}

/**
 * As `close`, for numbers that rounding alone may move: `others` are ours again, computed from inputs a rounding apart,
 * and how far they are from ours, times `conditioning`, is added to the tolerance, number by number.
 */
export const closeUnderRounding = (
  what: string,
  ours: Numbers,
  others: ReadonlyArray<Numbers>,
  recorded: Numbers,
  by: keyof typeof tolerances
): Compared => {
  const [a, b] = [flat(ours), flat(recorded)]
  if (a.length !== b.length) return { what, difference: `ours are ${a.length} numbers, recorded ${b.length}` }
  const moved = others.map(flat)
  const spread = a.map((x, i) => Math.max(0, ...moved.map((o) => Math.abs(o[i]! - x))))
  const { relative, absolute } = tolerances[by]
  const at = a.findIndex((x, i) => farther(x, b[i]!, { relative, absolute: absolute + conditioning * spread[i]! }))
  return {
    what,
    difference:
      at === -1 ? null : `at ${at}: ours ${a[at]}, recorded ${b[at]} (tolerance ${by}, rounding moves it ${spread[at]})`
  }
}

/** Ours is an error of these tags. */
export const errs = (what: string, errors: ReadonlyArray<{ readonly _tag: string }>, tag: string): Compared => ({
  what,
  difference: errors.some((e) => e._tag === tag)
    ? null
    : `expected our ${tag}, got [${errors.map((e) => e._tag).join(', ')}]`
})

/** The outcome of comparisons; a case in which nothing was compared has failed. */
export const outcome = (...all: ReadonlyArray<Compared | ReadonlyArray<Compared>>): Outcome => {
  const each = all.flat() as ReadonlyArray<Compared>
  const wrong = each.flatMap(({ what, difference }) => (difference === null ? [] : [`${what}: ${difference}`]))
  return wrong.length > 0
    ? failed(...wrong)
    : each.length === 0
      ? failed('no recorded value was compared')
      : { _tag: 'Passed', compared: each.length }
}

/** Compares what was recorded, where it was: cases of one form need not record the same values. */
export const where = <A>(recorded: A | undefined, compare: (recorded: A) => ReadonlyArray<Compared> | Compared) =>
  recorded === undefined ? [] : [compare(recorded)].flat()
