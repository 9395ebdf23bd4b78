/**
 * How fast each form computes: its products, in GFLOP/s, and its copies, in GB/s.
 */
export const costs = {
  direct: { gflops: 250, gbytes: 30 },
  fewChannels: { gflops: 250, gbytes: 60 },
  blocked: { gflops: 350, gbytes: 60 },
  winograd2: { gflops: 250, gbytes: 60 },
  winograd4: { gflops: 250, gbytes: 60 }
} as const
