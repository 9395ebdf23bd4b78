/**
 * `getTransforms`: fastai's default augmentation.
 *
 * @since 0.1.0
 */
import * as Transform from './Transform.js'

/**
 * The strength of each transform. A maximum of 0 (1 for `maxZoom`) leaves that transform out.
 *
 * @category data
 * @since 0.1.0
 */
export interface GetTransformsOptions {
  /** Flip horizontally. Default true. */
  readonly doFlip?: boolean
  /** Use all eight symmetries of the square instead of the flip. Default false. */
  readonly flipVert?: boolean
  /** Degrees. Default 10. */
  readonly maxRotate?: number
  /** Default 1.1. */
  readonly maxZoom?: number
  /** Default 0.2. */
  readonly maxLighting?: number
  /** Default 0.2. */
  readonly maxWarp?: number
  /** Probability of each affine or perspective transform. Default 0.75. */
  readonly pAffine?: number
  /** Probability of each lighting transform. Default 0.75. */
  readonly pLighting?: number
  /** Additional transforms, appended. */
  readonly xtraTfms?: ReadonlyArray<Transform.Transform>
}

/**
 * The training transforms (the first list of fastai's `get_transforms`; the second, a centre crop, applies to all other
 * images automatically).
 *
 * @example
 * import { getTransforms } from 'graft-vision'
 *
 * const names = getTransforms({ maxWarp: 0 }).map(({ _tag }) => _tag)
 * assert.deepStrictEqual(names, ['CropPad', 'FlipLr', 'Rotate', 'Zoom', 'Brightness', 'Contrast'])
 *
 * @category data
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
