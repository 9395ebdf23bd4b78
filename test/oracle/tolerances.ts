/**
 * How far ours may be from what was recorded: |ours − recorded| ≤ absolute + relative·|recorded|.
 */
export interface Tolerance {
  readonly relative: number
  readonly absolute: number
}

export const tolerances = {
  /** Schedules and rates are float64 on both sides; the records keep 9 digits. */
  schedule: { relative: 2e-8, absolute: 1e-15 },
  /** Data arithmetic is float32 on both sides; a value near 0 carries the rounding of the mean it was subtracted from. */
  pixels: { relative: 1e-6, absolute: 5e-7 },
  /** Interpolated pixels in [0, 1], as the records ask: the reference finds the places to read in float32. */
  sampling: { relative: 0, absolute: 1e-5 },
  /**
   * A float32 metric: a ratio of counts rounds once; one less a ratio of sums, as explained variance and kappa are,
   * cancels: two roundings of a number near 1 (2^-23 each) stay, however little is left.
   */
  metric: { relative: 1e-6, absolute: 2.4e-7 },
  /** One layer or loss in float32, summed in another order than the reference's: a few units in the last place. */
  layer: { relative: 1e-5, absolute: 2e-6 },
  /** A batch of two rows normalises by differences of nearly equal squares: float32 leaves five digits. */
  activation: { relative: 1e-5, absolute: 1e-7 },
  /** A standard deviation estimated in float64 from some thousand draws, as the records ask: within two per cent. */
  sample: { relative: 0.02, absolute: 0 },
  /** A whole trained network's: 1e-4 of a logit; near 0 it is a sum of large numbers (the records' own is 7e-6 from float64). */
  logits: { relative: 1e-4, absolute: 1e-5 },
  /** What its body gives: the records' own are up to 7e-5 from float64. */
  body: { relative: 1e-4, absolute: 1e-4 },
  /** A float64 sum over thousands of values in float32, each of which another sine may round otherwise. */
  sums: { relative: 1e-6, absolute: 1e-5 },
  /** A mean loss over JPEGs, which another decoder reads a little otherwise; the least that float32 leaves of a loss near 0. */
  decoded: { relative: 0.01, absolute: 1e-6 },
  /** Ten optimiser steps in float32. */
  optimiser: { relative: 1e-5, absolute: 2e-6 },
  /** A whole training in float32, beside what rounding does to each number (see `conditioning`). */
  training: { relative: 2e-5, absolute: 2e-6 }
} as const satisfies Readonly<Record<string, Tolerance>>

/**
 * Some numbers of a training are decided by rounding: where a gradient is 0 but for rounding (a bias in front of a batch
 * norm), Adam makes a step of ±lr of it. How much a number depends on rounding is measured, by training again from
 * inputs a last place apart; two implementations round in every operation, not just there, hence the factor.
 */
export const conditioning = 8

/** How many trainings from such inputs. */
export const roundings = 4

/** The part of the predictions on JPEGs that another decoder may move: the records say a few. */
export const decoding = { predictions: 0.02 } as const

/** Decimals to which numbers of the unit tests agree. */
export const decimals = {
  /** Arithmetic in float64. */
  float64: 12,
  /** The same where rates of 1e-5 are divided by each other. */
  ratio: 9,
  /** Numbers that a publication gives in billions. */
  published: 2,
  /** The deviation of tens of thousands of draws, relative to its formula. */
  sample: 1
} as const

/** What float64 may add to or take from a bound. */
export const slack = 1e-9
