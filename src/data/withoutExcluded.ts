/** Arranged files without those that a description leaves out. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type DataWarning, skippedFiles, someOf } from './DataError.js'
import type { Arranged } from './sources/SourceKind.js'

/** A path as the data's files are named: relative to the root. */
const asNamed =
  (root: string) =>
  (path: string): string => {
    const slashed = path.replace(/^(\.\/)+/, '')
    return slashed.startsWith(`${root}/`) && root !== '' ? slashed.slice(root.length + 1) : slashed
  }

/**
 * Leaves out the images of a list, from all sets. A listed path that names no image is a warning, because it may be
 * misspelt.
 */
export const withoutExcluded =
  (root: string, listed: ReadonlyArray<string>) =>
  (found: Arranged): Arranged => {
    if (listed.length === 0) return found
    const named = asNamed(root)
    const excluded = new Set(listed.flatMap((path) => [path, named(path)]))
    const files = [...found.train, ...found.valid].map(({ file }) => file)
    const known = new Set([...files, ...found.test])
    const unknown = listed.filter((path) => !known.has(path) && !known.has(named(path)))
    const warning: ReadonlyArray<DataWarning> =
      unknown.length === 0
        ? []
        : [
            skippedFiles(
              root,
              'excluded paths that name images of the data',
              `${unknown.length} of ${listed.length} excluded paths name no image: ${someOf(unknown)}`,
              'correct the list: paths are relative to the folder of the data'
            )
          ]
    return {
      ...found,
      train: found.train.filter(({ file }) => !excluded.has(file)),
      valid: found.valid.filter(({ file }) => !excluded.has(file)),
      test: found.test.filter((file) => !excluded.has(file)),
      warnings: [...found.warnings, ...warning],
      settle: (isReadable) =>
        pipe(
          found.settle((file) => isReadable(file) && !excluded.has(file)),
          E.map((settled) => ({ ...settled, warnings: [...settled.warnings, ...warning] }))
        )
    }
  }
