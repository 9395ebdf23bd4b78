/** Transforms that change an image's sides: crops, paddings, and the size that images are decoded to. */
import type { PaddingMode } from './PaddingMode.js'
import type { Between, Transform } from './Change.js'
import { centre, type Placed } from './Placed.js'
import { zoom, zoomSquish } from './geometry.js'

/** Position and padding of a crop. */
interface Cropped extends Placed {
  /** What lies beyond the edges of the image, for this and all other transforms of the list. Default `reflection`. */
  readonly padding?: PaddingMode
}

/**
 * Crops to the data's size at a position (default: the centre), as fastai's `crop_pad`. `padding` says what lies beyond
 * the edges of the image: `reflection` (default), `border` or `zeros`. It holds for the whole list, also where other
 * transforms sample outside of the image.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.cropPad(), { _tag: 'CropPad', row: 0.5, col: 0.5, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const cropPad = (at: Cropped = {}, p = 1): Transform => ({ _tag: 'CropPad', ...centre, ...at, p })

/**
 * `cropPad` at a random position.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.randomCrop(), Transform.cropPad({ row: [0, 1], col: [0, 1] }))
 *
 * @category transforms
 * @since 0.1.0
 */
export const randomCrop = (options: { readonly padding?: PaddingMode } = {}): Transform =>
  cropPad({ row: [0, 1], col: [0, 1], ...options })

/**
 * Adds `pixels` on all four sides after resizing and before all other transforms (fastai's `pad`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * // the usual augmentation for CIFAR, fastai's rand_pad(4, 32)
 * const list = [Transform.pad(4), Transform.randomCrop(), Transform.flipLr()]
 * assert.deepStrictEqual(list[0], { _tag: 'Pad', pixels: 4, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const pad = (pixels: Between, options: { readonly padding?: PaddingMode } = {}, p = 1): Transform => ({
  _tag: 'Pad',
  pixels,
  ...options,
  p
})

/**
 * Crops a random part of the image and scales it to the data's size (torchvision's `RandomResizedCrop`): `scale` is its
 * share of the area ([0.08, 1]), `ratio` its width over its height, drawn uniformly in the logarithm ([3/4, 4/3]). Ten
 * draws are tried; if none fits into the image, the largest part in the centre with a permitted ratio is taken. Scaling
 * is Pillow's, bilinear with antialiasing. Training images are decoded at their own size, or at that of `presize`.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * const mild = Transform.randomResizedCrop({ scale: [0.35, 1] })
 * assert.deepStrictEqual(mild._tag === 'RandomResizedCrop' && mild.ratio, [3 / 4, 4 / 3])
 *
 * @category transforms
 * @since 0.1.0
 */
export const randomResizedCrop = (
  {
    scale = [0.08, 1],
    ratio = [3 / 4, 4 / 3]
  }: {
    readonly scale?: Between
    readonly ratio?: Between
  } = {},
  p = 1
): Transform => ({ _tag: 'RandomResizedCrop', scale, ratio, row: [0, 1], col: [0, 1], p })

/**
 * Enlarges a random part of the image, and crops the centre (fastai's `rand_resize_crop`): `maxScale` (2) is the largest
 * factor of the area, `ratios` ([0.75, 1.33]) the range of the change of aspect ratio. It is part of the one
 * interpolation of all affine and perspective transforms, unlike `randomResizedCrop`.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.randResizeCrop().map(({ _tag }) => _tag), ['ZoomSquish', 'CropPad'])
 *
 * @category transforms
 * @since 0.1.0
 */
export const randResizeCrop = ({
  maxScale = 2,
  ratios = [0.75, 1.33]
}: { readonly maxScale?: number; readonly ratios?: Between } = {}): ReadonlyArray<Transform> => [
  zoomSquish([1, maxScale], ratios, { row: [0, 1], col: [0, 1] }),
  cropPad()
]

/**
 * Enlarges and crops, at the centre or, with `random`, anywhere (fastai's `zoom_crop`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.zoomCrop(1.2), [Transform.zoom(1.2), Transform.cropPad()])
 *
 * @category transforms
 * @since 0.1.0
 */
export const zoomCrop = (
  scale: Between,
  { random = false, p = 1 }: { readonly random?: boolean; readonly p?: number } = {}
): ReadonlyArray<Transform> =>
  random ? [zoom(scale, { row: [0, 1], col: [0, 1] }, p), randomCrop()] : [zoom(scale, {}, p), cropPad()]

/**
 * Decodes training images so that they cover a square of this side, larger than the data's size (fastai 2's presizing).
 * All affine and perspective transforms, the crop and the scaling to the final size are then one interpolation of the
 * larger image, which keeps detail and needs less padding. Other images are not affected.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { getTransforms, imageFolder, Transform, withSize, withTransforms } from 'graft-vision'
 *
 * const spec = pipe(imageFolder('photos'), withSize(224), withTransforms([Transform.presize(460), ...getTransforms()]))
 * assert.deepStrictEqual(spec.transforms[0], { _tag: 'Presize', pixels: 460, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const presize = (pixels: number): Transform => ({ _tag: 'Presize', pixels, p: 1 })
