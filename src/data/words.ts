/**
 * The words that change a description of data, in a `pipe`: its sizes, statistics, batches and order.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import type { Seed } from '../Seed.js'
import type { DataSpec, Resize, Size, Verify } from './DataSpec.js'
import type { Decoding } from './Decoding.js'
import type { Stats } from './Stats.js'
import type { Transform } from './Transform.js'

type Word = (spec: DataSpec) => DataSpec

const having =
  (change: Partial<DataSpec>): Word =>
  (spec) => ({ ...spec, ...change })

/**
 * Every image at this size: a number crops to a square, a pair (height, width) squishes, unless `withResize` says
 * otherwise.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, resizeOf, withSize } from 'graft-vision'
 *
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize(28))), 'crop')
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize([28, 28]))), 'squish')
 *
 * @since 0.1.0
 */
export const withSize = (size: Size): Word => having({ size: O.some(size) })

/**
 * How images get their size.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, resizeOf, withResize, withSize } from 'graft-vision'
 *
 * assert.strictEqual(resizeOf(pipe(imageFolder('photos'), withSize(28), withResize('pad'))), 'pad')
 *
 * @since 0.1.0
 */
export const withResize = (resize: Resize): Word => having({ resize: O.some(resize) })

/**
 * Normalise with these statistics.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { imageFolder, mnistStats, normalise } from 'graft-vision'
 *
 * assert.deepStrictEqual(pipe(imageFolder('digits'), normalise(mnistStats)).normalise, { _tag: 'Given', stats: mnistStats })
 *
 * @since 0.1.0
 */
export const normalise = (stats: Stats): Word => having({ normalise: { _tag: 'Given', stats } })

/**
 * Normalise with what a model's published weights were trained with, or what the architecture of its weights from a file
 * expects; with ImageNet's statistics where it has random weights. The default.
 *
 * @example
 * import { imageFolder, mnistStats, normalise, normaliseForWeights } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepStrictEqual(pipe(imageFolder('digits'), normalise(mnistStats), normaliseForWeights), imageFolder('digits'))
 *
 * @since 0.1.0
 */
export const normaliseForWeights: Word = /*#__PURE__*/ having({ normalise: { _tag: 'ForWeights' } })

/**
 * Normalise with the statistics of the first training batch (fastai's `normalize()` without an argument).
 *
 * @example
 * import { imageFolder, normaliseFromBatch } from 'graft-vision'
 *
 * assert.deepStrictEqual(normaliseFromBatch(imageFolder('photos')).normalise, { _tag: 'FromBatch' })
 *
 * @since 0.1.0
 */
export const normaliseFromBatch: Word = /*#__PURE__*/ having({ normalise: { _tag: 'FromBatch' } })

/**
 * Leave pixels in [0, 1].
 *
 * @example
 * import { imageFolder, withoutNormalisation } from 'graft-vision'
 *
 * assert.deepStrictEqual(withoutNormalisation(imageFolder('photos')).normalise, { _tag: 'None' })
 *
 * @since 0.1.0
 */
export const withoutNormalisation: Word = /*#__PURE__*/ having({ normalise: { _tag: 'None' } })

/**
 * Augment: in training, each image goes through these, drawn anew every epoch from the data's seed. Validation and
 * prediction see images as they are.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { getTransforms, imageFolder, Transform, withSize, withTransforms } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos'), withSize(224), withTransforms(getTransforms()))
 * assert.deepStrictEqual(spec.transforms[0], Transform.randomCrop())
 *
 * @since 0.1.0
 */
export const withTransforms = (transforms: ReadonlyArray<Transform>): Word => having({ transforms })

/**
 * So many images a batch.
 *
 * @example
 * import { imageFolder, withBatchSize } from 'graft-vision'
 *
 * assert.strictEqual(withBatchSize(16)(imageFolder('photos')).bs, 16)
 *
 * @since 0.1.0
 */
export const withBatchSize = (bs: number): Word => having({ bs })

/**
 * So many images a batch in validation (as in training unless given).
 *
 * @example
 * import { imageFolder, withValidBatchSize } from 'graft-vision'
 *
 * assert.deepStrictEqual(withValidBatchSize(10)(imageFolder('photos')).validBs, { _tag: 'Some', value: 10 })
 *
 * @since 0.1.0
 */
