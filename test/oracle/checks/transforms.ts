/** transforms.json and tta.json: pixels, the usual augmentation, sides, and the blend of predictions. */
import * as O from 'fp-ts/lib/Option.js'
import { nearestMultiple, type Resize, scaledSides, type Size, Transform, ttaViews } from '../../../src/data/index.js'
import { type PaddingMode, type Samples, transformSamples } from '../../../src/data/pixel/index.js'
import { croppedAt, padded } from '../../../src/data/pixel/place.js'
import { activate, averageViews, blendedLosses, blendTta } from '../../../src/interpret/index.js'
import { close, type Compared, type Outcome, outcome, pending, same, where } from '../Comparison.js'
import { type GetTransformsCase, usual } from './getTransforms.js'
import { flatOf, fromChannelsLast, type Nested, shapeOf, toChannelsLast } from './arrays.js'

/** A recorded image, [C, H, W]. */
const imageOf = (input: Nested): Samples => {
  const [channels, height, width] = shapeOf(input) as readonly [number, number, number]
  return { channels, height, width, data: toChannelsLast([input]) }
}

const sameImage = (what: string, { data, ...ours }: Samples, recorded: Nested): ReadonlyArray<Compared> => {
  const shape = [ours.channels, ours.height, ours.width]
  return [
    same(`${what}, sides`, shape, shapeOf(recorded)),
    close(what, fromChannelsLast(data, [1, ...shape]), flatOf(recorded), 'sampling')
  ]
}

type Parameters = Readonly<Record<string, number>> & { readonly magnitude?: unknown }

const at = ({ row_pct = 0.5, col_pct = 0.5 }: Parameters) => ({ row: row_pct, col: col_pct })

/** One draw, or those that are tried. */
type Several = number | boolean | ReadonlyArray<number | boolean>

const severalOf = (of: Several): ReadonlyArray<number> => [of].flat().map(Number)

const modeOf = ({ mode }: Parameters): PaddingMode => (mode ?? 'reflection') as unknown as PaddingMode

/** What of ours a recorded transform is. */
const drawn: Readonly<Record<string, (of: Parameters) => Transform.DrawnTransform>> = {
  crop_pad: (of) => ({ _tag: 'CropPad', ...at(of) }),
  flip_lr: () => ({ _tag: 'FlipLr' }),
  flip_affine: () => ({ _tag: 'DihedralAffine', k: 1 }),
  dihedral: ({ k }) => ({ _tag: 'Dihedral', k: k! }),
  dihedral_affine: ({ k }) => ({ _tag: 'DihedralAffine', k: k! }),
  rotate: ({ degrees }) => ({ _tag: 'Rotate', degrees: degrees! }),
  zoom: (of) => ({ _tag: 'Zoom', scale: of['scale']!, ...at(of) }),
  squish: (of) => ({ _tag: 'Squish', scale: of['scale']!, ...at(of) }),
  zoom_squish: (of) => {
    const { scale, squish, invert } = of as unknown as Readonly<Record<'scale' | 'squish' | 'invert', Several>>
    return {
      _tag: 'ZoomSquish',
      scale: severalOf(scale),
      squish: severalOf(squish),
      invert: severalOf(invert),
      ...at(of)
    }
  },
  pad: (of) => ({ _tag: 'Pad', pixels: of['padding']!, padding: modeOf(of) }),
  symmetric_warp: ({ magnitude }) => ({
    _tag: 'SymmetricWarp',
    magnitude: magnitude as readonly [number, number, number, number]
  }),
  tilt: ({ direction, magnitude }) => ({
    _tag: 'Tilt',
    direction: direction!,
    magnitude: magnitude as number
  }),
  skew: ({ direction, magnitude }) => ({
    _tag: 'Skew',
    direction: direction!,
    magnitude: magnitude as number
  }),
  brightness: ({ change }) => ({ _tag: 'Brightness', change: change! }),
  contrast: ({ scale }) => ({ _tag: 'Contrast', scale: scale! })
}

interface TransformCase {
  readonly kind: 'transform'
  readonly transforms: ReadonlyArray<readonly [string, Parameters]>
  readonly mask: boolean
  readonly options: {
    readonly size?: Size
    readonly resize_method?: Resize | 'no'
    readonly padding_mode?: PaddingMode
    readonly mult?: number
  }
  readonly input: Nested
  readonly output: Nested
}

/** Cuts and paddings of a size of their own, which a list of ours, all of one size, has no word for. */
const ofOwnSize: Readonly<Record<string, (of: Parameters, mode: PaddingMode) => (image: Samples) => Samples>> = {
  pad: (of) => padded(modeOf(of), of['padding']!),
  crop: (of, mode) => croppedAt(mode, [of['size']!, of['size']!], at(of))
}

