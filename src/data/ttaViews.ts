/**
 * `ttaViews`: the eight views of an image in test-time augmentation.
 *
 * @since 0.1.0
 */
import * as Transform from './Transform.js'

/** What the views themselves decide, and so take no part from the training's transforms. */
const decided: ReadonlyArray<Transform.Transform['_tag']> = ['CropPad', 'FlipLr', 'Dihedral', 'Zoom']

/**
 * Zoomed `scale` (1.35) times into each corner, as it is and flipped, with the training's transforms other than crops,
 * flips, symmetries and zooms (fastai's `TTA`): bit 0 of a view's number is the bottom, bit 1 the right, bit 2 the flip.
 *
 * @example
 * import { getTransforms, Transform, ttaViews } from 'graft-vision'
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
