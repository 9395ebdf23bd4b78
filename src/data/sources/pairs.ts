import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement, Labelled } from '../folders/Arrangement.js'
import { codesIn } from '../masks/codes.js'
import { type DataError, noImages } from '../DataError.js'
import { targetedAs } from '../settle.js'
import { arrangeImages, type ImageImages } from '../masks/ImageImages.js'
import { arrangeMasks, type ImageMasks } from '../masks/Masks.js'
import { legendOf } from '../masks/maskValues.js'
import { imageRegression, segmentation, type Task } from '../Task.js'
import { pairedIn } from '../masks/PairNaming.js'
import { holdoutChecks, mistakesAmong } from './mistakes.js'
import type { Arranged, SourceKind } from './SourceKind.js'

/** Labels each image with the file of its mask or target. */
export const settlePairs =
  (root: string, task: Task, arranged: Arrangement): Arranged['settle'] =>
  (isReadable) => {
    const items = (all: ReadonlyArray<Labelled>) =>
      all.filter(({ file }) => isReadable(file)).map((item) => targetedAs(item, 0))
    const [train, valid] = [items(arranged.train), items(arranged.valid)]
    return train.length === 0
      ? E.left(noImages(root, 'a training image', 'none that can be read', 'repair the files'))
      : E.right({ task, train, valid, warnings: arranged.warnings })
  }

/** The mistakes in a map from values to classes, if the classes are not in a file. */
const legendMistakes = (source: ImageMasks): ReadonlyArray<DataError> => {
  if (typeof source.codes === 'string') return []
  const legend = legendOf(source, source.codes)
  return E.isLeft(legend) ? [legend.left] : []
}

/** Pairs are found before images are loaded. */
const sendableNaming = pairedIn('')

export const imageMasksKind: SourceKind<ImageMasks> = {
  what: 'images with masks',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => ({
    reads: () => (typeof source.codes === 'string' ? [source.codes] : []),
    arrange:
      (root, [file]) =>
      (listing) => {
        const codes = typeof source.codes === 'string' ? codesIn(file ?? new Uint8Array(0)) : source.codes
        return pipe(
          arrangeMasks(source, root)(listing),
          E.map((arranged) => ({ ...arranged, settle: settlePairs(root, segmentation(codes), arranged) }))
        )
      }
  }),
  mistakes: (source) => [
    ...mistakesAmong([
      [
        O.isNone(source.values) || O.isNone(source.colours),
        'source.colours',
        'a map of values or of colours',
        'both',
        'leave one of the two out'
      ]
    ]),
    ...legendMistakes(source),
    ...mistakesAmong(holdoutChecks(source.holdout, 'pairs'))
  ],
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  forLoading: (source) => ({ ...source, masks: sendableNaming }),
  labels: () => 'masks'
}

export const imageImagesKind: SourceKind<ImageImages> = {
  what: 'images with target pictures',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => ({
    reads: () => [],
    arrange: (root) => (listing) =>
      pipe(
        arrangeImages(source, root)(listing),
        E.map((arranged) => ({
          ...arranged,
          settle: settlePairs(root, imageRegression(source.channels), arranged)
        }))
      )
  }),
  mistakes: ({ channels, holdout }) =>
    mistakesAmong([
      [
        channels === 1 || channels === 3,
        'source.channels',
        '1 channel or 3',
        channels,
        'leave it out for the default, 3'
      ],
      ...holdoutChecks(holdout, 'pairs')
    ]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  forLoading: (source) => ({ ...source, targets: sendableNaming }),
  labels: () => 'pictures'
}
