import { flow, identity as same } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  bilinearPixels,
  nearestPixels,
  type PaddingMode,
  type Pixels,
  type Resize,
  scaledSides,
  sidesOf,
  type Size,
  type Transform
} from '../index.js'
import { type Lighting, lit, relit, unlit } from './light.js'
import { movedNearest } from './nearestAffine.js'
import { croppedAt, dihedralOf, dihedralSides, keptAt, padded, type Part, partBefore, partOf } from './place.js'
import { affine, after, identity, type Projective } from './Projective.js'
import { resizedPart } from './resizedCrop.js'
import { type Jitter, sampled, sampledNearest, sampledPixels } from './sampling.js'
import { pixelsOf, type Samples, samplesOf } from './Samples.js'
import { noWork, type PixelStep, stepsOf, type Work, worked } from './Work.js'

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
  /** Default: as a crop or a padding of the list says, else `reflection`. */
  readonly padding?: PaddingMode
  /**
   * A mask is sampled by nearest neighbour, and its samples do not change otherwise; where torchvision's transforms fill
   * an image with black, a mask becomes 255. Default false.
   */
  readonly mask?: boolean
}

/** Corrects an affine map's rotation for an image that is not square. */
const proportioned = (m: Projective, [height, width]: Sides): Projective =>
  affine(m[0], (m[1] * height) / width, m[2], (m[3] * width) / height, m[4], m[5])

const isIdentity = (m: Projective): boolean => m.every((v, i) => v === identity[i])

type Sides = readonly [height: number, width: number]

/** The part of an image that remains after symmetries and crop. */
export const keptPart = ({ moved }: Work, sides: Sides, wanted: (moved: Sides) => Part): Part => {
  const before = moved.map((_, i) => moved.slice(0, i).reduce((all, k) => dihedralSides(k, all), sides))
  const last = moved.reduce((all, k) => dihedralSides(k, all), sides)
  return moved.reduceRight((part, k, i) => partBefore(k, before[i]!, part), wanted(last))
}

/** The map of a grid of these sides to coordinates of the image before it. */
export const mapOf = (work: Work, sides: Sides): Projective =>
  after(proportioned(work.affine, sides), work.perspective(sides))

const jitterOf = ({ jitter, affine: a }: Work, sides: Sides): Jitter | undefined => {
  const [x, y, , z, w] = proportioned(a, sides)
  return O.isSome(jitter) ? { linear: [x, y, z, w], ...jitter.value } : undefined
}

/** The part of an image of these sides that the crop takes. */
export const cropOf = (work: Work, sides: Sides, size: O.Option<Size>): Part => {
  const { crop } = work
  if (crop._tag === 'RandomResizedCrop') return resizedPart(crop, sides)
  return keptAt(sides, O.isSome(size) ? sidesOf(size.value) : sides, crop)
}

/** The sides that an image is scaled to by the map; a part of any size is scaled at the end. */
export const scaledFor = ({ crop }: Work, { size, resize }: ApplyOptions, own: Sides): Sides =>
  O.isSome(size) && crop._tag === 'At' ? scaledSides(resize, size.value)(own) : own

/** How each step treats one kind of image. */
interface Steps<A> {
  readonly sampled: (m: Projective, sides: Sides, mode: PaddingMode, part: Part, jitter?: Jitter) => (image: A) => A
  /** Replaces `sampled` if no pixel moves. */
  readonly still: (image: A) => A
  readonly resized: (sides: Sides) => (image: A) => A
  readonly pixelwise: (steps: ReadonlyArray<PixelStep>) => (image: A) => A
}

const sidesIn = ({ height, width }: Samples | Pixels): Sides => [height, width]

/** Samples all affine and perspective transforms and the scaling to `sides` once, only where the crop keeps pixels. */
const mapped =
  <A extends Samples | Pixels>(work: Work, sides: Sides, size: O.Option<Size>, mode: PaddingMode, steps: Steps<A>) =>
  (image: A): A => {
    const map = mapOf(work, sides)
    const isScaled = sides[0] !== image.height || sides[1] !== image.width
    const isStill = !isScaled && isIdentity(map) && O.isNone(work.jitter)
    const part = keptPart(work, sides, (after) => cropOf(work, after, size))
    const there = isStill
      ? steps.still(partOf(part)(image))
      : steps.sampled(map, sides, mode, part, jitterOf(work, sides))(image)
    const moved = work.moved.reduce((done, k) => dihedralOf(k)(done), there)
    const wanted = (own: Sides): Sides => (O.isSome(size) ? sidesOf(size.value) : own)
    if (work.crop._tag === 'At') return croppedAt(mode, wanted(sidesIn(moved)), work.crop)(moved)
    return steps.resized(wanted(work.moved.reduce((all, k) => dihedralSides(k, all), sides)))(moved)
  }