const transformed = (c: TransformCase): Outcome => {
  const { size, resize_method: method, padding_mode: padding = 'reflection', mult } = c.options
  const names = c.transforms.map(([name]) => name)
  const [name, parameters] = c.transforms[0] ?? ['', {}]
  if (names.length === 1 && ofOwnSize[name] !== undefined)
    return outcome(sameImage(name, ofOwnSize[name](parameters, padding)(imageOf(c.input)), c.output))
  // a crop to a size of its own is one to the size of all
  const crop = c.transforms.find(([one]) => one === 'crop')
  if (crop !== undefined && size === undefined && names.every((one) => one === 'crop' || one === 'pad')) {
    const pads = c.transforms.filter(([one]) => one === 'pad')
    const all = pads.reduce((done, [, of]) => ofOwnSize['pad']!(of, padding)(done), imageOf(c.input))
    return outcome(sameImage('output', ofOwnSize['crop']!(crop[1], padding)(all), c.output))
  }
  const unknown = names.find((one) => drawn[one] === undefined)
  if (unknown !== undefined) return pending(`the transform ${unknown}`)
  const wanted = mult === undefined ? size : nearestMultiple(mult)(size as number)
  const ours = transformSamples(
    c.transforms.map(([one, of]) => drawn[one]!(of)),
    {
      size: method === 'no' ? O.none : O.fromNullable(wanted),
      resize: method === 'no' ? 'crop' : (method ?? (typeof size === 'number' ? 'crop' : 'squish')),
      padding,
      mask: c.mask
    }
  )(imageOf(c.input))
  return outcome(sameImage('output', ours, c.output))
}

// -------------------------------------------------------------------------------------
// sides
// -------------------------------------------------------------------------------------

interface TargetCase {
  readonly kind: 'resize_target'
  readonly image: readonly [number, number, number]
  readonly target: readonly [number, number]
  readonly method: Resize
  readonly result: readonly [number, number, number]
}

interface MultipleCase {
  readonly kind: 'round_multiple'
  readonly x: number
  readonly mult: number | null
  readonly result: number
}

type Case = TransformCase | GetTransformsCase | TargetCase | MultipleCase

export const transforms = (c: Case): Outcome => {
  switch (c.kind) {
    case 'transform':
      return transformed(c)
    case 'get_transforms':
      return usual(c)
    case 'resize_target': {
      const [channels, ...sides] = c.image
      return outcome(same('sides', [channels, ...scaledSides(c.method, c.target)(sides)], c.result))
    }
    case 'round_multiple':
      return outcome(same('multiple', c.mult === null ? c.x : nearestMultiple(c.mult)(c.x), c.result))
    default:
      return pending(`cases of kind ${(c as { readonly kind: string }).kind}`)
  }
}

// -------------------------------------------------------------------------------------
// test-time augmentation
// -------------------------------------------------------------------------------------

interface ViewsCase {
  readonly kind: 'tta_views'
  readonly scale: number
  readonly size: number
  readonly input: Nested
  readonly views: ReadonlyArray<{
    readonly i: number
    readonly row: number
    readonly col: number
    readonly flip: boolean
    readonly output: Nested
  }>
}

type Rows = ReadonlyArray<ReadonlyArray<number>>

interface BlendCase {
  readonly kind: 'tta_blend'
  readonly beta: number | null
  readonly plain: Rows
  readonly augmented: ReadonlyArray<Rows>
  readonly average: Rows
  readonly final?: Rows
  readonly loss_sane?: ReadonlyArray<number>
  /** The loss when probabilities are taken for logits, as the reference does by mistake. */
  readonly loss_as_reference?: ReadonlyArray<number>
  readonly target?: ReadonlyArray<number>
}

const viewed = ({ scale, size, input, views }: ViewsCase): Outcome => {
  const ours = ttaViews({ scale })
  return outcome(
    same('how many', ours.length, views.length),
    views.flatMap(({ i, row, col, flip, output }) => {
      const view = Transform.drawAll(0)(ours[i]!)
      const crop = view.find((t) => t._tag === 'CropPad')
      return [
        same(`corner of ${i}`, crop, { _tag: 'CropPad', row, col }),
        same(
          `flip of ${i}`,
          view.some((t) => t._tag === 'FlipLr'),
          flip
        ),
        ...sameImage(
          `view ${i}`,
          transformSamples(view, { size: O.some(size), resize: 'crop' })(imageOf(input)),
          output
        )
      ]
    })
  )
}

const softmaxed = (rows: Rows): Rows => rows.map((row) => [...activate('softmax', row.length)(Float32Array.from(row))])

const blended = (c: BlendCase): Outcome => {
  const average = averageViews(c.augmented)
  // without beta, the reference returns both parts
  const final = c.beta === null ? c.plain : blendTta(c.beta)(c.plain, average)
  const target = c.target ?? []
  return outcome(
    close('average', average, c.average, 'layer'),
    where(c.final, (recorded) => close('final', final, recorded, 'layer')),
    where(c.loss_sane, (losses) =>
      close('-log of the blend', blendedLosses('softmax')(final, target), losses, 'layer')
    ),
    where(c.loss_as_reference, (losses) =>
      close('-log of a second softmax', blendedLosses('softmax')(softmaxed(final), target), losses, 'layer')
    )
  )
}

export const tta = (c: ViewsCase | BlendCase): Outcome => (c.kind === 'tta_views' ? viewed(c) : blended(c))
