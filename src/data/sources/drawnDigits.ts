import * as O from 'fp-ts/lib/Option.js'
import { type Digits, folderLayout } from './Source.js'
import { byFolder } from './folders.js'
import { mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

export const digitsKind: SourceKind<Digits> = {
  what: 'digits',
  place: ({ train, valid, seed, path }) => ({ _tag: 'Drawn', train, valid, seed, path }),
  layout: () => byFolder(folderLayout({})),
  mistakes: ({ train, valid }) =>
    mistakesAmong([
      [
        Number.isSafeInteger(train) && train >= 2,
        'source.train',
        'at least 2 images',
        train,
        'use digits({ n: 2000 })'
      ],
      [
        Number.isSafeInteger(valid) && valid >= 0,
        'source.valid',
        'at least 0 images',
        valid,
        'use digits({ n: 2000, valid: 400 })'
      ]
    ]),
  mapPath: (f) => (source) => ({ ...source, path: O.map(f)(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path: O.some(path) }),
  withHoldout: null,
  labels: () => 'values'
}
