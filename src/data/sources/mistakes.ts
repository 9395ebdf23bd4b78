import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError } from '../DataError.js'
import type { Grouping } from '../holdouts/Grouping.js'
import type { Holdout } from '../holdouts/Holdout.js'

/** A condition on a field of a description, and the message if it does not hold. */
export type Check = readonly [ok: boolean, path: string, expected: string, found: unknown, hint: string]

export const mistakesAmong = (checks: ReadonlyArray<Check>): ReadonlyArray<DataError> =>
  checks.flatMap(([ok, path, expected, found, hint]) =>
    ok ? [] : [badSpec(`data.${path}`, expected, JSON.stringify(found) ?? String(found), hint)]
  )

/** What images are listed by: names of files, a table, or pairs with masks or other images. */
type ListedBy = 'names' | 'table' | 'pairs'

const at = 'source.holdout'

const groupingChecks = (by: Grouping, listedBy: ListedBy): ReadonlyArray<Check> =>
  typeof by === 'object'
    ? [
        [
          isPattern(by.pattern),
          `${at}.by`,
          'a regular expression with a group',
          by.pattern,
          "use { pattern: '([^/]+)_[0-9]+[.]jpg$' }"
        ]
      ]
    : [
        [
          listedBy === 'table',
          `${at}.by`,
          'a pattern: the images are in no table that has columns',
          by,
          "use holdoutByGroup({ pattern: '([^/]+)_[0-9]+[.]jpg$' })"
        ]
      ]

/** Counts groups with a match of nothing. */
const isPattern = (pattern: string): boolean =>
  O.exists((groups: number) => groups > 1)(O.tryCatch(() => new RegExp(`${pattern}|`).exec('')!.length))

const classesCheck = (stratified: boolean, listedBy: ListedBy): Check => [
  !stratified || listedBy !== 'pairs',
  at,
  'a holdout that needs no classes of images',
  'a stratified one',
  'use holdoutByPct(0.2)'
]

/** Conditions that most sources share. */
export const holdoutChecks = (holdout: Holdout, listedBy: ListedBy = 'names'): ReadonlyArray<Check> => {
  switch (holdout._tag) {
    case 'Auto':
    case 'ByFolder':
    case 'ByList':
    case 'ByFunction':
      return []
    case 'ByFile':
      return [[holdout.file.trim() !== '', `${at}.file`, 'the name of a file', '', "use holdoutByFile('valid.txt')"]]
    case 'ByPct':
      return [
        [holdout.pct >= 0 && holdout.pct < 1, `${at}.pct`, 'a part in [0, 1)', holdout.pct, 'use holdoutByPct(0.2)']
      ]
    case 'Stratified':
      return [
        [
          holdout.pct >= 0 && holdout.pct < 1,
          `${at}.pct`,
          'a part in [0, 1)',
          holdout.pct,
          'use holdoutStratified(0.2)'
        ],
        classesCheck(true, listedBy)
      ]
    case 'ByGroup':
      return [
        [
          holdout.pct > 0 && holdout.pct < 1,
          `${at}.pct`,
          'a part in (0, 1)',
          holdout.pct,
          'use 0.2, or holdoutByPct(0) to hold out nothing'
        ],
        ...groupingChecks(holdout.by, listedBy)
      ]
    case 'ByColumn':
      return [
        [
          listedBy === 'table',
          `${at}.column`,
          'a table, which has columns',
          holdout.column,
          "use holdoutByFile('valid.txt') or holdoutByPct(0.2)"
        ]
      ]
    case 'Fold': {
      const { fold, k, stratified, group } = holdout
      return [
        [Number.isSafeInteger(k) && k >= 2, `${at}.k`, 'at least 2 folds', k, 'use kFold(5)'],
        [
          Number.isSafeInteger(fold) && fold >= 0 && fold < k,
          `${at}.fold`,
          `a fold from 0 to ${k - 1}`,
          fold,
          'use kFold(5)'
        ],
        classesCheck(stratified, listedBy),
        ...(O.isSome(group) ? groupingChecks(group.value, listedBy) : [])
      ]
    }
  }
}

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
