/**
 * `applyTransforms`: applies drawn transforms to an image (fastai's `Image.apply_tfms`).
 *
 * @since 0.1.0
 */
import { flow, identity as same } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { foldUnion } from '../../Value.js'
import { type Pixels, type Resize, scaledSides, sidesOf, type Size, type Transform } from '../index.js'
import { brighter, contrasted, lit, type Lighting, relit, unlit } from './light.js'
import {
  croppedAt,
  dihedralOf,
  dihedralSides,
  keptAt,
  type PaddingMode,
  type Part,
  partBefore,
  partOf
} from './place.js'
import {
  affine,
  after,
  identity,
  type Projective,
  rotation,
  skewed,
  squished,
  symmetry,
  tilted,
  warped,
  zoomed
} from './Projective.js'
import { sampled, sampledNearest, sampledPixels } from './sampling.js'
import type { Samples } from './Samples.js'

/**
 * The output size, and how pixels are interpolated and padded.
 *
 * @category transforms
 * @since 0.1.0
 */
export interface ApplyOptions {
  /** Output size; none: the image keeps its sides. */
  readonly size: O.Option<Size>
  readonly resize: Resize
  /** Default `reflection`. */
  readonly padding?: PaddingMode
  /** Masks are sampled by nearest neighbour and lighting is skipped. Default false. */
  readonly mask?: boolean
}

/**
 * A list of drawn transforms, grouped by kind. They are applied in fastai's order, whatever the order of the list:
 * perspective, affine, lighting, symmetries, crop.
 */
interface Work {
  readonly perspective: Projective
  readonly affine: Projective
  readonly lighting: Lighting
  /** Symmetries of the square. */
  readonly moved: ReadonlyArray<number>
  readonly crop: O.Option<{ readonly row: number; readonly col: number }>
}

const noWork: Work = { perspective: identity, affine: identity, lighting: unlit, moved: [], crop: O.none }

const seen =
  (m: Projective) =>
  (work: Work): Work => ({ ...work, perspective: after(m, work.perspective) })
const placed =
  (m: Projective) =>
  (work: Work): Work => ({ ...work, affine: after(work.affine, m) })
const lighted =
  (by: (lighting: Lighting) => Lighting) =>
  (work: Work): Work => ({ ...work, lighting: by(work.lighting) })
const shifted =
  (k: number) =>
  (work: Work): Work => ({ ...work, moved: [...work.moved, k] })

const workOf = foldUnion<Transform.DrawnTransform>()<(work: Work) => Work>({
  CropPad:
    ({ row, col }) =>
    (work) => ({ ...work, crop: O.some({ row, col }) }),
  FlipLr: () => shifted(2),
  Dihedral: ({ k }) => shifted(k),
  DihedralAffine: ({ k }) => placed(symmetry(k)),
  Rotate: ({ degrees }) => placed(rotation(degrees)),
  Zoom: ({ scale, row, col }) => placed(zoomed(scale, row, col)),
  Squish: ({ scale, row, col }) => placed(squished(scale, row, col)),
  SymmetricWarp: ({ magnitude }) => seen(warped(magnitude)),
  Tilt: ({ direction, magnitude }) => seen(tilted(direction, magnitude)),
  Skew: ({ direction, magnitude }) => seen(skewed(direction, magnitude)),
  Brightness: ({ change }) => lighted(brighter(change)),
  Contrast: ({ scale }) => lighted(contrasted(scale))
})

/** Corrects an affine map's rotation for an image that is not square. */
const proportioned = (m: Projective, [height, width]: Sides): Projective =>
  affine(m[0], (m[1] * height) / width, m[2], (m[3] * width) / height, m[4], m[5])

const isIdentity = (m: Projective): boolean => m.every((v, i) => v === identity[i])

type Sides = readonly [height: number, width: number]

/** The part of an image that remains after symmetries and crop. */
const keptPart = ({ moved }: Work, sides: Sides, wanted: (moved: Sides) => Part): Part => {
  const before = moved.map((_, i) => moved.slice(0, i).reduce((all, k) => dihedralSides(k, all), sides))
  const last = moved.reduce((all, k) => dihedralSides(k, all), sides)
  return moved.reduceRight((part, k, i) => partBefore(k, before[i]!, part), wanted(last))
}

