/**
 * Functions that change a data description in a `pipe`: sizes, statistics, batches and order.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import type { Seed } from '../Seed.js'
import type { DataSpec, Resize, Size, Verify } from './DataSpec.js'
import type { Exclusion } from './Exclusion.js'
import type { Decoding } from './images/Decoding.js'
import type { Sampling } from './Sampling.js'
import type { Stats } from './Stats.js'
import type { Transform } from './transforms/Transform.js'

type Word = (spec: DataSpec) => DataSpec

const having =
  (change: Partial<DataSpec>): Word =>
  (spec) => ({ ...spec, ...change })

/**
 * Sets the size of images: a number crops to a square, a pair (height, width) squishes; `withResize` overrides this.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, withSize } from 'graft-vision'
 * import { resizeOf } from './index.js'
 *
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize(28))), 'crop')
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize([28, 28]))), 'squish')
 *
 * @category data
 * @since 0.1.0
 */
export const withSize = (size: Size): Word => having({ size: O.some(size) })

/**
 * Sets how images are resized.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, withResize, withSize } from 'graft-vision'
 * import { resizeOf } from './index.js'
 *
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize(28), withResize('pad'))), 'pad')
 *
 * @category data
 * @since 0.1.0
 */
export const withResize = (resize: Resize): Word => having({ resize: O.some(resize) })

/**
 * Sets how often each training image is drawn in an epoch: `balancedSampling()`, for data with one class per image.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { balancedSampling, imageFolder, withSampling } from 'graft-vision'
 *
 * assert.deepStrictEqual(pipe(imageFolder('photos'), withSampling(balancedSampling())).sampling, balancedSampling({ power: 1 }))
 *
 * @category data
 * @since 0.1.0
 */
export const withSampling = (sampling: Sampling): Word => having({ sampling })

/**
 * Normalises with the given statistics.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, mnistStats, normalise } from 'graft-vision'
 *
 * assert.deepStrictEqual(pipe(imageFolder('digits'), normalise(mnistStats)).normalise, { _tag: 'Given', stats: mnistStats })
 *
 * @category data
 * @since 0.1.0
 */
export const normalise = (stats: Stats): Word => having({ normalise: { _tag: 'Given', stats } })

/**
 * Normalises with the statistics that the model's published weights were trained with, or that the architecture expects
 * for weights from a file; with ImageNet's for random weights. The default.
 *
 * @example
 * import { imageFolder, mnistStats, normalise, normaliseForWeights } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepStrictEqual(pipe(imageFolder('digits'), normalise(mnistStats), normaliseForWeights), imageFolder('digits'))
 *
 * @category data
 * @since 0.1.0
 */
export const normaliseForWeights: Word = /*#__PURE__*/ having({ normalise: { _tag: 'ForWeights' } })

/**
 * Normalises with the statistics of the first training batch (fastai's `normalize()` without an argument).
 *
 * @example
 * import { imageFolder, normaliseFromBatch } from 'graft-vision'
 *
 * assert.deepStrictEqual(normaliseFromBatch(imageFolder('photos')).normalise, { _tag: 'FromBatch' })
 *
 * @category data
 * @since 0.1.0
 */
export const normaliseFromBatch: Word = /*#__PURE__*/ having({ normalise: { _tag: 'FromBatch' } })

/**
 * Leaves pixels in [0, 1].
 *
 * @example
 * import { imageFolder, withoutNormalisation } from 'graft-vision'
 *
 * assert.deepStrictEqual(withoutNormalisation(imageFolder('photos')).normalise, { _tag: 'None' })
 *
 * @category data
 * @since 0.1.0
 */
export const withoutNormalisation: Word = /*#__PURE__*/ having({ normalise: { _tag: 'None' } })

/**
 * Augments training images with these transforms, drawn anew in every epoch from the data's seed. Images for validation
 * and prediction are not augmented.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { getTransforms, imageFolder, Transform, withSize, withTransforms } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos'), withSize(224), withTransforms(getTransforms()))
 * assert.deepStrictEqual(spec.transforms[0], Transform.randomCrop())
 *
 * @category data
 * @since 0.1.0
 */
export const withTransforms = (transforms: ReadonlyArray<Transform>): Word => having({ transforms })

/**
 * Sets the batch size.
 *
 * @example
 * import { imageFolder, withBatchSize } from 'graft-vision'
 *
 * assert.strictEqual(withBatchSize(16)(imageFolder('photos')).bs, 16)
 *
 * @category data
 * @since 0.1.0
 */
export const withBatchSize = (bs: number): Word => having({ bs })

/**
 * Sets the batch size of validation; default: that of training.
 *
 * @example
 * import { imageFolder, withValidBatchSize } from 'graft-vision'
 *
 * assert.deepStrictEqual(withValidBatchSize(10)(imageFolder('photos')).validBs, { _tag: 'Some', value: 10 })
 *
 * @category data
 * @since 0.1.0
 */
