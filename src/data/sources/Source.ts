/**
 * `Source`: where images come from. A description; nothing is read until `openData`.
 *
 * @since 0.1.0
 */
import { absurd } from 'fp-ts/lib/function.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Opaque } from '../../Opaque.js'
import type { Seed } from '../../Seed.js'
import { eqValue, showValue } from '../../Value.js'
import type { ClassFrom } from '../folders/ClassFrom.js'
import { holdoutAuto, type Holdout } from '../holdouts/Holdout.js'
import type { ImageImages } from '../masks/ImageImages.js'
import type { DataRow } from '../tables/DataRow.js'
import type { ImageCsv, TableOptions } from '../tables/ImageTable.js'
import type { ImageMasks } from '../masks/Masks.js'
import type { NamePair } from '../points/NamePair.js'

/**
 * How a folder is read: the names of its training, validation and (unlabelled) test folders, if unusual; the holdout;
 * the classes in order, if not inferred; and which folder names an image's class.
 *
 * @category data
 * @since 0.1.0
 */
export interface FolderLayout {
  readonly train: O.Option<string>
  readonly valid: O.Option<string>
  readonly test: O.Option<string>
  readonly holdout: Holdout
  readonly classes: O.Option<ReadonlyArray<string>>
  readonly classFrom: O.Option<ClassFrom>
}

/**
 * Images below `path`, labelled by their folder.
 *
 * @category data
 * @since 0.1.0
 */
export interface ImageFolder extends FolderLayout {
  readonly _tag: 'ImageFolder'
  readonly path: string
}

/**
 * Images below `path`, labelled by a regular expression on their paths.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromNameRe extends FolderLayout {
  readonly _tag: 'FromNameRe'
  readonly path: string
  /** A regular expression; its first group, in the path below `path`, is the label. */
  readonly pattern: string
}

/**
 * Images below `path`, labelled by a function of their paths.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromNameFunc extends FolderLayout {
  readonly _tag: 'FromNameFunc'
  readonly path: string
  /** Labels an image by its path below `path`. */
  readonly f: Opaque<string, (file: string) => string>
}

/**
 * Returns the points of a file from its path: x and y of each in pixels, null for a missing one.
 *
 * @category data
 * @since 0.1.0
 */
export type PointsOfFile = (file: string) => ReadonlyArray<readonly [x: number, y: number] | null>

/**
 * Images below `path`, with points that a function returns for their paths.
 *
 * @category data
 * @since 0.1.0
 */
export interface PointsFromFunc extends FolderLayout {
  readonly _tag: 'PointsFromFunc'
  readonly path: string
  readonly names: ReadonlyArray<string>
  /** The points of an image, in the order of `names`, by its path below `path`. */
  readonly f: Opaque<string, PointsOfFile>
  /** The pairs of names that are exchanged in a mirrored image; none: names that differ only in left and right. */
  readonly swap: O.Option<ReadonlyArray<NamePair>>
}

/**
 * Generated threes and sevens, stored in the cache or below `path`.
 *
 * @category data
 * @since 0.1.0
 */
export interface Digits {
  readonly _tag: 'Digits'
  readonly train: number
  readonly valid: number
  readonly seed: Seed
  readonly path: O.Option<string>
}

/**
 * A `.tgz` to download (unless it is in the cache), and the folder of images in it.
 *
 * @category data
 * @since 0.1.0
 */
export interface Archive {
  readonly _tag: 'Archive'
  readonly url: string
  readonly layout: FolderLayout
}

/**
 * Images listed by records.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromRows extends TableOptions {
  readonly _tag: 'FromRows'
  readonly rows: ReadonlyArray<DataRow>
  /** The folder that file names are relative to. */
  readonly path: string
}

/**
 * Images below a folder with tables named `metadata.jsonl` or `metadata.csv`.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromMetadata extends TableOptions {
  readonly _tag: 'FromMetadata'
  readonly path: string
}

/**
 * Images in files that hold many: Parquet, tar (WebDataset), `.npz` and idx.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromShards extends TableOptions {
  readonly _tag: 'FromShards'
  readonly path: string
  readonly files: O.Option<ReadonlyArray<string>>
  readonly imageCol: O.Option<string>
}

/**
 * Images annotated in the JSON of COCO or of Label Studio.
 *
 * @category data
 * @since 0.1.0
 */
export interface FromAnnotations {
  readonly _tag: 'FromAnnotations'
  readonly format: 'coco' | 'labelStudio'
  readonly path: string
  readonly files: O.Option<ReadonlyArray<string>>
  readonly labels: 'auto' | 'classes' | 'labels' | 'masks' | 'points'
  readonly holdout: Holdout
  readonly classes: O.Option<ReadonlyArray<string>>
  /** For points, the pairs of names that are exchanged in a mirrored image. */
  readonly swap: O.Option<ReadonlyArray<NamePair>>
}