/** How each step treats one kind of image. */
interface Steps<A, B> {
  readonly sampled: (m: Projective, sides: Sides, mode: PaddingMode, part: Part) => (image: A) => B
  /** Replaces `sampled` if no pixel moves. */
  readonly still: (image: A) => B
}

/**
 * Combines resizing and all affine and perspective transforms into one map that is sampled once, only where the crop
 * keeps pixels; symmetries and the crop follow.
 */
const transformed =
  <A extends Samples | Pixels, B extends Samples | Pixels>(
    work: Work,
    { size, resize, padding = 'reflection' }: ApplyOptions,
    steps: Steps<A, B>
  ) =>
  (image: A): B => {
    const own = [image.height, image.width] as const
    const sides = O.isSome(size) ? scaledSides(resize, size.value)(own) : own
    const map = after(proportioned(work.affine, sides), work.perspective)
    const isStill = sides[0] === own[0] && sides[1] === own[1] && isIdentity(map)
    const at = O.getOrElse(() => ({ row: 0.5, col: 0.5 }))(work.crop)
    const wanted = (moved: Sides): Sides => (O.isSome(size) ? sidesOf(size.value) : moved)
    const part = keptPart(work, sides, (moved) => keptAt(moved, wanted(moved), at))
    const there = isStill ? steps.still(partOf(part)(image)) : steps.sampled(map, sides, padding, part)(image)
    const moved = work.moved.reduce((done, k) => dihedralOf(k)(done), there)
    return croppedAt(padding, wanted([moved.height, moved.width]), at)(moved)
  }

const worked = (transforms: ReadonlyArray<Transform.DrawnTransform>): Work =>
  transforms.reduce((done, t) => workOf(t)(done), noWork)

/**
 * Transforms an image of floats. Resizing and all affine and perspective transforms are sampled once; then lighting,
 * symmetries and the crop (by default at the centre) follow.
 *
 * @example
 * import { transformSamples } from './index.js'
 * import { none } from 'fp-ts/lib/Option.js'
 *
 * const row = { height: 1, width: 3, channels: 1, data: Float32Array.of(0, 0.25, 1) }
 * const flip = transformSamples([{ _tag: 'FlipLr' }], { size: none, resize: 'crop' })
 * assert.deepStrictEqual([...flip(row).data], [1, 0.25, 0])
 *
 * @since 0.1.0
 */
export const transformSamples =
  (transforms: ReadonlyArray<Transform.DrawnTransform>, options: ApplyOptions) =>
  (image: Samples): Samples => {
    const work = worked(transforms)
    const light = lit(work.lighting)
    const steps: Steps<Samples, Samples> =
      options.mask === true
        ? { sampled: sampledNearest, still: same }
        : { sampled: (...how) => flow(sampled(...how), light), still: light }
    return transformed(work, options, steps)(image)
  }

/**
 * Transforms pixels. An image's samples are converted to floats in [0, 1] and rounded at the end; a mask's values are
 * unchanged.
 *
 * @example
 * import { Transform } from 'graft-vision'
 * import { some } from 'fp-ts/lib/Option.js'
 *
 * const row = { height: 1, width: 4, channels: 1, data: Uint8Array.of(1, 2, 3, 4) }
 * const cut = Transform.apply([{ _tag: 'CropPad', row: 0, col: 1 }], { size: some([1, 2]), resize: 'crop' })
 * assert.deepStrictEqual([...cut(row).data], [3, 4])
 *
 * @category transforms
 * @since 0.1.0
 */
export const applyTransforms =
  (transforms: ReadonlyArray<Transform.DrawnTransform>, options: ApplyOptions) =>
  (pixels: Pixels): Pixels => {
    const work = worked(transforms)
    const steps: Steps<Pixels, Pixels> =
      options.mask === true
        ? { sampled: sampledNearest, still: same }
        : {
            // Rounding commutes with moving samples, and bytes move faster than floats.
            sampled: (...how) => sampledPixels(work.lighting)(...how),
            still: relit(work.lighting)
          }
    return transformed(work, options, steps)(pixels)
  }
