/**
 * `Arrangement`: labelled training and validation images from the names in a folder (fastai's `from_folder`, with
 * folders taking precedence and exact names for exclusion).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { indexed } from '../Indexed.js'
import { readClasses } from './ClassFrom.js'
import {
  type DataError,
  type DataWarning,
  emptyClass,
  noImages,
  notImages,
  repeatedImages,
  skippedFiles,
  someOf
} from '../DataError.js'
import { folderSets, type FolderSets, type Placed } from './folderSets.js'
import { folderOf, isBelow, isImageName, type Listing, placesIn, tidied } from './Listing.js'
import { masksBeside } from '../masks/maskFolders.js'
import { setNamed } from '../holdouts/SetName.js'
import { type Assigned, separated } from '../holdouts/sets.js'
import { unicodeForms } from './similarNames.js'
import type { FolderLayout } from '../sources/Source.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * A file and its label.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Labelled {
  readonly file: string
  readonly label: string
  /** How much it counts in the training loss; default 1. */
  readonly weight?: number
}

/**
 * Labelled files, none of them opened yet.
 *
 * @since 0.1.0
 */
export interface Arrangement {
  readonly train: ReadonlyArray<Labelled>
  readonly valid: ReadonlyArray<Labelled>
  readonly test: ReadonlyArray<string>
  /** Whether the validation images were drawn at random; default false. */
  readonly drawn?: boolean
  readonly warnings: ReadonlyArray<DataWarning>
}

// -------------------------------------------------------------------------------------------------------------------
// repeated files
// -------------------------------------------------------------------------------------------------------------------

const rank = { test: 0, valid: 1, none: 2, train: 2 } as const

/** Each file once, whatever links lead to it: in the test set before validation, in validation before training. */
const once =
  (listing: Listing, root: string) =>
  (all: ReadonlyArray<Placed>): readonly [ReadonlyArray<Placed>, ReadonlyArray<DataWarning>] => {
    if (listing.links === undefined || listing.links.length === 0) return [all, []]
    const placeOf = placesIn(listing)
    const weight = (one: Placed): number =>
      2 * rank[O.isSome(one.set) ? one.set.value : 'none'] + (placeOf(one.file) === one.file ? 0 : 1)
    const kept = new Map<string, Placed>()
    for (const one of all) {
      const place = placeOf(one.file)
      const other = kept.get(place)
      if (other === undefined || weight(one) < weight(other)) kept.set(place, one)
    }
    const left = all.filter((one) => kept.get(placeOf(one.file)) !== one).map(({ file }) => file)
    return left.length === 0
      ? [all, []]
      : [
          all.filter((one) => kept.get(placeOf(one.file)) === one),
          [
            repeatedImages(
              root,
              'each image only once',
              `${left.length} that links reach again, left out: ${someOf(left)}`,
              'remove the links'
            )
          ]
        ]
  }

// -------------------------------------------------------------------------------------------------------------------
// folders of classes
// -------------------------------------------------------------------------------------------------------------------

const inside = (...parts: ReadonlyArray<string>): string => parts.filter((part) => part !== '').join('/')

/** The folders that name the classes of the training images. */
const classFolders = (
  { folders }: Listing,
  { folders: sets, base }: FolderSets,
  wrapping: ReadonlyArray<string>,
  parent: boolean
): ReadonlyArray<string> => {
  const bases = (sets.train.length > 0 ? sets.train : [base]).map((one) => inside(one, ...wrapping))
  const others = [...(sets.train.length > 0 ? [] : sets.valid), ...sets.test]
  const below = folders.filter(
    (folder) =>
      bases.some((one) => isBelow(one)(folder)) &&
      !others.some((one) => one === folder || isBelow(one)(folder)) &&
      (sets.train.length > 0 || O.isNone(setNamed(folder.split('/').at(-1)!)))
  )
  const parents = new Set(below.map(folderOf))
  return below.filter((folder) => (parent ? !parents.has(folder) : bases.includes(folderOf(folder))))
}

/** Files next to the images that are not images; they are reported, not silently dropped. */
const othersAmong = (root: string, listing: Listing, images: ReadonlyArray<string>): ReadonlyArray<DataWarning> => {
  const folders = new Set(images.map(folderOf).filter((folder) => folder !== ''))
  const others = listing.files.filter((file) => !isImageName(file) && folders.has(folderOf(file)))
  return others.length === 0
    ? []
    : [
        notImages(
          root,
          'only images in class folders',
          `${others.length} ${others.length === 1 ? 'file that is not an image' : 'files that are not images'}, ignored: ${someOf(others)}`,
          'unpack archives and convert images of other formats; other files can stay'
        )
      ]
}

