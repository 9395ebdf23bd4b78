/**
 * How each source of images is arranged and labelled, once its files are listed.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { arrange, type Arrangement, type Labelled } from './Arrangement.js'
import { type DataError, noImages } from './DataError.js'
import { arrangeImages } from './ImageImages.js'
import type { Listing } from './Listing.js'
import { codesIn } from './codes.js'
import { arrangeMasks } from './Masks.js'
import { settle, type Settled } from './settle.js'
import { settleTable } from './settleTable.js'
import { folderLayout, type FolderLayout, foldSource, type Source } from './Source.js'
import { arrangeTable, tableOf } from './tableRows.js'
import { orTable } from './tablesBeside.js'
import { imageRegression, segmentation, type Task } from './Task.js'

/**
 * Labelled files, and how they get their targets once it is known which can be read.
 *
 * @category model
 * @since 0.1.0
 */
export interface Arranged extends Arrangement {
  readonly settle: (isReadable: (file: string) => boolean) => E.Either<DataError, Settled>
}

/**
 * How a source is read: the files below its root that have to be read first, and what their contents and names say.
 *
 * @category model
 * @since 0.1.0
 */
export interface DataLayout {
  readonly reads: ReadonlyArray<string>
  readonly arrange: (
    root: string,
    contents: ReadonlyArray<Uint8Array>
  ) => (listing: Listing) => E.Either<DataError, Arranged>
}

const byFolder = (layout: FolderLayout): DataLayout => ({
  reads: [],
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

/** Each image labelled by the file of its mask or target. */
const settlePairs =
  (root: string, task: Task, arranged: Arrangement): Arranged['settle'] =>
  (isReadable) => {
    const items = (all: ReadonlyArray<Labelled>) =>
      all.filter(({ file }) => isReadable(file)).map((item) => ({ ...item, target: 0 }))
    const [train, valid] = [items(arranged.train), items(arranged.valid)]
    return train.length === 0
      ? E.left(noImages(root, 'an image to train on', 'none that can be read', 'repair the files'))
      : E.right({ task, train, valid, warnings: arranged.warnings })
  }

/**
 * How a source is arranged and labelled.
 *
 * @example
 * import { dataLayout, imageMasks } from 'graft-vision'
 *
 * assert.deepStrictEqual(dataLayout(imageMasks('scenes').source).reads, ['codes.txt'])
 *
 * @since 0.1.0
 */
export const dataLayout: (source: Source) => DataLayout = /*#__PURE__*/ foldSource<DataLayout>({
  imageFolder: byFolder,
  digits: () => byFolder(folderLayout({})),
  archive: ({ layout }) => byFolder(layout),
  imageMasks: (source) => ({
    reads: typeof source.codes === 'string' ? [source.codes] : [],
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
  imageImages: (source) => ({
    reads: [],
    arrange: (root) => (listing) =>
      pipe(
        arrangeImages(source, root)(listing),
        E.map((arranged) => ({
          ...arranged,
          settle: settlePairs(root, imageRegression(source.channels), arranged)
        }))
      )
  }),
  imageCsv: (source) => ({
    reads: [source.csv],
    arrange:
      (_, [file]) =>
      (listing) =>
        pipe(
          tableOf(source, listing)(file ?? new Uint8Array(0)),
          E.bindTo('table'),
          E.bind('arranged', ({ table }) => arrangeTable(source, table)(listing)),
          E.map(({ table, arranged }) => ({
            ...arranged,
            settle: (isReadable) => settleTable(source, table, isReadable)(arranged)
          }))
        )
  })
})
