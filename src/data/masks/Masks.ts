/**
 * `ImageMasks`: images with a mask of the same size for each, which gives the class of each pixel.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement } from '../folders/Arrangement.js'
import type { DataError } from '../DataError.js'
import { holdoutAuto, type Holdout } from '../holdouts/Holdout.js'
import type { Listing } from '../folders/Listing.js'
import { codesByValue, type MaskMap } from './maskMap.js'
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
 * @category data
 * @since 0.1.0
 */
export interface ImageMasks {
  readonly _tag: 'ImageMasks'
  readonly path: string
  /** The folder of the images, relative to the path. */
  readonly images: string
  readonly masks: PairNaming
  /** The names of the classes, by index; or a file, relative to the path, with one name per line. */
  readonly codes: ReadonlyArray<string> | string
  /** Pixels of these values (for colour masks: class indices) are ignored by losses and metrics. */
  readonly ignore: ReadonlyArray<number>
  /** The class of each pixel value; none: the value is the class index. */
  readonly values: O.Option<MaskMap>
  /** The class of each colour, or a file, relative to the path, with lines of `red green blue name`. */
  readonly colours: O.Option<MaskMap | string>
  readonly holdout: Holdout
}

/**
 * Options of `imageMasks`.
 *
 * @category data
 * @since 0.1.0
 */
export interface MaskOptions {
  /** Default 'images'. */
  readonly images?: string
  /** Default: the same name in the folder 'labels'. */
  readonly masks?: PairNaming
  /**
   * Default: the names in `values`, by ascending value, or in `colours`, in their order; otherwise the file
   * 'codes.txt'.
   */
  readonly codes?: ReadonlyArray<string> | string
  /** Default none. */
  readonly ignore?: ReadonlyArray<number>
  /**
   * The class of each pixel value, for masks whose values are not class indices: `{ 0: 'background', 255: 'cell' }`.
   */
  readonly values?: MaskMap
  /**
   * The class of each colour, for colour masks: `{ '#804080': 'road', '0 0 0': null }`, or a file in CamVid's format.
   */
  readonly colours?: MaskMap | string
  /** Default: a random fifth. By folder: images with a folder `valid` on their path are held out. */
  readonly holdout?: Holdout
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * Masks with the image's name in a folder.
 *
 * @example
 * import { masksIn } from 'graft-vision'
 * import { maskOf } from '../index.js'
 *
 * assert.deepStrictEqual(maskOf('images', masksIn('masks'))('images/a/1.jpg'), { _tag: 'Right', right: 'masks/a/1.png' })
 *
 * @category data
 * @since 0.1.0
 */
export const masksIn: (folder: string) => PairNaming = pairedIn

/**
 * Masks by replacing a pattern in the image's path.
 *
 * @example
 * import { masksByPattern } from 'graft-vision'
 * import { maskOf } from '../index.js'
 *
 * const naming = masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png')
 * assert.deepStrictEqual(maskOf('images', naming)('images/0016.png'), { _tag: 'Right', right: 'labels/0016_P.png' })
 *
 * @category data
 * @since 0.1.0
 */
export const masksByPattern: (pattern: string, replacement: string) => PairNaming = pairedByPattern

/**
 * Masks by a function of the image's path; the label names the function (fastai's `get_y_fn`).
 *
 * @example
 * import { masksBy } from 'graft-vision'
 * import { maskOf } from '../index.js'
 *
 * const naming = masksBy('beside', (image) => image.replace('.jpg', '.mask.png'))
 * assert.deepStrictEqual(maskOf('images', naming)('images/1.jpg'), { _tag: 'Right', right: 'images/1.mask.png' })
 *
 * @category data
 * @since 0.1.0
 */
export const masksBy: (label: string, f: (image: string) => string) => PairNaming = pairedBy

/** If the colours are in a file, so are the codes. */
const codesFrom = ({ codes, values, colours }: MaskOptions): ReadonlyArray<string> | string => {
  if (codes !== undefined) return codes
  if (typeof colours === 'string') return colours
  if (colours === undefined && values === undefined) return 'codes.txt'
  const names = colours === undefined ? codesByValue(values ?? {}) : Object.values(colours)
  return [...new Set(names.filter((name) => name !== null))]
}

/** The source made by `imageMasks`. */
export const maskSource = (path: string, options: MaskOptions): ImageMasks => ({
  _tag: 'ImageMasks',
  path,
  images: options.images ?? 'images',
  masks: options.masks ?? masksIn('labels'),
  codes: codesFrom(options),
  ignore: options.ignore ?? [],
  values: O.fromNullable(options.values),
  colours: O.fromNullable(options.colours),
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
  // masks are stored in a lossless format, whatever the image's
  inFolder: (name) => name.replace(/\.[^./]+$/, '.png')
}

/**
 * The path of an image's mask; `images` is the folder of the images. Error: `NoMatch` if the pattern is not in the
 * path, or the pattern or function fails.
 *
 * @example
 * import { masksByPattern } from 'graft-vision'
 * import { maskOf } from '../index.js'
 *
 * assert.strictEqual(maskOf('images', masksByPattern('jpg$', 'png'))('images/1.tif')._tag, 'Left')
 *
 * @since 0.1.0
 */
export const maskOf: (images: string, naming: PairNaming) => (image: string) => E.Either<DataError, string> =
  /*#__PURE__*/ pairOf(words)

/**
 * Divides images, labelled by their masks, into training and validation sets. Errors: `NoImages`, `NoMatch`,
 * `MissingFolder` (missing masks).
 *
 * @example
 * import { imageMasks } from 'graft-vision'
 * import { arrangeMasks } from '../index.js'
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