/** Class folders that are empty, and class folders with files but no image. */
const withoutImages = (listing: Listing, candidates: ReadonlyArray<string>) => {
  const holding = (files: ReadonlyArray<string>): ReadonlySet<string> =>
    new Set(files.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))
  const [any, images] = [holding(listing.files), holding(listing.files.filter(isImageName))]
  return {
    empty: candidates.filter((folder) => !any.has(folder)),
    other: candidates.filter((folder) => any.has(folder) && !images.has(folder))
  }
}

const checkedFolders = (
  layout: FolderLayout,
  root: string,
  listing: Listing,
  candidates: ReadonlyArray<string>
): E.Either<DataError, ReadonlyArray<DataWarning>> => {
  const { empty, other } = withoutImages(listing, candidates)
  const missing = O.fold(
    () => empty,
    (classes: ReadonlyArray<string>) => empty.filter((folder) => classes.includes(folder.split('/').at(-1)!))
  )(layout.classes)
  return missing.length > 0
    ? E.left(
        emptyClass(
          `${root}/${missing[0]!}`,
          'at least one image of every class',
          `an empty folder${missing.length > 1 ? ` (and ${missing.length - 1} more)` : ''}`,
          'add images, remove the folder, or name the classes: imageFolder(path, { classes })'
        )
      )
    : E.right(
        other.map((folder) =>
          notImages(
            `${root}/${folder}`,
            'images',
            'files that are not images',
            'remove the folder if it is not a class'
          )
        )
      )
}

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

const expectClassFolders = 'images in folders with the names of their classes'

const labelled =
  (layout: FolderLayout, root: string, found: FolderSets) =>
  (placed: ReadonlyArray<Placed>): E.Either<DataError, Arrangement & { readonly wrapping: ReadonlyArray<string> }> => {
    const { folders } = found
    const training = placed.filter(({ set }) =>
      folders.train.length > 0 || found.classesFirst ? O.exists((name) => name === 'train')(set) : O.isNone(set)
    )
    const read = training.length > 0 ? training : placed.filter(({ set }) => O.isNone(set))
    return pipe(
      readClasses(
        layout.classFrom,
        inside(root, folders.train[0] ?? found.base),
        found.classesFirst && read.some(({ dirs }) => dirs.length > 1)
      )(read.map(({ dirs }) => dirs)),
      E.chain((reading) => {
        const dirsOf = (set: string) =>
          placed.filter((one) => O.exists((name) => name === set)(one.set)).map((p) => p.dirs)
        const ofValid = reading.others(dirsOf('valid'))
        const labelOf = ({ set, dirs }: Placed): O.Option<string> =>
          O.exists((name) => name === 'valid')(set) ? ofValid(dirs) : reading.train(dirs)
        const isTest = ({ set }: Placed): boolean => O.exists((name) => name === 'test')(set)
        const items = placed.flatMap((one): ReadonlyArray<Assigned<Labelled>> => {
          const label = labelOf(one)
          if (isTest(one)) return [{ item: { file: one.file, label: '' }, set: one.set }]
          return O.isSome(label) ? [{ item: { file: one.file, label: label.value }, set: one.set }] : []
        })
        const strays = placed.filter((one) => !isTest(one) && O.isNone(labelOf(one)))
        const flat = (['train', 'valid'] as const)
          .flatMap((name) => folders[name])
          .find(
            (folder) =>
              strays.some(({ file }) => isBelow(folder)(file)) && !items.some(({ item }) => isBelow(folder)(item.file))
          )
        const unlabelled = strays.length > 0 && items.every(({ item }) => item.label === '')
        if (flat !== undefined || unlabelled)
          return E.left(
            noImages(
              inside(root, flat ?? found.base),
              expectClassFolders,
              `${strays.length} directly in it (${someOf(
                strays.map(({ file }) => file),
                3
              )}), which are in no class folder`,
              "put the images of each class into a folder of its own, or list them in a table and open that: imageCsv(path); if their names tell the class: fromNameRe(path, '([^/]+)_[0-9]+[.]jpg$'); if the folder is itself a class, name the classes: imageFolder(path, { classes })"
            )
          )
        const stray =
          strays.length === 0
            ? []
            : [
                skippedFiles(
                  root,
                  expectClassFolders,
                  `${strays.length} in no class folder, left out: ${someOf(strays.map(({ file }) => file))}`,
                  'move them into the folder of their class, or remove them'
                )
              ]
        const names = {
          train: folders.train[0] ?? 'train',
          valid: folders.valid[0] ?? 'valid',
          test: folders.test.join(', ') || 'test'
        }
        return pipe(
          separated(layout.holdout, {
            root,
            names,
            by: `the folders ${names.train} and ${names.valid}`,
            hint: 'to choose the sets yourself, put the images into train and valid, or name the folders: imageFolder(path, { train, valid })'
          })(indexed(items)),
          E.map(({ train, valid, test, drawn, warnings }) => ({
            train,
            valid,
            drawn,
            test: test.map(({ file }) => file),
            warnings: [
              ...warnings,
              ...reading.warnings,
              ...stray,
              ...unicodeForms(root)(placed.filter((one) => !isTest(one)).flatMap(({ dirs }) => dirs))
            ],
            wrapping: reading.wrapping
          }))
        )
      })
    )
  }

