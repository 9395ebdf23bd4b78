/** A network, what is done with it, and the batch. */
export interface Case {
  readonly arch: string
  readonly mode: string
  readonly batch: number
  readonly size: number
}

export interface Settings {
  readonly cases: ReadonlyArray<Case>
  readonly rounds: number
  readonly steps: number
  readonly engine: string
  readonly json: boolean
}

/** What one process reported. */
export interface Run {
  readonly ms: number
  readonly firstStepMs: number
  readonly peakRssMB: number
}

export declare const settings: (args: ReadonlyArray<string>) => Settings
export declare const complaint: (
  side: string,
  expected: ReadonlyArray<ReadonlyArray<number>>,
  found: ReadonlyArray<ReadonlyArray<number>>
) => string | null
export declare const row: (
  measured: Case,
  runs: Readonly<Record<'graft' | 'tuned' | 'stock', ReadonlyArray<Run>>>
) => Readonly<Record<string, string | number>>
