/** How far apart numbers may lie that a law calls the same; relative beyond 1. */
export const tolerance = {
  /** Double-precision curves: a handful of roundings. */
  curve: 1e-9,
  /** The two sides of a joint, 1e-7 of the whole apart, for curves of bounded slope. */
  joint: 1e-3,
  /** float32 networks a few layers deep, summed in another order. */
  outputs: 1e-4,
  /** A slope by differences of float32 losses, against the gradient: rounding and third-order terms. */
  slope: 0.005,
  /** The mean of some ten thousand dropout multipliers: five standard deviations of it at p = 0.5. */
  dropoutMean: 0.05
} as const
