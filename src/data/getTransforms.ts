/**
 * `getTransforms`: the reference's usual augmentation.
 *
 * @since 0.1.0
 */
import * as Transform from './Transform.js'

/**
 * How much of everything. A maximum of 0 (of 1 for `maxZoom`) leaves that transform out.
 *
 * @since 0.1.0
 */
export interface GetTransformsOptions {
  /** Default true. */
  readonly doFlip?: boolean
  /** All eight symmetries of the square in place of the flip. Default false. */
  readonly flipVert?: boolean
  /** Degrees. Default 10. */
  readonly maxRotate?: number
  /** Default 1.1. */
  readonly maxZoom?: number
  /** Default 0.2. */
  readonly maxLighting?: number
  /** Default 0.2. */
  readonly maxWarp?: number
  /** How often each change of place happens. Default 0.75. */
  readonly pAffine?: number
  /** How often each change of light happens. Default 0.75. */
  readonly pLighting?: number
  /** Further transforms, at the end. */
  readonly xtraTfms?: ReadonlyArray<Transform.Transform>
}

/**
 * The transforms to train with (fastai's `get_transforms`, its first list; the second, a centred crop, is what every
 * image gets that is not trained on).
 *
 * @example
 * import { getTransforms } from 'graft-vision'
 *
 * const names = getTransforms({ maxWarp: 0 }).map(({ _tag }) => _tag)
 * assert.deepStrictEqual(names, ['CropPad', 'FlipLr', 'Rotate', 'Zoom', 'Brightness', 'Contrast'])
 *
 * @category constructors
 * @since 0.1.0
 */
export const getTransforms = ({
  doFlip = true,
  flipVert = false,
  maxRotate = 10,
  maxZoom = 1.1,
  maxLighting = 0.2,
  maxWarp = 0.2,
  pAffine = 0.75,
  pLighting = 0.75,
  xtraTfms = []
}: GetTransformsOptions = {}): ReadonlyArray<Transform.Transform> => {
  const when = (wanted: boolean, ...transforms: ReadonlyArray<Transform.Transform>) => (wanted ? transforms : [])
  const light = maxLighting
  return [
    Transform.randomCrop(),
    ...when(doFlip, flipVert ? Transform.dihedralAffine() : Transform.flipLr()),
    ...when(maxWarp > 0, Transform.symmetricWarp([-maxWarp, maxWarp], pAffine)),
    ...when(maxRotate > 0, Transform.rotate([-maxRotate, maxRotate], pAffine)),
    ...when(maxZoom > 1, Transform.zoom([1, maxZoom], { row: [0, 1], col: [0, 1] }, pAffine)),
    ...when(
      light > 0,
      Transform.brightness([0.5 * (1 - light), 0.5 * (1 + light)], pLighting),
      Transform.contrast([1 - light, 1 / (1 - light)], pLighting)
    ),
    ...xtraTfms
  ]
}
