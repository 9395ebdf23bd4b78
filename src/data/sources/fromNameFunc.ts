import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { opaque, type Opaque } from '../../Opaque.js'
import { type DataError, noMatch } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { folderLayout, type FolderOptions, type FromNameFunc, unlabelled } from './Source.js'
import { asClasses, byName } from './byName.js'
import { folderChecks } from './folders.js'
import { mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

/**
 * Images below a folder, each labelled by a function of its path below that folder, with `/` as separator (fastai's
 * `ImageDataBunch.from_name_func`). `label` names the function in summaries and errors; such a description has no JSON
 * form. Folders named `train`, `valid` and `test` are sets, as for `imageFolder`; without them a random fifth is held
 * out.
 *
 * Opening fails with `NoMatch` for an image for which the function throws or does not return a non-empty string.
 *
 * @example
 * import { fromNameFunc } from 'graft-vision'
 *
 * const pets = fromNameFunc('images', 'cat or dog', (file) => (/^[A-Z]/.test(file) ? 'cat' : 'dog'))
 * assert.strictEqual(pets.source._tag === 'FromNameFunc' && pets.source.f.label, 'cat or dog')
 *
 * @category data
 * @since 0.1.0
 */
export const fromNameFunc = (
  path: string,
  label: string,
  f: (file: string) => string,
  options: Omit<FolderOptions, 'classFrom'> = {}
): DataSpec => ({
  source: { _tag: 'FromNameFunc', path, f: opaque(label, f), ...folderLayout(options) },
  ...defaultData
})

const labelled =
  (root: string, { label, run }: Opaque<string, (file: string) => string>) =>
  (file: string): E.Either<DataError, string> => {
    const wrong = (found: string): DataError =>
      noMatch(`${root}/${file}`, 'a label', found, `correct the function ${JSON.stringify(label)}`)
    return pipe(
      E.tryCatch(
        (): unknown => run(file),
        (cause) => wrong(`${JSON.stringify(label)} threw: ${String(cause)}`)
      ),
      E.filterOrElse(
        (found): found is string => typeof found === 'string' && found.trim() !== '',
        (found) => wrong(`${JSON.stringify(label)} returned ${JSON.stringify(found) ?? String(found)}`)
      )
    )
  }

export const fromNameFuncKind: SourceKind<FromNameFunc> = {
  what: 'a folder labelled by a function',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) =>
    byName(
      source,
      (root) => E.traverseArray(labelled(root, source.f)),
      asClasses(source, 'fromNameFunc(path, label, f)')
    ),
  mistakes: (source) => mistakesAmong(folderChecks(source)),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  forLoading: unlabelled,
  labels: () => 'values'
}
