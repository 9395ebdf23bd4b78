/** What became of one spec of the suite. */
export interface Outcome {
  /** The file of tfjs-core's `dist` without its ending: `ops/abs_test`. */
  readonly file: string
  /** The spec's full name, without the name of the environment. */
  readonly name: string
  readonly status: 'passed' | 'failed' | 'pending'
  /** Of each failed expectation. */
  readonly messages: ReadonlyArray<string>
  /** Kernels that the cpu package computed, by name. */
  readonly fallbacks: ReadonlyArray<string>
}

/** How a spec is written where it is named: specs of one file may share a name. */
export const specOf = ({ file, name }: Outcome): string => `${file}: ${name}`
