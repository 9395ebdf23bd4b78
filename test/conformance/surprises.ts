import { specOf, type Outcome } from './Outcome.js'
import type { Known } from './known.js'

/** Where a run and what is known of it part. */
export interface Surprises {
  /** Fail, and are not known to. */
  readonly fresh: ReadonlyArray<string>
  /** Known to fail, and do not; or there is no such spec. */
  readonly mended: ReadonlyArray<string>
}

export const surprisesOf = (outcomes: ReadonlyArray<Outcome>, known: ReadonlyArray<Known>): Surprises => {
  const expected = new Set(known.flatMap((k) => k.specs))
  const failed = new Set(outcomes.filter((o) => o.status === 'failed').map(specOf))
  return {
    fresh: [...failed].filter((spec) => !expected.has(spec)),
    mended: [...expected].filter((spec) => !failed.has(spec))
  }
}
