/**
 * `DataCheck`: the result of checking data.
 *
 * @since 0.1.0
 */
import { someOf } from '../DataError.js'
import { showTask, type Task } from '../Task.js'
import { counted, type Finding, type FindingGroup } from './Finding.js'
import { findingKinds, type Severity } from './FindingCode.js'

/**
 * The result of checking data.
 *
 * @category data
 * @since 0.1.0
 */
export interface DataCheck {
  /** The folder that file names are relative to. */
  readonly root: string
  /** None if labels could not be read. */
  readonly task: Task | null
  /** The number of images in each set. */
  readonly images: { readonly train: number; readonly valid: number; readonly test: number }
  /** Errors first. */
  readonly findings: ReadonlyArray<Finding>
}

const plural: Readonly<Record<Severity, string>> = { error: 'errors', warning: 'warnings', note: 'notes' }

/** How many findings there are of each severity: `1 error, 2 warnings`, or `nothing`. */
export const countFindings = (findings: ReadonlyArray<Finding>): string => {
  const counts = (Object.keys(plural) as ReadonlyArray<Severity>).flatMap((severity) => {
    const n = findings.filter((one) => one.severity === severity).length
    return n === 0 ? [] : [counted(n, severity, plural[severity])]
  })
  return counts.length === 0 ? 'nothing' : counts.join(', ')
}

/** Files with their sets, where they matter, and the note. */
const groupLine = ({ files, sets, note }: FindingGroup): string => {
  const named = files.map((file, i) => (sets === undefined ? file : `${file} (${sets[i]!})`))
  return [...(named.length === 0 ? [] : [someOf(named, 4)]), ...(note === undefined ? [] : [note])].join(': ')
}

const findingLines =
  (most: number, hint: (text: string) => string) =>
  (one: Finding): ReadonlyArray<string> => [
    `  ${one.code}: ${one.found}`,
    ...one.groups.slice(0, most).map((group) => `      ${groupLine(group)}`),
    ...(one.groups.length > most ? [`      and ${one.groups.length - most} more`] : []),
    `    ${hint(one.meaning)}`,
    `    -> ${hint(one.remedy)}`
  ]

/**
 * The result of a check as text: what was read, then the findings by severity, each with its first files (3), what it
 * means, and what to do. `hint` rewrites meanings and remedies, for example with flags in place of functions.
 *
 * @example
 * import { showDataCheck } from 'graft-vision'
 *
 * const check = { root: 'photos', task: null, images: { train: 8, valid: 2, test: 0 }, findings: [] }
 * assert.strictEqual(showDataCheck()(check), 'photos: 8 training images, 2 validation images, 0 test images\nnothing found')
 *
 * @category data
 * @since 0.1.0
 */
export const showDataCheck =
  ({ files = 3, hint = (text) => text }: { readonly files?: number; readonly hint?: (text: string) => string } = {}) =>
  ({ root, task, images, findings }: DataCheck): string => {
    const read = [
      `${root}: ${counted(images.train, 'training image')}`,
      counted(images.valid, 'validation image'),
      counted(images.test, 'test image'),
      ...(task === null ? [] : [showTask.show(task)])
    ].join(', ')
    const parts = (Object.keys(plural) as ReadonlyArray<Severity>).flatMap((severity) => {
      const its = findings.filter((one) => one.severity === severity)
      return its.length === 0 ? [] : ['', plural[severity], ...its.flatMap(findingLines(files, hint))]
    })
    return [read, ...parts, ...(parts.length === 0 ? [] : ['']), `${countFindings(findings)} found`].join('\n')
  }

/** The heading of a finding's code. */
export const titleOf = ({ code }: Pick<Finding, 'code'>): string => findingKinds[code].title