/**
 * Where images come from.
 *
 * @category data
 * @since 0.1.0
 */
export type Source =
  | ImageFolder
  | FromNameRe
  | FromNameFunc
  | Digits
  | Archive
  | ImageMasks
  | ImageImages
  | ImageCsv
  | FromRows
  | FromMetadata
  | FromShards
  | FromAnnotations
  | PointsFromFunc

/**
 * Folds a source: one function for each case.
 *
 * @example
 * import { digits, Fold } from 'graft-vision'
 *
 * const place = Fold.source({
 *   imageFolder: (s) => s.path,
 *   fromNameRe: (s) => s.path,
 *   fromNameFunc: (s) => s.path,
 *   digits: () => 'generated',
 *   archive: (s) => s.url,
 *   imageMasks: (s) => s.images,
 *   imageImages: (s) => s.images,
 *   imageCsv: (s) => s.csv,
 *   fromRows: (s) => s.path,
 *   fromMetadata: (s) => s.path,
 *   fromShards: (s) => s.path,
 *   fromAnnotations: (s) => s.path,
 *   pointsFromFunc: (s) => s.path
 * })
 * assert.strictEqual(place(digits().source), 'generated')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldSource =
  <A>(cases: {
    readonly imageFolder: (source: ImageFolder) => A
    readonly fromNameRe: (source: FromNameRe) => A
    readonly fromNameFunc: (source: FromNameFunc) => A
    readonly digits: (source: Digits) => A
    readonly archive: (source: Archive) => A
    readonly imageMasks: (source: ImageMasks) => A
    readonly imageImages: (source: ImageImages) => A
    readonly imageCsv: (source: ImageCsv) => A
    readonly fromRows: (source: FromRows) => A
    readonly fromMetadata: (source: FromMetadata) => A
    readonly fromShards: (source: FromShards) => A
    readonly fromAnnotations: (source: FromAnnotations) => A
    readonly pointsFromFunc: (source: PointsFromFunc) => A
  }) =>
  (source: Source): A => {
    switch (source._tag) {
      case 'ImageFolder':
        return cases.imageFolder(source)
      case 'FromNameRe':
        return cases.fromNameRe(source)
      case 'FromNameFunc':
        return cases.fromNameFunc(source)
      case 'Digits':
        return cases.digits(source)
      case 'Archive':
        return cases.archive(source)
      case 'ImageMasks':
        return cases.imageMasks(source)
      case 'ImageImages':
        return cases.imageImages(source)
      case 'ImageCsv':
        return cases.imageCsv(source)
      case 'FromRows':
        return cases.fromRows(source)
      case 'FromMetadata':
        return cases.fromMetadata(source)
      case 'FromShards':
        return cases.fromShards(source)
      case 'FromAnnotations':
        return cases.fromAnnotations(source)
      case 'PointsFromFunc':
        return cases.pointsFromFunc(source)
      default:
        return absurd(source)
    }
  }

/**
 * Options of `imageFolder`.
 *
 * @category data
 * @since 0.1.0
 */
export interface FolderOptions {
  /** Default: the folder whose name is a known word, in any case: train, training. */
  readonly train?: string
  /** Default: valid, val, validation, dev or eval, in any case. */
  readonly valid?: string
  /** Default: test or testing, in any case. */
  readonly test?: string
  /** Default: `holdoutAuto`. */
  readonly holdout?: Holdout
  /** The classes in order; default: the labels of the training images, sorted. */
  readonly classes?: ReadonlyArray<string>
  /** Default: the outermost folder that differs between images; an error if the inner ones could be meant. */
  readonly classFrom?: ClassFrom
}

/**
 * The layout described by options; fields left out are inferred.
 *
 * @example
 * import { folderLayout } from '../index.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual([folderLayout({}).train, folderLayout({ train: 'A' }).train], [O.none, O.some('A')])
 *
 * @since 0.1.0
 */
export const folderLayout = (options: FolderOptions): FolderLayout => ({
  train: O.fromNullable(options.train),
  valid: O.fromNullable(options.valid),
  test: O.fromNullable(options.test),
  holdout: options.holdout ?? holdoutAuto,
  classes: O.fromNullable(options.classes),
  classFrom: O.fromNullable(options.classFrom)
})

/** The files below a path, without their labels. */
export const unlabelled = ({ path }: { readonly path: string }): Source => ({
  _tag: 'ImageFolder',
  path,
  ...folderLayout({})
})

/**
 * Equality of sources.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqSource: Eq<Source> = eqValue()

/**
 * Shows a source as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showSource: Show<Source> = { show: showValue }
