/**
 * `ImageMasks`: images and, for each, a mask of the same size whose pixels are class indices.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Arrangement } from './Arrangement.js'
import type { DataError } from './DataError.js'
import { holdoutAuto, type Holdout } from './Holdout.js'
import type { Listing } from './Listing.js'
import {
  arrangePairs,
  pairedBy,
  pairedByPattern,
  pairedIn,
  pairOf,
  type PairNaming,
  type PairWords
} from './PairNaming.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * Images below a folder with their masks.
 *
 * @category model
 * @since 0.1.0
 */
export interface ImageMasks {
  readonly _tag: 'ImageMasks'
  readonly path: string
  /** The folder of the images, below the path. */
  readonly images: string
  readonly masks: PairNaming
  /** The names of the classes, by index; or the file below the path that has one on each line. */
  readonly codes: ReadonlyArray<string> | string
  /** Pixels of these indices do not count, in losses or metrics. */
  readonly ignore: ReadonlyArray<number>
  readonly holdout: Holdout
}

/**
 * What `imageMasks` may be told.
 *
 * @since 0.1.0
 */
export interface MaskOptions {
  /** Default 'images'. */
  readonly images?: string
  /** Default: the same name in the folder 'labels'. */
  readonly masks?: PairNaming
  /** Default the file 'codes.txt'. */
  readonly codes?: ReadonlyArray<string> | string
  /** Default none. */
  readonly ignore?: ReadonlyArray<number>
  /** Default: a fifth, drawn; by folder: images with a folder `valid` in their path are held out. */
  readonly holdout?: Holdout
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * Masks of the same name in a folder.
 *
 * @example
 * import { maskOf, masksIn } from 'graft-vision'
 *
 * assert.deepStrictEqual(maskOf('images', masksIn('masks'))('images/a/1.jpg'), { _tag: 'Right', right: 'masks/a/1.png' })
 *
 * @since 0.1.0
 */
export const masksIn: (folder: string) => PairNaming = pairedIn

/**
 * Masks by a pattern searched for in the image's path and what takes its place.
 *
 * @example
 * import { maskOf, masksByPattern } from 'graft-vision'
 *
 * const naming = masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png')
 * assert.deepStrictEqual(maskOf('images', naming)('images/0016.png'), { _tag: 'Right', right: 'labels/0016_P.png' })
 *
 * @since 0.1.0
 */
export const masksByPattern: (pattern: string, replacement: string) => PairNaming = pairedByPattern

/**
 * Masks by a function of the image's path, named by its label (fastai's `get_y_fn`).
 *
 * @example
 * import { maskOf, masksBy } from 'graft-vision'
 *
 * const naming = masksBy('beside', (image) => image.replace('.jpg', '.mask.png'))
 * assert.deepStrictEqual(maskOf('images', naming)('images/1.jpg'), { _tag: 'Right', right: 'images/1.mask.png' })
 *
 * @since 0.1.0
 */
export const masksBy: (label: string, f: (image: string) => string) => PairNaming = pairedBy

/** The source of `imageMasks`. */
export const maskSource = (path: string, options: MaskOptions): ImageMasks => ({
  _tag: 'ImageMasks',
  path,
  images: options.images ?? 'images',
  masks: options.masks ?? masksIn('labels'),
  codes: options.codes ?? 'codes.txt',
  ignore: options.ignore ?? [],
  holdout: options.holdout ?? holdoutAuto
})

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

const words: PairWords = {
  what: 'mask',
  source: 'imageMasks',
  option: 'masks',
  by: 'masksBy',
  // a mask is kept without loss, whatever its image
  inFolder: (name) => name.replace(/\.[^./]+$/, '.png')
}

/**
 * The path of an image's mask; `images` is the folder of the images. Error: `NoMatch` for a path that the pattern is not
 * found in, and for a pattern or a function that fails.
 *
 * @example
 * import { maskOf, masksByPattern } from 'graft-vision'
 *
 * assert.strictEqual(maskOf('images', masksByPattern('jpg$', 'png'))('images/1.tif')._tag, 'Left')
 *
 * @since 0.1.0
 */
export const maskOf: (images: string, naming: PairNaming) => (image: string) => E.Either<DataError, string> =
  /*#__PURE__*/ pairOf(words)

/**
 * Images with their masks as labels, training and validation apart. Errors: `NoImages`, `NoMatch`, `MissingFolder` (masks
 * that are not there).
 *
 * @example
 * import { arrangeMasks, imageMasks } from 'graft-vision'
 *
 * const { source } = imageMasks('scenes')
 * if (source._tag !== 'ImageMasks') throw new Error('it is one')
 * assert.strictEqual(arrangeMasks(source, 'scenes')({ files: [], folders: [] })._tag, 'Left')
 *
 * @since 0.1.0
 */
export const arrangeMasks = (
  source: ImageMasks,
  root: string
): ((listing: Listing) => E.Either<DataError, Arrangement>) =>
  arrangePairs(words)({ ...source, naming: source.masks }, root)
