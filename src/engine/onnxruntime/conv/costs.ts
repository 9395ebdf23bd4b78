/**
 * How fast each form computes: its products, in GFLOP/s, its copies, in GB/s, and what its operators cost however little
 * they do, in milliseconds: small convolutions are quickest, and most exact, by the form with the fewest.
 */
export const costs = {
  direct: { gflops: 250, gbytes: 30, ms: 0.02 },
  fewChannels: { gflops: 250, gbytes: 60, ms: 0.03 },
  blocked: { gflops: 350, gbytes: 60, ms: 0.03 },
  winograd2: { gflops: 250, gbytes: 60, ms: 0.06 },
  winograd4: { gflops: 250, gbytes: 60, ms: 0.06 }
} as const
