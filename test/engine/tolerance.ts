/**
 * How far two engines may be apart: `|a - b| <= absolute + relative·|b|`. They add in different orders, and the cpu
 * kernels add in float64.
 */
export const tolerance = {
  /** One operation on numbers of ordinary size. */
  operation: { absolute: 2e-6, relative: 2e-6 },
  /** Elementary functions, which ONNX Runtime approximates by polynomials. */
  transcendental: { absolute: 1e-5, relative: 1e-5 },
  /** Sums of up to some thousand products. */
  sums: { absolute: 2e-5, relative: 2e-5 },
  /** Some steps of training, where differences feed on themselves. */
  training: { absolute: 1e-4, relative: 1e-4 },
  /** Nothing is rounded. */
  exact: { absolute: 0, relative: 0 }
} as const

export type Tolerance = keyof typeof tolerance
