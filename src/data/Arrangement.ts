/**
 * `Arrangement`: from the names below a folder to labelled lists for training and validation (fastai `from_folder`,
 * with its folders first and exact names for exclusion).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  droppedLabels,
  emptyClass,
  foldersUsed,
  holdoutDrawn,
  missingFolder,
  noImages,
  notImages,
  oneClass,
  someOf,
  type DataError,
  type DataWarning
} from './DataError.js'
import { defaultPct, separateRandomly } from './Holdout.js'
import { inferClasses, labelFromFolder, targetsOf } from './Labelling.js'
import type { FolderLayout } from './Source.js'
import { classification, type Task } from './Task.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * What is below a folder: paths relative to it, with `/`, in code-point order; hidden ones left out.
 *
 * @category model
 * @since 0.1.0
 */
export interface Listing {
  readonly files: ReadonlyArray<string>
  readonly folders: ReadonlyArray<string>
}

/**
 * A file and what it shows.
 *
 * @category model
 * @since 0.1.0
 */
export interface Labelled {
  readonly file: string
  readonly label: string
}

/**
 * Labelled files before any of them was looked into.
 *
 * @category model
 * @since 0.1.0
 */
export interface Arrangement {
  readonly train: ReadonlyArray<Labelled>
  readonly valid: ReadonlyArray<Labelled>
  readonly test: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<DataWarning>
}

/**
 * What is to be learned of one image: its class index; one 0 or 1 for each class (many labels); numbers; a class index
 * for each pixel, row by row.
 *
 * @since 0.1.0
 */
export type Target = number | ReadonlyArray<number>

/**
 * A labelled file with its target.
 *
 * @category model
 * @since 0.1.0
 */
export interface DataItem extends Labelled {
  readonly target: Target
}

// -------------------------------------------------------------------------------------------------------------------
// names
// -------------------------------------------------------------------------------------------------------------------

const extension = /\.(png|jpe?g|jpe|jfif|gif|webp|tiff?|avif|bmp|heic|heif|jp2|ppm|pgm)$/i

/**
 * Whether a file's name says that it is an image.
 *
 * @example
 * import { isImageName } from 'graft-vision'
 *
 * assert.deepStrictEqual(['a.JPG', 'labels.csv'].map(isImageName), [true, false])
 *
 * @since 0.1.0
 */
export const isImageName = (file: string): boolean => extension.test(file)

const within =
  (folder: string) =>
  (file: string): boolean =>
    file.startsWith(`${folder}/`)

const label = (file: string): Labelled => ({ file, label: labelFromFolder(file) })

/** Folders that hold nothing at all, and folders that hold files but no image, both without folders inside. */
const leavesWithoutImages = (listing: Listing, below: (folder: string) => boolean) => {
  const parents = new Set(listing.folders.map((folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('/')))))
  const leaves = listing.folders.filter((folder) => below(folder) && !parents.has(folder))
  const holding = (files: ReadonlyArray<string>): ReadonlySet<string> =>
    new Set(files.map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/')))))
  const [any, images] = [holding(listing.files), holding(listing.files.filter(isImageName))]
  return {
    empty: leaves.filter((folder) => !any.has(folder)),
    other: leaves.filter((folder) => any.has(folder) && !images.has(folder))
  }
}

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

const expectClassFolders = 'images below folders that are named as their classes'

const byFolder =
  (layout: FolderLayout, root: string) =>
  (images: ReadonlyArray<string>): E.Either<DataError, Arrangement> => {
    const [train, valid] = [images.filter(within(layout.train)), images.filter(within(layout.valid))]
    for (const [name, files] of [
      [layout.train, train],
      [layout.valid, valid]
    ] as const)
      if (files.length === 0)
        return E.left(
          missingFolder(
            `${root}/${name}`,
            expectClassFolders,
            'none',
            `name the folder, imageFolder(path, { train, valid }), or draw a holdout: holdoutByPct(${defaultPct})`
          )
        )
    const left = images.length - train.length - valid.length
    const said = foldersUsed(
      root,
      `the folders ${layout.train} and ${layout.valid}`,
      `${train.length} and ${valid.length} images there${left > 0 ? `, ${left} elsewhere that were left out` : ''}`,
      `use holdoutByPct(${defaultPct}) to draw from all of them instead`
    )
    return E.right({ train: train.map(label), valid: valid.map(label), test: [], warnings: [said] })
  }

const byPct =
  (pct: number, seed: number, root: string) =>
  (images: ReadonlyArray<string>): Arrangement => {
    const { train, valid } = separateRandomly(pct, seed)(images.length)
    const at = (positions: ReadonlyArray<number>) => positions.map((i) => label(images[i]!))
    const said = holdoutDrawn(
      root,
      'a holdout',
      `${valid.length} of ${images.length} images drawn at random (seed ${seed})`,
      'put images below train and valid to separate them yourself'
    )
    return { train: at(train), valid: at(valid), test: [], warnings: [said] }
  }

/**
 * Labels the images of a listing and separates training from validation. Errors: `NoImages`, `MissingFolder`,
 * `EmptyClass` (a class folder that holds nothing; with classes given, only one of those).
 *
 * @example
 * import { arrange, imageFolder } from 'graft-vision'
 *
 * const { source } = imageFolder('digits')
 * if (source._tag !== 'ImageFolder') throw new Error('a folder was asked for')
 * const files = ['train/3/a.png', 'train/7/b.png', 'valid/3/c.png']
 * const arranged = arrange(source, 'digits')({ files, folders: [] })
 * assert.deepStrictEqual(arranged._tag === 'Right' && arranged.right.train.map((item) => item.label), ['3', '7'])
 *
 * @since 0.1.0
 */