const linkWarnings = (root: string, { cycles = [] }: Listing): ReadonlyArray<DataWarning> =>
  cycles.map((link) =>
    skippedFiles(
      `${root}/${link}`,
      'a folder below',
      'a link back to a folder that contains it, not followed',
      'remove the link'
    )
  )

/**
 * Labels the images of a listing and divides them into training, validation and test sets. Folders named `train`,
 * `val`, `validation`, `test` and so on, in any case, are sets. Test images are never used for training or validation,
 * and the name of a set is not a class unless `classes` includes it. Folders left by operating systems (`__MACOSX`,
 * `@eaDir`) are ignored.
 *
 * Errors: `NoImages`, `MissingFolder`, `AmbiguousFolders` (two folders for one set, two ways to read the classes,
 * images beside masks), `EmptyClass` (an empty class folder; when `classes` is given, only for its members).
 *
 * @example
 * import { imageFolder } from 'graft-vision'
 * import { arrange } from '../index.js'
 *
 * const { source } = imageFolder('digits')
 * if (source._tag !== 'ImageFolder') throw new Error('a folder was asked for')
 * const files = ['train/3/a.png', 'train/7/b.png', 'val/3/c.png', 'test/d.png']
 * const arranged = arrange(source, 'digits')({ files, folders: [] })
 * assert.deepStrictEqual(arranged._tag === 'Right' && arranged.right.train.map((item) => item.label), ['3', '7'])
 * assert.deepStrictEqual(arranged._tag === 'Right' && arranged.right.test, ['test/d.png'])
 *
 * @since 0.1.0
 */
export const arrange =
  (layout: FolderLayout, root: string) =>
  (everything: Listing): E.Either<DataError, Arrangement> => {
    const listing = tidied(everything)
    const images = listing.files.filter(isImageName)
    if (images.length === 0)
      return E.left(
        listing.files.length === 0
          ? noImages(root, expectClassFolders, 'no files', 'check the path')
          : noImages(
              root,
              expectClassFolders,
              `none among the files (${someOf(listing.files, 3)})`,
              'check the path; unpack archives; images need an extension, such as .png or .jpg'
            )
      )
    const masks = O.isSome(layout.classes) || O.isSome(layout.train) ? O.none : masksBeside(root)(listing.files)
    if (O.isSome(masks)) return E.left(masks.value)
    return pipe(
      folderSets(layout, root)(images),
      E.chain((found) => {
        const [placed, repeated] = once(listing, root)(found.placed)
        return pipe(
          labelled(layout, root, found)(placed),
          E.chain(({ wrapping, warnings, ...sets }) =>
            pipe(
              checkedFolders(
                layout,
                root,
                listing,
                classFolders(listing, found, wrapping, O.exists((from) => from === 'parent')(layout.classFrom))
              ),
              E.map((more) => ({
                ...sets,
                warnings: [
                  ...warnings,
                  ...repeated,
                  ...linkWarnings(root, listing),
                  ...more,
                  ...othersAmong(root, listing, images)
                ]
              }))
            )
          )
        )
      })
    )
  }
