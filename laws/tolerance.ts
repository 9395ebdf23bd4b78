/** Tolerances of laws; relative above 1. */
export const tolerance = {
  /** Double-precision curves: a few rounding errors. */
  curve: 1e-9,
  /** The two sides of a joint, 1e-7 of the whole apart, for curves of bounded slope. */
  joint: 1e-3,
  /** float32 networks with a few layers, summed in another order. */
  outputs: 1e-4,
  /** A finite difference of float32 losses compared with the gradient: rounding and third-order terms. */
  slope: 0.005,
  /** The mean of about ten thousand dropout multipliers: five standard deviations at p = 0.5. */
  dropoutMean: 0.05
} as const
