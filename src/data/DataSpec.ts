/**
 * `DataSpec`: the whole description of the data a model is trained on - where images come from, their size,
 * normalisation, batches - as one plain record that can be printed, compared and written as JSON.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Seed } from '../Seed.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import { defaultDecoding, type Decoding } from './Decoding.js'
import { imageImagesSource, type ImageImagesOptions } from './ImageImages.js'
import { maskSource, type MaskOptions } from './Masks.js'
import { folderLayout, type FolderOptions, type Source } from './Source.js'
import type { Stats } from './Stats.js'
import type { Transform } from './Transform.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * Pixels: one side of a square, or height and width.
 *
 * @category model
 * @since 0.1.0
 */
export type Size = number | readonly [height: number, width: number]

/**
 * How an image gets its size: `crop` scales the side that falls short and cuts the centre out, `pad` scales the longer
 * side and mirrors the edges, `squish` scales both sides freely.
 *
 * @category model
 * @since 0.1.0
 */
export type Resize = 'crop' | 'squish' | 'pad'

/**
 * With which statistics images are normalised: those that a model's weights were trained with (ImageNet's where it
 * has none), given ones, those of one training batch, or not at all.
 *
 * @category model
 * @since 0.1.0
 */
export type Normalise =
  | { readonly _tag: 'ForWeights' }
  | { readonly _tag: 'Given'; readonly stats: Stats }
  | { readonly _tag: 'FromBatch' }
  | { readonly _tag: 'None' }

/**
 * What is read of each file when data is opened: all of it, its header, or nothing. `auto` decodes up to 20,000 files
 * and reads the headers of more.
 *
 * @category model
 * @since 0.1.0
 */
export type Verify = 'auto' | 'decode' | 'header' | 'none'

/**
 * The description of data.
 *
 * @category model
 * @since 0.1.0
 */
export interface DataSpec extends Decoding {
  readonly source: Source
  /** The images' own size unless given; then they must all have one. */
  readonly size: O.Option<Size>
  /** Crop for a square, squish for a pair, unless given (as in the reference). */
  readonly resize: O.Option<Resize>
  readonly normalise: Normalise
  /** What happens to images in training, and there alone. */
  readonly transforms: ReadonlyArray<Transform>
  readonly bs: number
  readonly validBs: O.Option<number>
  readonly shuffle: boolean
  /** Whether training leaves out a last batch that is not full. */
  readonly dropLast: boolean
  readonly seed: Seed
  readonly verify: Verify
  /** Whether a file that cannot be read is an error instead of being left out and named. */
  readonly strict: boolean
  /** Up to how many bytes of decoded images are kept in memory. */
  readonly cacheBytes: number
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * What a description says unless told otherwise: own size, the weights' statistics, batches of 64, shuffled, incomplete
 * training batches dropped, seed 42, verified, up to 1 GiB kept in memory.
 *
 * @example
 * import { defaultData } from 'graft-vision'
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
  dropLast: true,
  seed: 42,
  verify: 'auto',
  strict: false,
  cacheBytes: 2 ** 30
}

/**
 * Images below a folder, each labelled by the name of the folder it is in (fastai `ImageDataBunch.from_folder`).
 * `train/` and `valid/` separate training from validation where both exist; otherwise a fifth is drawn.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { holdoutByPct, imageFolder, withSize } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos', { holdout: holdoutByPct(0.1, 7) }), withSize(224))
 * assert.deepStrictEqual(JSON.parse(JSON.stringify(spec)).source.path, 'photos')
 *
 * @category constructors
 * @since 0.1.0
 */
export const imageFolder = (path: string, options: FolderOptions = {}): DataSpec => ({
  source: { _tag: 'ImageFolder', path, ...folderLayout(options) },
  ...defaultData
})

/**
 * Images below a folder and a mask for each, for segmentation (fastai's `SegmentationItemList`). A mask's values are
 * class indices, those of a palette too, unless `values` or `colours` say which class each is. They are scaled by the nearest pixel and move with their image.
 *
 * @example
 * import { imageMasks, masksByPattern } from 'graft-vision'
 *
 * const camvid = imageMasks('camvid_tiny', { masks: masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png') })
 * assert.strictEqual(camvid.source._tag === 'ImageMasks' && camvid.source.codes, 'codes.txt')
 *
 * @category constructors
 * @since 0.1.0
 */
export const imageMasks = (path: string, options: MaskOptions = {}): DataSpec => ({
  source: maskSource(path, options),
  ...defaultData
})

/**
 * Images below a folder and a target picture for each, for what turns pictures into pictures: sharper, larger, in colour
 * (fastai's `ImageImageList`). Targets are scaled and moved as their image is, bilinearly; their samples stay in [0, 1]:
 * they are not normalised, and no light falls on them.
 *
 * @example
 * import { imageImages, targetsIn } from 'graft-vision'
 *
 * const { source } = imageImages('photos', { images: 'blurred', targets: targetsIn('sharp') })
 * assert.strictEqual(source._tag === 'ImageImages' && source.channels, 3)
 *
 * @category constructors
 * @since 0.1.0
 */
export const imageImages = (path: string, options: ImageImagesOptions = {}): DataSpec => ({
  source: imageImagesSource(path, options),
  ...defaultData
})

/** The sizes of MNIST_SAMPLE, which the generated set has too. */
export const digitsTrain = 12_396
export const digitsValid = 2_038

/**
 * Generated drawings of threes and sevens in the layout of MNIST_SAMPLE: `n` to train on (12,396) and `valid` to
 * validate on (2,038, or the same part of `n`), 28 x 28 grey. Drawn once from `seed` (42) and kept in the cache, or in
 * `path`. They are no photographs of anybody's handwriting, and the opened data says so (`generated`).
 *
 * @example
 * import { digits } from 'graft-vision'
 *
 * const { source } = digits({ n: 600 })
 * assert.deepStrictEqual(source._tag === 'Digits' && [source.train, source.valid], [600, 99])
 *
 * @category constructors
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
 * A folder of images inside a `.tgz` at a url; the cache is looked at first.
 *
 * @example
 * import { archive, URLs } from 'graft-vision'
 *
 * assert.strictEqual(archive(URLs.MNIST_SAMPLE).source._tag, 'Archive')
 *
 * @category constructors
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
 * How a description's images get their size.
 *
 * @example
 * import { imageFolder, resizeOf } from 'graft-vision'
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
 * import { foldNormalise, imageFolder } from 'graft-vision'
 *
 * const mean = foldNormalise({ ForWeights: () => [], Given: ({ stats }) => stats.mean, FromBatch: () => [], None: () => [0] })
 * assert.strictEqual(mean(imageFolder('photos').normalise).length, 0)
 *
 * @since 0.1.0
 */
export const foldNormalise = /*#__PURE__*/ foldUnion<Normalise>()

// -------------------------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------------------------

/** Equality of normalisations. @since 0.1.0 */
export const eqNormalise: Eq<Normalise> = eqValue()
/** Shows a normalisation as a record literal. @since 0.1.0 */
export const showNormalise: Show<Normalise> = { show: showValue }

/** Equality of descriptions. @since 0.1.0 */
export const eqDataSpec: Eq<DataSpec> = eqValue()
/** Shows a description as a record literal. @since 0.1.0 */
export const showDataSpec: Show<DataSpec> = { show: showValue }
