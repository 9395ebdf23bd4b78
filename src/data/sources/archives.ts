import type { Archive } from './Source.js'
import { byFolder, folderChecks } from './folders.js'
import { mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

export const archiveKind: SourceKind<Archive> = {
  what: 'an archive',
  place: ({ url }) => ({ _tag: 'Fetched', url }),
  layout: ({ layout }) => byFolder(layout),
  mistakes: ({ layout }) => mistakesAmong(folderChecks(layout)),
  mapPath: () => (source) => source,
  movedTo:
    (path) =>
    ({ layout }) => ({ _tag: 'ImageFolder', path, ...layout }),
  withHoldout: (holdout) => (source) => ({ ...source, layout: { ...source.layout, holdout } }),
  labels: () => 'values'
}
