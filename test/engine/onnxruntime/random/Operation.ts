import type { Known } from './Known.js'

/** What an instruction decides besides its operand, and what it may take along. All of it follows from its dice. */
export interface Choices {
  /** A whole number from 0 to `n - 1`. */
  readonly below: (n: number) => number
  /** An earlier result that fits, or undefined where there is none or the dice want none. */
  readonly earlier: (fits: (x: Known) => boolean) => Known | undefined
  /** A new constant: multiples of a quarter between -1 and 1. */
  readonly fresh: (shape: ReadonlyArray<number>) => Known
  /** New whole numbers from 0 to `below - 1`. */
  readonly freshInts: (shape: ReadonlyArray<number>, below: number) => Known
  readonly freshBools: (shape: ReadonlyArray<number>) => Known
  /** Whether the program is to be differentiated. */
  readonly differentiated: boolean
}

/**
 * One word of random programs: what it makes of an operand of its type, whatever shape that has. Undefined: nothing,
 * for this operand, and the instruction is passed over.
 */
export type Operation = (x: Known, choices: Choices) => Known | ReadonlyArray<Known> | undefined

export type Operations = Readonly<Record<string, Operation>>

/** A result with more numbers than this is not made. */
export const MOST_NUMBERS = 600

export const chosen = <A>(choices: Choices, from: ReadonlyArray<A>): A => from[choices.below(from.length)]!

export const flip = (choices: Choices): boolean => choices.below(2) === 1
