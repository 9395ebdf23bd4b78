import type { Outcome } from './Outcome.js'

/** The specs of one file, counted. */
export interface Count {
  readonly file: string
  readonly passed: number
  readonly failed: number
  readonly pending: number
  /** Specs in which the cpu package computed a kernel. */
  readonly onCpu: number
  /** Those kernels. */
  readonly fallbacks: ReadonlyArray<string>
}

export const total = (outcomes: ReadonlyArray<Outcome>): Omit<Count, 'file'> => {
  const having = (status: Outcome['status']): number => outcomes.filter((o) => o.status === status).length
  return {
    passed: having('passed'),
    failed: having('failed'),
    pending: having('pending'),
    onCpu: outcomes.filter((o) => o.fallbacks.length > 0).length,
    fallbacks: [...new Set(outcomes.flatMap((o) => o.fallbacks))].sort()
  }
}

export const counted = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<Count> =>
  [...new Set(outcomes.map((o) => o.file))]
    .sort()
    .map((file) => ({ file, ...total(outcomes.filter((o) => o.file === file)) }))