/** Presizing and padding, then one interpolation, symmetries and the crop; then transforms of pixels. */
const transformed =
  <A extends Samples | Pixels>(work: Work, options: ApplyOptions, stepsFor: (lighting: Lighting) => Steps<A>) =>
  (image: A): A => {
    const mode = options.padding ?? O.getOrElse((): PaddingMode => 'reflection')(work.padding)
    const [steps, plain] = [stepsFor(work.lighting), stepsFor(unlit)]
    const large = O.isSome(work.presize)
      ? plain.resized(scaledSides('crop', work.presize.value)(sidesIn(image)))(image)
      : image
    const sides = scaledFor(work, options, sidesIn(large))
    if (work.pads.length === 0)
      return steps.pixelwise(stepsOf(work))(mapped(work, sides, options.size, mode, steps)(large))
    const scaled = mapped(noWork, sides, O.none, mode, plain)(large)
    const all = work.pads.reduce((done, { pixels, padding = 'reflection' }) => padded(padding, pixels)(done), scaled)
    return steps.pixelwise(stepsOf(work))(mapped(work, sidesIn(all), options.size, mode, steps)(all))
  }

/** Where moves bring in pixels from outside, masks have a value that is no class. */
const noClass = 255

const pixelwise =
  (steps: ReadonlyArray<PixelStep>) =>
  (image: Pixels): Pixels =>
    steps.reduce((done, { _tag, by }) => (_tag === 'Move' ? movedNearest(by(done), 0)(done) : by(done)), image)

const maskwise =
  (steps: ReadonlyArray<PixelStep>) =>
  (mask: Pixels): Pixels =>
    steps.reduce((done, { _tag, by }) => (_tag === 'Move' ? movedNearest(by(done), noClass)(done) : done), mask)

/** A step of 8-bit pixels on samples, which are rounded. */
const inLevels =
  (step: (image: Pixels) => Pixels) =>
  (image: Samples): Samples =>
    samplesOf(step(pixelsOf(image)))

const masks: Steps<Pixels> = {
  sampled: sampledNearest,
  still: same,
  resized: nearestPixels,
  pixelwise: maskwise
}

/** Rounding commutes with moving samples, and bytes move faster than floats. */
const images = (lighting: Lighting): Steps<Pixels> => ({
  sampled: sampledPixels(lighting),
  still: relit(lighting),
  resized: bilinearPixels,
  pixelwise
})

const floats = (lighting: Lighting): Steps<Samples> => ({
  sampled: (...how) => flow(sampled(...how), lit(lighting)),
  still: lit(lighting),
  resized: (sides) => inLevels(bilinearPixels(sides)),
  pixelwise: (steps) => (steps.length === 0 ? same : inLevels(pixelwise(steps)))
})

/** The classes of a mask of floats are levels. */
const asLevels =
  (step: (mask: Pixels) => Pixels) =>
  (mask: Samples): Samples => {
    const { data, ...sides } = step({ ...mask, data: Uint8Array.from(mask.data) })
    return { ...sides, data: Float32Array.from(data) }
  }

const floatMasks: Steps<Samples> = {
  sampled: sampledNearest,
  still: same,
  resized: (sides) => asLevels(nearestPixels(sides)),
  pixelwise: (steps) => (steps.length === 0 ? same : asLevels(maskwise(steps)))
}

/**
 * Transforms an image of floats. Resizing and all affine and perspective transforms are sampled once; then lighting,
 * symmetries and the crop (by default at the centre) follow. Transforms of pixels, and scaling with antialiasing, round
 * to 8 bits first.
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
export const transformSamples = (
  transforms: ReadonlyArray<Transform.DrawnTransform>,
  options: ApplyOptions
): ((image: Samples) => Samples) =>
  transformed(worked(transforms), options, options.mask === true ? () => floatMasks : floats)

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
export const applyTransforms = (
  transforms: ReadonlyArray<Transform.DrawnTransform>,
  options: ApplyOptions
): ((pixels: Pixels) => Pixels) =>
  transformed(worked(transforms), options, options.mask === true ? () => masks : images)
