import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError } from '../DataError.js'
import type { Holdout } from '../Holdout.js'

/** A condition on a field of a description, and the message if it does not hold. */
export type Check = readonly [ok: boolean, path: string, expected: string, found: unknown, hint: string]

export const mistakesAmong = (checks: ReadonlyArray<Check>): ReadonlyArray<DataError> =>
  checks.flatMap(([ok, path, expected, found, hint]) =>
    ok ? [] : [badSpec(`data.${path}`, expected, JSON.stringify(found) ?? String(found), hint)]
  )

/** Conditions that most sources share. */
export const holdoutChecks = (holdout: Holdout): ReadonlyArray<Check> =>
  holdout._tag === 'ByPct'
    ? [
        [
          holdout.pct >= 0 && holdout.pct < 1,
          'source.holdout.pct',
          'a part in [0, 1)',
          holdout.pct,
          'use holdoutByPct(0.2)'
        ]
      ]
    : []

export const classesChecks = (classes: O.Option<ReadonlyArray<string>>): ReadonlyArray<Check> =>
  O.isSome(classes)
    ? [
        [
          new Set(classes.value).size === classes.value.length,
          'source.classes',
          'different names',
          classes.value,
          'name each class once'
        ]
      ]
    : []
