/**
 * `ttaViews`: the eight views of an image for test-time augmentation.
 *
 * @since 0.1.0
 */
import * as Transform from './Transform.js'

/** Transforms that the views replace. */
const decided: ReadonlyArray<Transform.Transform['_tag']> = [
  'Presize',
  'CropPad',
  'RandomResizedCrop',
  'FlipLr',
  'Dihedral',
  'Zoom',
  'ZoomSquish'
]

/**
 * Enlarges the image `scale` (1.35) times towards each corner, plain and flipped, and applies the training transforms
 * other than crops, flips, symmetries and zooms (fastai's `TTA`). Bit 0 of a view's number means bottom, bit 1 right,
 * bit 2 flipped.
 *
 * @example
 * import { getTransforms, Transform } from 'graft-vision'
 * import { ttaViews } from '../index.js'
 *
 * const views = ttaViews({ transforms: getTransforms({ maxLighting: 0, maxWarp: 0 }) })
 * assert.deepStrictEqual(views[6]!.map(({ _tag }) => _tag), ['Rotate', 'Zoom', 'CropPad', 'FlipLr'])
 * assert.deepStrictEqual(views[6]![2], Transform.cropPad({ row: 0, col: 1 }))
 *
 * @since 0.1.0
 */
export const ttaViews = ({
  scale = 1.35,
  transforms = []
}: {
  readonly scale?: number
  readonly transforms?: ReadonlyArray<Transform.Transform>
} = {}): ReadonlyArray<ReadonlyArray<Transform.Transform>> => {
  const others = transforms.filter(({ _tag }) => !decided.includes(_tag))
  return Array.from({ length: 8 }, (_, i) => {
    const at = { row: i & 1, col: (i >> 1) & 1 }
    return [
      ...others,
      Transform.zoom(scale, at),
      Transform.cropPad(at),
      ...((i & 4) !== 0 ? [Transform.flipLr(1)] : [])
    ]
  })
}
