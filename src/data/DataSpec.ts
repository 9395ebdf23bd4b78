/**
 * `DataSpec`: the complete description of a model's training data - source, image size, normalisation, batches - as a
 * plain record that can be shown, compared and written as JSON.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Seed } from '../Seed.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Exclusion } from './Exclusion.js'
import { defaultDecoding, type Decoding } from './images/Decoding.js'
import { imageImagesSource, type ImageImagesOptions } from './masks/ImageImages.js'
import { maskSource, type MaskOptions } from './masks/Masks.js'
import { folderLayout, type FolderOptions, type Source } from './sources/Source.js'
import { eachOnce, type Sampling } from './Sampling.js'
import type { Stats } from './Stats.js'
import type { Transform } from './transforms/Transform.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * Pixels: the side of a square, or (height, width).
 *
 * @category data
 * @since 0.1.0
 */
export type Size = number | readonly [height: number, width: number]

/**
 * How images are resized. `crop`: scale the side that falls short, then crop the centre. `pad`: scale the longer side,
 * then pad by reflection. `squish`: scale both sides independently.
 *
 * @category data
 * @since 0.1.0
 */
export type Resize = 'crop' | 'squish' | 'pad'

/**
 * The statistics used for normalisation: those that the model's weights were trained with (ImageNet's for random
 * weights), given ones, those of one training batch, or none.
 *
 * @category data
 * @since 0.1.0
 */
export type Normalise =
  | { readonly _tag: 'ForWeights' }
  | { readonly _tag: 'Given'; readonly stats: Stats }
  | { readonly _tag: 'FromBatch' }
  | { readonly _tag: 'None' }

/**
 * What is read of each file when data is opened: the whole file, its header, or nothing. `auto` decodes every file if
 * there are at most 20,000, reads the headers of at most 200,000, and otherwise nothing.
 *
 * @category data
 * @since 0.1.0
 */
export type Verify = 'auto' | 'decode' | 'header' | 'none'

/**
 * The description of data.
 *
 * @category data
 * @since 0.1.0
 */
