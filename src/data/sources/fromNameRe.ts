import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { noMatch, someOf } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { labelFromRegex } from '../Labelling.js'
import { folderLayout, type FolderOptions, type FromNameRe } from './Source.js'
import { asClasses, byName, type LabelFiles } from './byName.js'
import { folderChecks } from './folders.js'
import { mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

/**
 * Images below a folder, each labelled by the first group of a regular expression searched for in its path below that
 * folder, with `/` as separator (fastai's `ImageDataBunch.from_name_re`). Folders named `train`, `valid` and `test` are
 * sets, as for `imageFolder`; without them a random fifth is held out.
 *
 * @example
 * import { fromNameRe } from 'graft-vision'
 *
 * const pets = fromNameRe('images', '([^/]+)_\\d+[.]jpg$')
 * assert.strictEqual(pets.source._tag === 'FromNameRe' && pets.source.pattern, '([^/]+)_\\d+[.]jpg$')
 *
 * @category data
 * @since 0.1.0
 */
export const fromNameRe = (
  path: string,
  pattern: string,
  options: Omit<FolderOptions, 'classFrom'> = {}
): DataSpec => ({ source: { _tag: 'FromNameRe', path, pattern, ...folderLayout(options) }, ...defaultData })

/** An error counts the files that cannot be labelled. */
const labelled =
  (pattern: string) =>
  (root: string): LabelFiles =>
  (files) => {
    const labels = files.map(labelFromRegex(pattern))
    const without = files.filter((_, i) => E.isLeft(labels[i]!))
    return without.length === 0
      ? E.sequenceArray(labels)
      : E.left(
          noMatch(
            root,
            `images whose paths match ${pattern}, with a group for the class`,
            `${without.length} of ${files.length} that do not: ${someOf(without, 3)}`,
            'correct the pattern, or leave the files out'
          )
        )
  }

const isPattern = (text: string): boolean =>
  pipe(
    E.tryCatch(
      () => new RegExp(`${text}|`).exec('')!,
      () => null
    ),
    // the empty alternative always matches, so the match shows how many groups there are
    E.match(
      () => false,
      (found) => found.length > 1
    )
  )

export const fromNameReKind: SourceKind<FromNameRe> = {
  what: 'a folder labelled by file names',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => byName(source, labelled(source.pattern), asClasses(source, 'fromNameRe(path, pattern)')),
  mistakes: (source) =>
    mistakesAmong([
      [
        isPattern(source.pattern),
        'source.pattern',
        'a regular expression with a group',
        source.pattern,
        "use fromNameRe(path, '([^/]+)_[0-9]+[.]jpg$')"
      ],
      ...folderChecks(source)
    ]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: () => 'values'
}