export const withValidBatchSize = (bs: number): Word => having({ validBs: O.some(bs) })

/**
 * Sets whether training draws a new order in every epoch.
 *
 * @example
 * import { imageFolder, withShuffle } from 'graft-vision'
 *
 * assert.strictEqual(withShuffle(false)(imageFolder('photos')).shuffle, false)
 *
 * @category data
 * @since 0.1.0
 */
export const withShuffle = (shuffle: boolean): Word => having({ shuffle })

/**
 * Sets whether training drops an incomplete last batch.
 *
 * @example
 * import { imageFolder, withDropLast } from 'graft-vision'
 *
 * assert.strictEqual(withDropLast(false)(imageFolder('photos')).dropLast, false)
 *
 * @category data
 * @since 0.1.0
 */
export const withDropLast = (dropLast: boolean): Word => having({ dropLast })

/**
 * Sets the seed for the order of images and for augmentation.
 *
 * @example
 * import { imageFolder, withDataSeed } from 'graft-vision'
 *
 * assert.strictEqual(withDataSeed(7)(imageFolder('photos')).seed, 7)
 *
 * @category data
 * @since 0.1.0
 */
export const withDataSeed = (seed: Seed): Word => having({ seed })

/**
 * Sets what is read of each file when data is opened.
 *
 * @example
 * import { imageFolder, withVerify } from 'graft-vision'
 *
 * assert.strictEqual(withVerify('header')(imageFolder('photos')).verify, 'header')
 *
 * @category data
 * @since 0.1.0
 */
export const withVerify = (verify: Verify): Word => having({ verify })

/**
 * Makes an unreadable file an error; by default it is left out with a warning.
 *
 * @example
 * import { imageFolder, strictly } from 'graft-vision'
 *
 * assert.strictEqual(strictly(imageFolder('photos')).strict, true)
 *
 * @category data
 * @since 0.1.0
 */
export const strictly: Word = /*#__PURE__*/ having({ strict: true })

/**
 * Sets the maximum size in bytes of the cache of decoded images (1 GiB; 0 decodes anew in every epoch).
 *
 * @example
 * import { imageFolder, withCacheBytes } from 'graft-vision'
 *
 * assert.strictEqual(withCacheBytes(0)(imageFolder('photos')).cacheBytes, 0)
 *
 * @category data
 * @since 0.1.0
 */
export const withCacheBytes = (cacheBytes: number): Word => having({ cacheBytes })

/**
 * Leaves images out of all sets: those of a list of paths, relative to the data's folder, or of a file that lists them,
 * such as `graft check --fix-list` writes. The other images stay in their sets.
 *
 * @example
 * import { imageFolder, withExclude } from 'graft-vision'
 *
 * assert.deepStrictEqual(withExclude(['train/cat/1.jpg'])(imageFolder('photos')).exclude, ['train/cat/1.jpg'])
 *
 * @category data
 * @since 0.1.0
 */
export const withExclude = (exclude: Exclusion): Word => having({ exclude })

/**
 * Sets whether embedded colour profiles are ignored (`stored`, the default) or converted to sRGB (`convert`).
 *
 * @example
 * import { imageFolder, withColour } from 'graft-vision'
 *
 * assert.strictEqual(withColour('convert')(imageFolder('photos')).colour, 'convert')
 *
 * @category data
 * @since 0.1.0
 */
export const withColour = (colour: Decoding['colour']): Word => having({ colour })

/**
 * Sets whether the EXIF orientation is applied (`apply`, the default) or ignored (`ignore`, as in fastai and
 * torchvision).
 *
 * @example
 * import { imageFolder, withOrientation } from 'graft-vision'
 *
 * assert.strictEqual(withOrientation('ignore')(imageFolder('photos')).orientation, 'ignore')
 *
 * @category data
 * @since 0.1.0
 */
export const withOrientation = (orientation: Decoding['orientation']): Word => having({ orientation })

/**
 * Sets the sample values for black and white in images of more than 8 bits: `withRange([0, 4095])` for 12 bits in 16,
 * `withRange([0, 1])` for floats. 8-bit images are unaffected.
 *
 * @example
 * import { imageFolder, withRange } from 'graft-vision'
 * import { some } from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(withRange([0, 4095])(imageFolder('scans')).range, some([0, 4095]))
 *
 * @category data
 * @since 0.1.0
 */
export const withRange = (range: readonly [black: number, white: number]): Word => having({ range: O.some(range) })

/**
 * Sets whether every image is decoded at full size and scaled exactly as by Pillow's bilinear resize, whatever its
 * format.
 *
 * @example
 * import { imageFolder, withExact } from 'graft-vision'
 *
 * assert.strictEqual(withExact(true)(imageFolder('photos')).exact, true)
 *
 * @category data
 * @since 0.1.0
 */
export const withExact = (exact: boolean): Word => having({ exact })
