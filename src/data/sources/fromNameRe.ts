import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement } from '../Arrangement.js'
import { type DataError, noImages, noMatch, someOf } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { folderSets, type Placed } from '../folderSets.js'
import { labelFromRegex } from '../Labelling.js'
import { isImageName, type Listing, tidied } from '../Listing.js'
import { separated } from '../sets.js'
import { settle } from '../settle.js'
import { folderLayout, type FolderOptions, type FromNameRe } from '../Source.js'
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

const isTest = ({ set }: Placed): boolean => O.exists((name) => name === 'test')(set)

const hint = 'correct the pattern, or leave the files out'

/** Labels every image outside the test set; an error counts those that cannot be labelled. */
const labelled =
  (pattern: string, root: string) =>
  (placed: ReadonlyArray<Placed>): E.Either<DataError, ReadonlyArray<string>> => {
    const labels = placed.map((one) => (isTest(one) ? E.right('') : labelFromRegex(pattern)(one.file)))
    const without = placed.filter((_, i) => E.isLeft(labels[i]!)).map(({ file }) => file)
    return without.length === 0
      ? E.sequenceArray(labels)
      : E.left(
          noMatch(
            root,
            `images whose paths match ${pattern} with a group`,
            `${without.length} of ${placed.length} that do not: ${someOf(without, 3)}`,
            hint
          )
        )
  }

const arranged =
  (source: FromNameRe, root: string) =>
  (everything: Listing): E.Either<DataError, Arrangement> => {
    const images = tidied(everything).files.filter(isImageName)
    if (images.length === 0)
      return E.left(noImages(root, 'images', `none among ${everything.files.length} files`, 'check the path'))
    return pipe(
      folderSets(source, root)(images),
      E.bindTo('found'),
      E.bind('labels', ({ found }) => labelled(source.pattern, root)(found.placed)),
      E.chain(({ found: { placed, folders }, labels }) =>
        separated(source.holdout, {
          root,
          names: { train: folders.train[0] ?? 'train', valid: folders.valid[0] ?? 'valid', test: 'test' },
          by: 'the folders train and valid',
          hint: 'put images below train and valid to separate them yourself'
        })(placed.map(({ file, set }, i) => ({ item: { file, label: labels[i]! }, set })))
      ),
      E.map(({ train, valid, test, warnings }) => ({ train, valid, test: test.map(({ file }) => file), warnings }))
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
  layout: (source) => ({
    reads: [],
    arrange: (root) => (listing) =>
      pipe(
        arranged(source, root)(listing),
        E.map((found) => ({
          ...found,
          settle: (isReadable: (file: string) => boolean) =>
            settle(source.classes, root, isReadable, 'fromNameRe(path, pattern)')(found)
        }))
      )
  }),
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
  labels: 'values'
}
