export interface GuardCase {
  readonly name: string
  readonly mode: string
  readonly arch?: string
  readonly batch?: number
  readonly size?: number
}

export interface GuardSettings {
  /** Null: the committed rows. */
  readonly against: string | null
  readonly rounds: number
  readonly steps: number
  readonly cases: ReadonlyArray<GuardCase>
  readonly json: boolean
}

export interface Verdict {
  readonly before: number
  readonly now: number
  readonly change: number
  readonly noise: number
  readonly verdict: 'slower' | 'faster' | 'same'
}

export declare const cases: ReadonlyArray<GuardCase>
export declare const settings: (args: ReadonlyArray<string>) => GuardSettings
export declare const paired: (before: ReadonlyArray<number>, now: ReadonlyArray<number>) => Verdict
export declare const besideRow: (row: number, now: ReadonlyArray<number>) => Verdict
export declare const exitCode: (verdicts: ReadonlyArray<Pick<Verdict, 'verdict'>>, failures: number) => 0 | 1 | 2
export declare const rowOf: (csv: string, one: GuardCase) => Readonly<Record<string, string>> | undefined
