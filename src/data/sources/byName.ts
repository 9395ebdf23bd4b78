/** Images below a folder, labelled by a function of their paths; folders named as sets separate them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement } from '../folders/Arrangement.js'
import { type DataError, noImages } from '../DataError.js'
import { folderSets, type Placed } from '../folders/folderSets.js'
import { isImageName, type Listing, tidied } from '../folders/Listing.js'
import { indexed, mapIndexed } from '../Indexed.js'
import { separated } from '../holdouts/sets.js'
import { type LabelledBy, settle } from '../settle.js'
import type { FolderLayout } from './Source.js'
import type { Arranged, DataLayout } from './SourceKind.js'

/** The labels of files in order, or why some have none. */
export type LabelFiles = (files: ReadonlyArray<string>) => E.Either<DataError, ReadonlyArray<string>>

const isTest = ({ set }: Placed): boolean => O.exists((name) => name === 'test')(set)

/** Labels every image outside the test set. */
const labelled =
  (labelFiles: LabelFiles) =>
  (placed: ReadonlyArray<Placed>): E.Either<DataError, (file: string) => string> => {
    const files = placed.filter((one) => !isTest(one)).map(({ file }) => file)
    return pipe(
      labelFiles(files),
      E.map((labels) => {
        const labelOf = new Map(files.map((file, i) => [file, labels[i]!]))
        return (file) => labelOf.get(file) ?? ''
      })
    )
  }

const arranged =
  (layout: FolderLayout, root: string, labelFiles: LabelFiles) =>
  (everything: Listing): E.Either<DataError, Arrangement> => {
    const images = tidied(everything).files.filter(isImageName)
    if (images.length === 0)
      return E.left(noImages(root, 'images', `none among ${everything.files.length} files`, 'check the path'))
    return pipe(
      folderSets(layout, root)(images),
      E.bindTo('found'),
      E.bind('labelOf', ({ found }) => labelled(labelFiles)(found.placed)),
      E.chain(({ found: { placed, folders }, labelOf }) =>
        separated(layout.holdout, {
          root,
          names: { train: folders.train[0] ?? 'train', valid: folders.valid[0] ?? 'valid', test: 'test' },
          by: 'the folders train and valid',
          hint: 'to choose the sets yourself, put the images into train and valid'
        })(mapIndexed(({ file, set }: Placed) => ({ item: { file, label: labelOf(file) }, set }))(indexed(placed)))
      ),
      E.map(({ train, valid, test, drawn, warnings }) => ({
        train,
        valid,
        test: test.map(({ file }) => file),
        drawn,
        warnings
      }))
    )
  }

/** The targets of arranged files, given which can be read. */
type SettleFiles = (root: string, arranged: Arrangement) => Arranged['settle']

/** Labels are classes. */
export const asClasses =
  (layout: FolderLayout, by: LabelledBy): SettleFiles =>
  (root, found) =>
  (isReadable) =>
    settle(layout.classes, root, isReadable, by)(found)

export const byName = (
  layout: FolderLayout,
  labelFiles: (root: string) => LabelFiles,
  settleFiles: SettleFiles
): DataLayout => ({
  reads: () => [],
  arrange: (root) => (listing) =>
    pipe(
      arranged(layout, root, labelFiles(root))(listing),
      E.map((found) => ({ ...found, settle: settleFiles(root, found) }))
    )
})
