/** Learning rates as the records write them: a number, a list, or `{ slice: [start or null, stop] }`. */
import { type Rates, slice } from '../../../src/recipe/index.js'

export type RecordedRates = number | ReadonlyArray<number> | RecordedSlice

interface RecordedSlice {
  readonly slice: readonly [number | null, number]
}

// an array has a method of that name
export const isSlice = (r: RecordedRates): r is RecordedSlice => typeof r === 'object' && !Array.isArray(r)

export const ratesFrom = (recorded: RecordedRates): Rates =>
  isSlice(recorded)
    ? recorded.slice[0] === null
      ? slice(recorded.slice[1])
      : slice(recorded.slice[0], recorded.slice[1])
    : recorded

/** The reference divides by zero; ours is [b]. */
export const isSpreadOverOneGroup = (recorded: RecordedRates, groups: number): boolean =>
  groups === 1 && isSlice(recorded) && recorded.slice[0] !== null && recorded.slice[0] !== 0

/** The reference passes such a list on and fails later, if at all; ours is an error. */
export const isWrongLengthList = (recorded: RecordedRates, groups: number): boolean =>
  typeof recorded === 'object' && !isSlice(recorded) && recorded.length !== 1 && recorded.length !== groups
