/**
 * `Work`: a list of drawn transforms, grouped by kind. They are applied in fastai's order, whatever the order of the
 * list: scaling, padding, perspective, affine, lighting, symmetries, crop; then transforms of pixels in the order of the
 * list.
 */
import * as O from 'fp-ts/lib/Option.js'
import { foldUnion } from '../../Value.js'
import type { PaddingMode, Pixels, Transform } from '../index.js'
import { withBrightness, withColour, withContrast, withSharpness } from './blend.js'
import { blurred } from './gaussianBlur.js'
import { brighter, contrasted, type Lighting, unlit } from './light.js'
import { autoContrasted, equalized, inverted, posterized, solarized } from './lookup.js'
import { type Affine, shifted, sheared, turned } from './nearestAffine.js'
import { withHoles, withNoise } from './noise.js'
import {
  after,
  identity,
  perspectiveWarped,
  type Projective,
  rotation,
  skewed,
  squished,
  symmetry,
  tilted,
  warped,
  zoomed,
  zoomSquished
} from './Projective.js'
import type { ResizedCrop } from './resizedCrop.js'

type Sides = readonly [height: number, width: number]

/** A position at which an image is cropped to a given size, or a part that is scaled to it. */
export type Crop = { readonly _tag: 'At'; readonly row: number; readonly col: number } | ResizedCrop

/** A transform of pixels: a move, which depends on the sides, or a change of samples. */
export type PixelStep =
  | { readonly _tag: 'Move'; readonly by: (image: Pixels) => Affine }
  | { readonly _tag: 'Change'; readonly by: (image: Pixels) => Pixels }

export interface Work {
  readonly presize: O.Option<number>
  readonly pads: ReadonlyArray<{ readonly pixels: number; readonly padding?: PaddingMode }>
  /** Maps that depend on the sides of the scaled image. */
  readonly perspective: (sides: Sides) => Projective
  readonly affine: Projective
  readonly jitter: O.Option<{ readonly magnitude: number; readonly seed: number }>
  readonly lighting: Lighting
  /** Symmetries of the square. */
  readonly moved: ReadonlyArray<number>
  readonly crop: Crop
  readonly padding: O.Option<PaddingMode>
  /** fastai's noise, then the others in order, then holes. */
  readonly noise: ReadonlyArray<PixelStep>
  readonly steps: ReadonlyArray<PixelStep>
  readonly holes: ReadonlyArray<PixelStep>
}

export const noWork: Work = {
  presize: O.none,
  pads: [],
  perspective: () => identity,
  affine: identity,
  jitter: O.none,
  lighting: unlit,
  moved: [],
  crop: { _tag: 'At', row: 0.5, col: 0.5 },
  padding: O.none,
  noise: [],
  steps: [],
  holes: []
}

type More = (work: Work) => Work

const seen =
  (of: (sides: Sides) => Projective): More =>
  (work) => ({ ...work, perspective: (sides) => after(of(sides), work.perspective(sides)) })
const placed =
  (m: Projective): More =>
  (work) => ({ ...work, affine: after(work.affine, m) })
const lighted =
  (by: (lighting: Lighting) => Lighting): More =>
  (work) => ({ ...work, lighting: by(work.lighting) })
const shiftedBy =
  (k: number): More =>
  (work) => ({ ...work, moved: [...work.moved, k] })
const moves =
  (by: (image: Pixels) => Affine): More =>
  (work) => ({ ...work, steps: [...work.steps, { _tag: 'Move', by }] })
const changes =
  (by: (image: Pixels) => Pixels): More =>
  (work) => ({ ...work, steps: [...work.steps, { _tag: 'Change', by }] })

const workOf = foldUnion<Transform.DrawnTransform>()<More>({
  Presize:
    ({ pixels }) =>
    (work) => ({ ...work, presize: O.some(pixels) }),
  Pad: (pad) => (work) => ({ ...work, pads: [...work.pads, pad] }),
  CropPad:
    ({ row, col, padding }) =>
    (work) => ({
      ...work,
      crop: { _tag: 'At', row, col },
      padding: padding === undefined ? work.padding : O.some(padding)
    }),
  RandomResizedCrop: (crop) => (work) => ({ ...work, crop }),
  FlipLr: () => shiftedBy(2),
  Dihedral: ({ k }) => shiftedBy(k),
  DihedralAffine: ({ k }) => placed(symmetry(k)),
  Rotate: ({ degrees }) => placed(rotation(degrees)),
  Zoom: ({ scale, row, col }) => placed(zoomed(scale, row, col)),
  Squish: ({ scale, row, col }) => placed(squished(scale, row, col)),
  ZoomSquish: (of) => seen(zoomSquished(of)),
  SymmetricWarp: ({ magnitude }) => seen(() => warped(magnitude)),
  PerspectiveWarp: ({ magnitude }) => seen(() => perspectiveWarped(magnitude)),
  Tilt: ({ direction, magnitude }) => seen(() => tilted(direction, magnitude)),
  Skew: ({ direction, magnitude }) => seen(() => skewed(direction, magnitude)),
  Jitter:
    ({ magnitude, seed }) =>
    (work) => ({ ...work, jitter: O.some({ magnitude, seed }) }),
  Brightness: ({ change }) => lighted(brighter(change)),
  Contrast: ({ scale }) => lighted(contrasted(scale)),
  RgbRandomize:
    ({ channel, thresh, seed }) =>
    (work) => ({ ...work, noise: [...work.noise, { _tag: 'Change', by: withNoise(channel, thresh, seed) }] }),
  Cutout:
    ({ holes, length, seed }) =>
    (work) => ({ ...work, holes: [...work.holes, { _tag: 'Change', by: withHoles(holes, length, seed) }] }),
  Translate: ({ x, y }) => moves(() => shifted(Math.trunc(x), Math.trunc(y))),
  // in float32, as torch has it
  TranslateRel: ({ x, y }) =>
    moves(({ height, width }) => shifted(Math.trunc(Math.fround(x * width)), Math.trunc(Math.fround(y * height)))),
  Shear: ({ x, y }) => moves(() => sheared(x, y)),
  RotateNearest: ({ degrees }) => moves((image) => turned(degrees, image)),
  AdjustBrightness: ({ factor }) => changes(withBrightness(factor)),
  AdjustContrast: ({ factor }) => changes(withContrast(factor)),
  Colour: ({ factor }) => changes(withColour(factor)),
  Sharpness: ({ factor }) => changes(withSharpness(factor)),
  Solarize: ({ threshold }) => changes(solarized(threshold)),
  Posterize: ({ bits }) => changes(posterized(bits)),
  Equalize: () => changes(equalized),
  AutoContrast: () => changes(autoContrasted),
  Invert: () => changes(inverted),
  GaussianBlur: ({ sigma, kernel }) => changes(blurred(sigma, kernel))
})

export const worked = (transforms: ReadonlyArray<Transform.DrawnTransform>): Work =>
  transforms.reduce((done, t) => workOf(t)(done), noWork)

/** The transforms of pixels in their order. */
export const stepsOf = ({ noise, steps, holes }: Work): ReadonlyArray<PixelStep> => [...noise, ...steps, ...holes]
