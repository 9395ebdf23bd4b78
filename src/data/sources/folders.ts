import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { arrange } from '../folders/Arrangement.js'
import type { FolderLayout, ImageFolder } from './Source.js'
import { settle } from '../settle.js'
import { orTable } from '../tables/tablesBeside.js'
import { type Check, classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import type { DataLayout, SourceKind } from './SourceKind.js'

/** Images labelled by their folder. */
export const byFolder = (layout: FolderLayout): DataLayout => ({
  reads: () => [],
  arrange: (root) => (listing) =>
    pipe(
      arrange(layout, root)(listing),
      E.bimap(orTable(root, listing), (arranged) => ({
        ...arranged,
        settle: (isReadable) =>
          pipe(settle(layout.classes, root, isReadable)(arranged), E.mapLeft(orTable(root, listing)))
      }))
    )
})

export const folderChecks = ({ classFrom, holdout, classes }: FolderLayout): ReadonlyArray<Check> => [
  ...(O.isSome(classFrom) && typeof classFrom.value === 'number'
    ? [
        [
          Number.isSafeInteger(classFrom.value) && classFrom.value >= 1,
          'source.classFrom',
          "'parent', 'top' or the depth of a folder, from 1",
          classFrom.value,
          "use imageFolder(path, { classFrom: 'top' })"
        ] satisfies Check
      ]
    : []),
  ...holdoutChecks(holdout),
  ...classesChecks(classes)
]

export const imageFolderKind: SourceKind<ImageFolder> = {
  what: 'an image folder',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: byFolder,
  mistakes: (source) => mistakesAmong(folderChecks(source)),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: () => 'values'
}
