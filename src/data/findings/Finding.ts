/**
 * `Finding`: something that a check of data found: how severe it is, in which files, what it means, and what to do.
 *
 * @since 0.1.0
 */
import type { SetName } from '../holdouts/SetName.js'
import { type FindingCode, findingCodes, findingKinds, type Severity } from './FindingCode.js'

/**
 * Files that belong together: copies of one image, the images of a class, or a single file.
 *
 * @category data
 * @since 0.1.0
 */
export interface FindingGroup {
  readonly files: ReadonlyArray<string>
  /** The set of each file, for copies. */
  readonly sets?: ReadonlyArray<SetName>
  /** What was found of these files. */
  readonly note?: string
}

/**
 * Something that a check of data found.
 *
 * @category data
 * @since 0.1.0
 */
export interface Finding {
  /** Stable, for programs. */
  readonly code: FindingCode
  readonly severity: Severity
  /** One line with the numbers. */
  readonly found: string
  readonly meaning: string
  readonly remedy: string
  readonly groups: ReadonlyArray<FindingGroup>
  /** The images to leave out, which `withExclude` takes. */
  readonly leaveOut: ReadonlyArray<string>
}

interface Details {
  readonly found: string
  readonly groups?: ReadonlyArray<FindingGroup>
  readonly leaveOut?: ReadonlyArray<string>
  /** Default: that of the code. */
  readonly meaning?: string
  readonly remedy?: string
}

/** A finding, with the severity, meaning and remedy of its code. */
export const finding = (code: FindingCode, { found, groups = [], leaveOut = [], ...said }: Details): Finding => {
  const { severity, meaning, remedy } = findingKinds[code]
  return { code, severity, found, meaning: said.meaning ?? meaning, remedy: said.remedy ?? remedy, groups, leaveOut }
}

const severities: ReadonlyArray<Severity> = ['error', 'warning', 'note']

const place = ({ code, severity }: Finding): number =>
  severities.indexOf(severity) * findingCodes.length + findingCodes.indexOf(code)

/** Findings by severity, errors first; those of one severity in the order of their codes. */
export const ordered = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  [...findings].sort((a, b) => place(a) - place(b))

/**
 * All images that findings say to leave out, each once, in order.
 *
 * @example
 * import { imagesToLeaveOut } from 'graft-vision'
 *
 * assert.deepStrictEqual(imagesToLeaveOut([]), [])
 *
 * @category data
 * @since 0.1.0
 */
export const imagesToLeaveOut = (findings: ReadonlyArray<Finding>): ReadonlyArray<string> =>
  [...new Set(findings.flatMap(({ leaveOut }) => leaveOut))].sort()

/** `1 image`, `3 images`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
