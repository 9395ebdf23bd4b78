/**
 * `Law`: a statement that holds for every value of a kind, with the property that tests it. Only the laws depend on
 * fast-check.
 *
 * @category laws
 * @since 0.1.0
 */
import * as fc from 'fast-check'
import type { Task } from 'fp-ts/lib/Task.js'
import { printable } from './showing.js'

/**
 * Options of `check`.
 *
 * @category laws
 * @since 0.1.0
 */
export interface CheckOptions {
  /** The seed of the generated values; a failure names it. */
  readonly seed?: number
  /** Number of values; default: the law's own `runs`. */
  readonly numRuns?: number
}

export interface Law {
  /** Completes a sentence whose subject is the group's: `keeps a prefix of the children`. */
  readonly name: string
  readonly property: fc.IRawProperty<unknown>
  /** Number of values that `check` tests by default. */
  readonly runs: number
  /**
   * Rejects with the smallest counterexample, as test runners expect, and also if (almost) no value satisfies the law's
   * precondition.
   */
  readonly check: (options?: CheckOptions) => Promise<void>
}

/**
 * The outcome of one law.
 *
 * @category laws
 * @since 0.1.0
 */
export interface LawReport {
  readonly name: string
  readonly failed: boolean
  readonly seed: number
  /** Number of values tested. */
  readonly tried: number
  /** Number of values skipped because they do not satisfy the precondition. */
  readonly skipped: number
  /** Whether it failed for lack of values that satisfy the precondition, not by a counterexample. */
  readonly vacuous: boolean
  /** The smallest counterexample, with seed and path; null when the law held. */
  readonly message: string | null
}

/**
 * A value, or a generator of values.
 *
 * @category laws
 * @since 0.1.0
 */
export type Subject<A> = A | fc.Arbitrary<A>

/** The generator of a subject. */
export const drawn = <A>(subject: Subject<A>): fc.Arbitrary<A> =>
  subject instanceof fc.Arbitrary ? subject : fc.constant(subject)

const parameters = (runs: number, { seed, numRuns }: CheckOptions): fc.Parameters<unknown> => ({
  numRuns: numRuns ?? runs,
  ...(seed === undefined ? {} : { seed })
})

/** fast-check gives up on a property that skips nearly all values. */
const isVacuous = (details: fc.RunDetails<unknown>): boolean =>
  details.failed && !details.interrupted && details.counterexample === null

const messageOf = (details: fc.RunDetails<unknown>): string | null => {
  if (!details.failed) return null
  if (isVacuous(details))
    return `only ${details.numRuns} values met its condition, and ${details.numSkips} did not: give it others`
  const cause = details.errorInstance instanceof Error ? [details.errorInstance.message] : []
  const printed = { ...details, counterexample: printable(details.counterexample) } as fc.RunDetails<unknown>
  return [...cause, fc.defaultReportMessage(printed) ?? 'it failed'].join('\n')
}

const reportOf = (name: string, details: fc.RunDetails<unknown>): LawReport => ({
  name,
  failed: details.failed,
  seed: details.seed,
  tried: details.numRuns,
  skipped: details.numSkips,
  vacuous: isVacuous(details),
  message: messageOf(details)
})

const asynchronous = (property: fc.IRawProperty<unknown>): fc.IAsyncProperty<unknown> =>
  property as fc.IAsyncProperty<unknown>

/**
 * Names a property. Its predicate skips values outside the precondition with `fc.pre`; if nearly all are skipped the
 * law fails, so that it cannot hold vacuously.
 *
 * @example
 * import { law } from 'graft-vision/laws'
 * import * as fc from 'fast-check'
 *
 * const even = law('doubles to an even number', fc.property(fc.integer(), (n) => (2 * n) % 2 === 0))
 * await even.check({ seed: 1, numRuns: 20 })
 *
 * @category laws
 * @since 0.1.0
 */
export const law = <Ts>(name: string, property: fc.IRawProperty<Ts>, runs = 100): Law => {
  const untyped = property as unknown as fc.IRawProperty<unknown>
  return {
    name,
    property: untyped,
    runs,
    check: async (options = {}) => {
      const { failed, message } = reportOf(name, await fc.check(asynchronous(untyped), parameters(runs, options)))
      if (failed) throw new Error(`${name}: ${message}`)
    }
  }
}

/**
 * Checks laws one after the other and reports on each; never rejects.
 *
 * @example
 * import { checkLaws, headLaws } from 'graft-vision/laws'
 *
 * const reports = await checkLaws(headLaws(), { seed: 1, numRuns: 5 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category laws
 * @since 0.1.0
 */
export const checkLaws =
  (laws: ReadonlyArray<Law>, options: CheckOptions = {}): Task<ReadonlyArray<LawReport>> =>
  async () => {
    const reports: Array<LawReport> = []
    for (const { name, property, runs } of laws) {
      reports.push(reportOf(name, await fc.check(asynchronous(property), parameters(runs, options))))
    }
    return reports
  }