export const withValidBatchSize = (bs: number): Word => having({ validBs: O.some(bs) })

/**
 * Whether training draws a new order every epoch.
 *
 * @example
 * import { imageFolder, withShuffle } from 'graft-vision'
 *
 * assert.strictEqual(withShuffle(false)(imageFolder('photos')).shuffle, false)
 *
 * @since 0.1.0
 */
export const withShuffle = (shuffle: boolean): Word => having({ shuffle })

/**
 * Whether training leaves out a last batch that is not full.
 *
 * @example
 * import { imageFolder, withDropLast } from 'graft-vision'
 *
 * assert.strictEqual(withDropLast(false)(imageFolder('photos')).dropLast, false)
 *
 * @since 0.1.0
 */
export const withDropLast = (dropLast: boolean): Word => having({ dropLast })

/**
 * The seed of the order of images.
 *
 * @example
 * import { imageFolder, withDataSeed } from 'graft-vision'
 *
 * assert.strictEqual(withDataSeed(7)(imageFolder('photos')).seed, 7)
 *
 * @since 0.1.0
 */
export const withDataSeed = (seed: Seed): Word => having({ seed })

/**
 * What is read of each file when data is opened.
 *
 * @example
 * import { imageFolder, withVerify } from 'graft-vision'
 *
 * assert.strictEqual(withVerify('header')(imageFolder('photos')).verify, 'header')
 *
 * @since 0.1.0
 */
export const withVerify = (verify: Verify): Word => having({ verify })

/**
 * A file that cannot be read is an error, instead of being left out and named.
 *
 * @example
 * import { imageFolder, strictly } from 'graft-vision'
 *
 * assert.strictEqual(strictly(imageFolder('photos')).strict, true)
 *
 * @since 0.1.0
 */
export const strictly: Word = /*#__PURE__*/ having({ strict: true })

/**
 * Up to how many bytes of decoded images are kept in memory (1 GiB; 0 decodes anew every epoch).
 *
 * @example
 * import { imageFolder, withCacheBytes } from 'graft-vision'
 *
 * assert.strictEqual(withCacheBytes(0)(imageFolder('photos')).cacheBytes, 0)
 *
 * @since 0.1.0
 */
export const withCacheBytes = (cacheBytes: number): Word => having({ cacheBytes })

/**
 * Whether an embedded colour profile is ignored (`stored`, the default) or applied (`convert`, to sRGB).
 *
 * @example
 * import { imageFolder, withColour } from 'graft-vision'
 *
 * assert.strictEqual(withColour('convert')(imageFolder('photos')).colour, 'convert')
 *
 * @since 0.1.0
 */
export const withColour = (colour: Decoding['colour']): Word => having({ colour })

/**
 * Whether pictures are turned upright by their EXIF orientation (`apply`, the default) or taken as stored (`ignore`, as in
 * fastai and torchvision).
 *
 * @example
 * import { imageFolder, withOrientation } from 'graft-vision'
 *
 * assert.strictEqual(withOrientation('ignore')(imageFolder('photos')).orientation, 'ignore')
 *
 * @since 0.1.0
 */
export const withOrientation = (orientation: Decoding['orientation']): Word => having({ orientation })

/**
 * Which samples are black and white in images of more than 8 bits: `withRange([0, 4095])` for 12 bits in 16, `withRange([0,
 * 1])` for floats. Images of 8 bits stay as they are.
 *
 * @example
 * import { imageFolder, withRange } from 'graft-vision'
 * import { some } from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(withRange([0, 4095])(imageFolder('scans')).range, some([0, 4095]))
 *
 * @since 0.1.0
 */
export const withRange = (range: readonly [black: number, white: number]): Word => having({ range: O.some(range) })

/**
 * Whether pictures are decoded whole and scaled as Pillow's bilinear resize does, to the level, whatever the format.
 *
 * @example
 * import { imageFolder, withExact } from 'graft-vision'
 *
 * assert.strictEqual(withExact(true)(imageFolder('photos')).exact, true)
 *
 * @since 0.1.0
 */
export const withExact = (exact: boolean): Word => having({ exact })