export interface DataSpec extends Decoding {
  readonly source: Source
  /** Size of the images; none: their own, which must then be the same for all. */
  readonly size: O.Option<Size>
  /** Default: `crop` for a square size, `squish` for a pair (as in fastai). */
  readonly resize: O.Option<Resize>
  readonly normalise: Normalise
  /** Transforms of training images; other images are not transformed. */
  readonly transforms: ReadonlyArray<Transform>
  readonly bs: number
  readonly validBs: O.Option<number>
  readonly shuffle: boolean
  /** How often each training image is drawn in an epoch. */
  readonly sampling: Sampling
  /** Whether training drops an incomplete last batch. */
  readonly dropLast: boolean
  readonly seed: Seed
  readonly verify: Verify
  /** Whether an unreadable file is an error; otherwise it is left out with a warning. */
  readonly strict: boolean
  /** Maximum size in bytes of the cache of decoded images. */
  readonly cacheBytes: number
  /** Images to leave out. */
  readonly exclude: Exclusion
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * The defaults: the images' own size, the weights' statistics, batches of 64, shuffled, incomplete training batches
 * dropped, seed 42, files verified, a cache of 1 GiB, no image excluded.
 *
 * @example
 * import { defaultData } from './index.js'
 *
 * assert.strictEqual(defaultData.bs, 64)
 *
 * @since 0.1.0
 */
export const defaultData: Omit<DataSpec, 'source'> = {
  ...defaultDecoding,
  size: O.none,
  resize: O.none,
  normalise: { _tag: 'ForWeights' },
  transforms: [],
  bs: 64,
  validBs: O.none,
  shuffle: true,
  sampling: eachOnce,
  dropLast: true,
  seed: 42,
  verify: 'auto',
  strict: false,
  cacheBytes: 2 ** 30,
  exclude: []
}

/**
 * Images below a folder, each labelled by the name of its folder (fastai's `ImageDataBunch.from_folder`). If folders
 * `train/` and `valid/` exist, they are the training and validation sets; otherwise a random fifth is held out.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { holdoutByPct, imageFolder, withSize } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos', { holdout: holdoutByPct(0.1, 7) }), withSize(224))
 * assert.deepStrictEqual(JSON.parse(JSON.stringify(spec)).source.path, 'photos')
 *
 * @category data
 * @since 0.1.0
 */
export const imageFolder = (path: string, options: FolderOptions = {}): DataSpec => ({
  source: { _tag: 'ImageFolder', path, ...folderLayout(options) },
  ...defaultData
})

/**
 * Images below a folder with a mask for each, for segmentation (fastai's `SegmentationItemList`). A mask's pixel values
 * (palette indices included) are class indices unless `values` or `colours` map them to classes. Masks are resized by
 * nearest neighbour and transformed together with their image.
 *
 * @example
 * import { imageMasks, masksByPattern } from 'graft-vision'
 *
 * const camvid = imageMasks('camvid_tiny', { masks: masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png') })
 * assert.strictEqual(camvid.source._tag === 'ImageMasks' && camvid.source.codes, 'codes.txt')
 *
 * @category data
 * @since 0.1.0
 */
export const imageMasks = (path: string, options: MaskOptions = {}): DataSpec => ({
  source: maskSource(path, options),
  ...defaultData
})

/**
 * Images below a folder with a target image for each, for image-to-image tasks such as super-resolution or
 * colourisation (fastai's `ImageImageList`). Targets are resized bilinearly and transformed together with their image,
 * except for lighting; they are not normalised and stay in [0, 1].
 *
 * @example
 * import { imageImages, targetsIn } from 'graft-vision'
 *
 * const { source } = imageImages('photos', { images: 'blurred', targets: targetsIn('sharp') })
 * assert.strictEqual(source._tag === 'ImageImages' && source.channels, 3)
 *
 * @category data
 * @since 0.1.0
 */
export const imageImages = (path: string, options: ImageImagesOptions = {}): DataSpec => ({
  source: imageImagesSource(path, options),
  ...defaultData
})

/** The sizes of MNIST_SAMPLE's sets, used for the generated ones. */
export const digitsTrain = 12_396
export const digitsValid = 2_038

/**
 * Generated images of threes and sevens in the layout of MNIST_SAMPLE: `n` for training (12,396) and `valid` for
 * validation (2,038, or the same proportion of `n`), 28 x 28 pixels, grey. Generated once from `seed` (42) and stored
 * in the cache or in `path`. They are not real handwriting, and opening them gives the warning `generated`.
 *
 * @example
 * import { digits } from 'graft-vision'
 *
 * const { source } = digits({ n: 600 })
 * assert.deepStrictEqual(source._tag === 'Digits' && [source.train, source.valid], [600, 99])
 *
 * @category data
 * @since 0.1.0
 */
export const digits = (
  options: { readonly n?: number; readonly valid?: number; readonly seed?: Seed; readonly path?: string } = {}
): DataSpec => {
  const train = options.n ?? digitsTrain
  return {
    source: {
      _tag: 'Digits',
      train,
      valid: options.valid ?? Math.round((train * digitsValid) / digitsTrain),
      seed: options.seed ?? 42,
      path: O.fromNullable(options.path)
    },
    ...defaultData
  }
}

/**
 * A folder of images inside a `.tgz` at a URL; the download is cached.
 *
 * @example
 * import { archive, URLs } from 'graft-vision'
 *
 * assert.strictEqual(archive(URLs.MNIST_SAMPLE).source._tag, 'Archive')
 *
 * @category data
 * @since 0.1.0
 */
export const archive = (url: string, options: FolderOptions = {}): DataSpec => ({
  source: { _tag: 'Archive', url, layout: folderLayout(options) },
  ...defaultData
})

// -------------------------------------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------------------------------------

/**
 * How a description's images are resized.
 *
 * @example
 * import { imageFolder } from 'graft-vision'
 * import { resizeOf } from './index.js'
 *
 * assert.strictEqual(resizeOf(imageFolder('photos')), 'crop')
 *
 * @since 0.1.0
 */
export const resizeOf = ({ size, resize }: Pick<DataSpec, 'size' | 'resize'>): Resize =>
  O.getOrElse((): Resize => (O.isSome(size) && typeof size.value !== 'number' ? 'squish' : 'crop'))(resize)

/**
 * Folds a normalisation: one function for each case.
 *
 * @example
 * import { Fold, imageFolder } from 'graft-vision'
 *
 * const mean = Fold.normalise({ ForWeights: () => [], Given: ({ stats }) => stats.mean, FromBatch: () => [], None: () => [0] })
 * assert.strictEqual(mean(imageFolder('photos').normalise).length, 0)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldNormalise = /*#__PURE__*/ foldUnion<Normalise>()

// -------------------------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------------------------

/**
 * Equality of normalisations.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqNormalise: Eq<Normalise> = eqValue()
/**
 * Shows a normalisation as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showNormalise: Show<Normalise> = { show: showValue }

/**
 * Equality of descriptions.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqDataSpec: Eq<DataSpec> = eqValue()
/**
 * Shows a description as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showDataSpec: Show<DataSpec> = { show: showValue }