export const arrange =
  (layout: FolderLayout, root: string) =>
  (listing: Listing): E.Either<DataError, Arrangement> => {
    const isTest = O.fold(() => (_: string) => false, within)(layout.test)
    const all = listing.files.filter(isImageName)
    const images = all.filter((file) => !isTest(file))
    if (images.length === 0)
      return E.left(
        noImages(root, expectClassFolders, `${listing.files.length} files, none of them an image`, 'check the path')
      )
    const folders =
      layout.holdout._tag === 'ByFolder' ||
      (layout.holdout._tag === 'Auto' && images.some(within(layout.train)) && images.some(within(layout.valid)))
    const { empty, other } = leavesWithoutImages(listing, (folder) =>
      folders ? within(layout.train)(folder) : !isTest(`${folder}/`)
    )
    const missing = O.fold(
      () => empty,
      (classes: ReadonlyArray<string>) => empty.filter((folder) => classes.includes(folder.split('/').at(-1)!))
    )(layout.classes)
    if (missing.length > 0)
      return E.left(
        emptyClass(
          `${root}/${missing[0]!}`,
          'at least one image of every class',
          `an empty folder${missing.length > 1 ? ` (and ${missing.length - 1} more)` : ''}`,
          'put images there, remove the folder, or name the classes: imageFolder(path, { classes })'
        )
      )
    const { holdout } = layout
    const pct = holdout._tag === 'ByPct' ? holdout : { pct: defaultPct, seed: 42 }
    return pipe(
      folders ? byFolder(layout, root)(images) : E.right(byPct(pct.pct, pct.seed, root)(images)),
      E.map((arrangement) => ({
        ...arrangement,
        test: all.filter(isTest),
        warnings: [
          ...arrangement.warnings,
          ...other.map((folder) =>
            notImages(`${root}/${folder}`, 'images', 'files that are none', 'remove the folder if it is no class')
          )
        ]
      }))
    )
  }

// -------------------------------------------------------------------------------------------------------------------
// settling
// -------------------------------------------------------------------------------------------------------------------

/**
 * What is known once it is known which files can be read.
 *
 * @category model
 * @since 0.1.0
 */
export interface Settled {
  readonly task: Task
  readonly train: ReadonlyArray<DataItem>
  readonly valid: ReadonlyArray<DataItem>
  readonly warnings: ReadonlyArray<DataWarning>
}

const targeted =
  (classes: ReadonlyArray<string>, root: string, part: string) =>
  (items: ReadonlyArray<Labelled>): readonly [ReadonlyArray<DataItem>, ReadonlyArray<DataWarning>] => {
    const { kept, dropped } = targetsOf(classes)(items.map((item) => item.label))
    const unknown = inferClasses(dropped.map((i) => items[i]!.label))
    return [
      kept.map(({ index, target }) => ({ file: items[index]!.file, label: items[index]!.label, target })),
      unknown.length === 0
        ? []
        : [
            droppedLabels(
              root,
              `${part} labels among the classes ${someOf(classes)}`,
              `${dropped.length} images of ${someOf(unknown)}, which were left out`,
              'name the classes, imageFolder(path, { classes }), or add images of them to train on'
            )
          ]
    ]
  }

/**
 * Infers the classes from the training labels of readable files and gives every item its target. Errors: `NoImages`,
 * `OneClass`, `EmptyClass` (a class all of whose training images are unreadable, or a given class without any).
 *
 * @example
 * import { none } from 'fp-ts/lib/Option.js'
 * import { settle } from 'graft-vision'
 *
 * const items = (...labels: ReadonlyArray<string>) => labels.map((label, i) => ({ file: `${label}/${i}.png`, label }))
 * const arranged = { train: items('7', '3'), valid: items('3', '9'), test: [], warnings: [] }
 * const settled = settle(none, 'digits', () => true)(arranged)
 * if (settled._tag === 'Left') throw new Error(settled.left.hint)
 * assert.deepStrictEqual(settled.right.train.map((item) => item.target), [1, 0])
 * assert.deepStrictEqual(settled.right.warnings.map((w) => w._tag), ['DroppedLabels'])
 *
 * @since 0.1.0
 */
export const settle =
  (given: O.Option<ReadonlyArray<string>>, root: string, readable: (file: string) => boolean) =>
  (arranged: Arrangement): E.Either<DataError, Settled> => {
    const ok = (item: Labelled): boolean => readable(item.file)
    const [train, valid] = [arranged.train.filter(ok), arranged.valid.filter(ok)]
    if (train.length === 0)
      return E.left(
        noImages(root, 'images to train on', `none that can be read (of ${arranged.train.length})`, 'check the files')
      )
    const classes = O.getOrElse(() => inferClasses(arranged.train.map((item) => item.label)))(given)
    if (classes.length < 2)
      return E.left(
        oneClass(
          root,
          'at least two classes',
          `one: ${classes.join(', ')}`,
          'put the images of each class into a folder of its own, named as the class'
        )
      )
    const present = new Set(train.map((item) => item.label))
    const empty = classes.filter((name) => !present.has(name))
    if (empty.length > 0)
      return E.left(
        emptyClass(
          `${root}: ${empty[0]!}`,
          'at least one readable training image of every class',
          `none of ${someOf(empty)}`,
          'add or repair images, or leave the class out: imageFolder(path, { classes })'
        )
      )
    const [trainItems, trainWarnings] = targeted(classes, root, 'training')(train)
    const [validItems, validWarnings] = targeted(classes, root, 'validation')(valid)
    return E.right({
      task: classification(classes),
      train: trainItems,
      valid: validItems,
      warnings: [...arranged.warnings, ...trainWarnings, ...validWarnings]
    })
  }
