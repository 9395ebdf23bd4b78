/** One changed line of a source file and the law that must notice. */
export interface Mutant {
  readonly group: string
  readonly law: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** How many values the law is tried with; 200 unless given. */
  readonly numRuns?: number
  /** Only in the long run. */
  readonly slow?: true
}

export interface Verdict {
  readonly holds: boolean
  readonly killed: boolean
  readonly message: string | null
}

export declare const mutants: ReadonlyArray<Mutant>
export declare const tryMutant: (mutant: Mutant) => Promise<Verdict>
/** Ends the bundler's own process, without which Node goes on. */
export declare const endBundler: () => Promise<void>
