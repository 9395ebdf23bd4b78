/**
 * `ImageImages`: images with a target image for each.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Arrangement } from '../folders/Arrangement.js'
import type { DataError } from '../DataError.js'
import { holdoutAuto, type Holdout } from '../holdouts/Holdout.js'
import type { Listing } from '../folders/Listing.js'
import { arrangePairs, pairedBy, pairedByPattern, pairedIn, type PairNaming, type PairWords } from './PairNaming.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * Images below a folder with their target images.
 *
 * @category data
 * @since 0.1.0
 */
export interface ImageImages {
  readonly _tag: 'ImageImages'
  readonly path: string
  /** The folder of the images, relative to the path. */
  readonly images: string
  readonly targets: PairNaming
  /** Channels of the targets: 3 for RGB, 1 for grey. */
  readonly channels: number
  readonly holdout: Holdout
}

/**
 * Options of `imageImages`.
 *
 * @category data
 * @since 0.1.0
 */
export interface ImageImagesOptions {
  /** Default 'images'. */
  readonly images?: string
  /** Default: the same name in the folder 'targets'. */
  readonly targets?: PairNaming
  /** Channels of the targets, 3 or 1; default 3. */
  readonly channels?: number
  /** Default: a random fifth. By folder: images with a folder `valid` on their path are held out. */
  readonly holdout?: Holdout
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * Targets with the image's name in a folder.
 *
 * @example
 * import { targetsIn } from 'graft-vision'
 *
 * assert.deepStrictEqual(targetsIn('sharp'), { _tag: 'InFolder', folder: 'sharp' })
 *
 * @category data
 * @since 0.1.0
 */
export const targetsIn: (folder: string) => PairNaming = pairedIn

/**
 * Targets by replacing a pattern in the image's path.
 *
 * @example
 * import { targetsByPattern } from 'graft-vision'
 *
 * const naming = targetsByPattern('^small/(.*)[.]jpg$', 'large/$1.png')
 * assert.strictEqual(naming._tag, 'ByPattern')
 *
 * @category data
 * @since 0.1.0
 */
export const targetsByPattern: (pattern: string, replacement: string) => PairNaming = pairedByPattern

/**
 * Targets by a function of the image's path; the label names the function (fastai's `label_from_func`).
 *
 * @example
 * import { imageImages, targetsBy } from 'graft-vision'
 *
 * const { source } = imageImages('photos', { targets: targetsBy('sharp', (image) => image.replace('images', 'sharp')) })
 * assert.strictEqual(source._tag === 'ImageImages' && source.targets._tag, 'ByFunction')
 *
 * @category data
 * @since 0.1.0
 */
export const targetsBy: (label: string, f: (image: string) => string) => PairNaming = pairedBy

/** The source made by `imageImages`. */
export const imageImagesSource = (path: string, options: ImageImagesOptions): ImageImages => ({
  _tag: 'ImageImages',
  path,
  images: options.images ?? 'images',
  targets: options.targets ?? targetsIn('targets'),
  channels: options.channels ?? 3,
  holdout: options.holdout ?? holdoutAuto
})

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

const words: PairWords = {
  what: 'target',
  source: 'imageImages',
  option: 'targets',
  by: 'targetsBy',
  inFolder: (name) => name
}

/**
 * Divides images, labelled by their target images, into training and validation sets. Errors: `NoImages`, `NoMatch`,
 * `MissingFolder` (missing targets).
 *
 * @example
 * import { imageImages } from 'graft-vision'
 * import { arrangeImages } from '../index.js'
 *
 * const { source } = imageImages('photos')
 * if (source._tag !== 'ImageImages') throw new Error('it is one')
 * const listing = { files: ['images/1.jpg', 'images/2.jpg', 'targets/1.jpg'], folders: ['images', 'targets'] }
 * const arranged = arrangeImages(source, 'photos')(listing)
 * assert.ok(arranged._tag === 'Left' && arranged.left.path === 'photos/targets/2.jpg')
 *
 * @since 0.1.0
 */
export const arrangeImages = (
  source: ImageImages,
  root: string
): ((listing: Listing) => E.Either<DataError, Arrangement>) =>
  arrangePairs(words)({ ...source, naming: source.targets }, root)
