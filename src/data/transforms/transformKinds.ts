/**
 * `transformKinds`: the fields of each kind of transform, and how their values are drawn. Drawing, checks, JSON and the
 * laws' arbitrary are derived from this table; the effect of a transform on pixels is in `data/pixel`.
 */
import type { PaddingMode } from './PaddingMode.js'
import type { Between, Transform } from './Change.js'

/**
 * A field of a transform: a number, or a range to draw from.
 *
 * @since 0.1.0
 */
export interface TransformField {
  /** Smallest and largest value allowed. */
  readonly bounds: readonly [low: number, high: number]
  /** Values in common use, for tests. */
  readonly usual: readonly [low: number, high: number]
  /** How a value of a range is drawn; whole and odd numbers include both ends. */
  readonly draws: 'uniform' | 'logUniform' | 'whole' | 'odd'
  /** The default; null: the field is required. */
  readonly default: Between | null
  /**
   * Number of values: one; one for each of several names, such as the sides of an image; or the number that is drawn from
   * one range, for a transform that tries several.
   */
  readonly values: 'one' | ReadonlyArray<string> | number
}

type Tag = Transform['_tag']

type Fields<T extends Tag> = Exclude<keyof Extract<Transform, { readonly _tag: T }>, '_tag' | 'p' | 'padding'>

/**
 * One kind of transform.
 *
 * @since 0.1.0
 */
export interface TransformKind<T extends Tag> {
  readonly fields: { readonly [K in Fields<T>]: TransformField }
  /** The default probability of applying it. */
  readonly p: number
  /** Whether it moves pixels, and so masks and target images as well, or changes their samples. */
  readonly changes: 'place' | 'samples'
  /** Whether it has an optional `padding`. */
  readonly padding?: true
  /** Whether a seed is drawn for noise. */
  readonly noisy?: true
}

const field = (
  bounds: TransformField['bounds'],
  usual: TransformField['usual'],
  options: Partial<TransformField> = {}
): TransformField => ({ bounds, usual, draws: 'uniform', default: null, values: 'one', ...options })

const position = field([0, 1], [0, 1], { default: 0.5 })
const placed = { row: position, col: position }
const anywhere = field([0, 1], [0, 1], { default: [0, 1] })
const symmetry = field([0, 7], [0, 7], { draws: 'whole', default: [0, 7] })
const magnitude = field([-0.9, 0.9], [-0.3, 0.3])
const corner = field([-0.49, 0.49], [-0.3, 0.3])
const sides = ['right', 'left', 'bottom', 'top']
const corners = ['topLeft', 'bottomLeft', 'topRight', 'bottomRight'].flatMap((at) => [`${at}X`, `${at}Y`])
const ratio = field([0.01, 100], [0.75, 1.33], { draws: 'logUniform', default: [3 / 4, 4 / 3], values: 10 })
const pixels = field([-16_384, 16_384], [-8, 8], { default: 0 })
const part = field([-1, 1], [-0.3, 0.3], { default: 0 })
const slope = field([-10, 10], [-0.5, 0.5], { default: 0 })
const factor = { factor: field([0, 10], [0.5, 1.5]) }

const place = { changes: 'place', p: 1 } as const
const samples = { changes: 'samples', p: 1 } as const

/**
 * Every kind of transform.
 *
 * @since 0.1.0
 */
export const transformKinds: { readonly [T in Tag]: TransformKind<T> } = {
  Presize: { fields: { pixels: field([1, 16_384], [4, 16], { draws: 'whole' }) }, ...place },
  Pad: { fields: { pixels: field([0, 1024], [0, 4], { draws: 'whole' }) }, padding: true, ...place },
  CropPad: { fields: placed, padding: true, ...place },
  RandomResizedCrop: {
    fields: {
      scale: field([0.0001, 1], [0.1, 1], { default: [0.08, 1], values: 10 }),
      ratio,
      row: anywhere,
      col: anywhere
    },
    ...place
  },
  FlipLr: { fields: {}, ...place, p: 0.5 },
  Dihedral: { fields: { k: symmetry }, ...place },
  DihedralAffine: { fields: { k: symmetry }, ...place },
  Rotate: { fields: { degrees: field([-360, 360], [-90, 90]) }, ...place },
  Zoom: { fields: { scale: field([0.01, 100], [1, 2]), ...placed }, ...place },
  Squish: { fields: { scale: field([0.01, 100], [0.75, 1.5]), ...placed }, ...place },
  ZoomSquish: {
    fields: {
      scale: field([0.01, 100], [1, 2], { values: 8 }),
      squish: field([0.01, 100], [0.75, 1.33], { values: 8 }),
      invert: field([0, 1], [0, 1], { draws: 'whole', default: [0, 1], values: 8 }),
      ...placed
    },
    ...place
  },
  SymmetricWarp: { fields: { magnitude: { ...magnitude, values: sides } }, ...place },
  PerspectiveWarp: { fields: { magnitude: { ...corner, values: corners } }, ...place },
  Tilt: { fields: { direction: field([0, 3], [0, 3], { draws: 'whole' }), magnitude }, ...place },
  Skew: { fields: { direction: field([0, 7], [0, 7], { draws: 'whole' }), magnitude }, ...place },
  Jitter: { fields: { magnitude: field([0, 2], [0, 0.1]) }, noisy: true, ...place },
  Brightness: { fields: { change: field([0.001, 0.999], [0.3, 0.7]) }, ...samples },
  Contrast: { fields: { scale: field([0.01, 100], [0.5, 2], { draws: 'logUniform' }) }, ...samples },
  RgbRandomize: {
    fields: {
      channel: field([0, 2], [0, 2], { draws: 'whole', default: [0, 1] }),
      thresh: field([0, 1], [0, 1], { default: 0.3 })
    },
    noisy: true,
    ...samples
  },
  Cutout: {
    fields: {
      holes: field([0, 1000], [0, 3], { draws: 'whole', default: 1 }),
      length: field([0, 16_384], [0, 8], { draws: 'whole', default: 40 })
    },
    noisy: true,
    ...samples
  },
  Translate: { fields: { x: pixels, y: pixels }, ...place },
  TranslateRel: { fields: { x: part, y: part }, ...place },
  Shear: { fields: { x: slope, y: slope }, ...place },
  RotateNearest: { fields: { degrees: field([-360, 360], [-90, 90]) }, ...place },
  AdjustBrightness: { fields: factor, ...samples },
  AdjustContrast: { fields: factor, ...samples },
  Colour: { fields: factor, ...samples },
  Sharpness: { fields: factor, ...samples },
  Solarize: { fields: { threshold: field([0, 256], [0, 256]) }, ...samples },
  Posterize: { fields: { bits: field([0, 8], [0, 8], { draws: 'whole' }) }, ...samples },
  Equalize: { fields: {}, ...samples },
  AutoContrast: { fields: {}, ...samples },
  Invert: { fields: {}, ...samples },
  GaussianBlur: {
    fields: {
      sigma: field([0.01, 1000], [0.1, 2], { default: [0.1, 2] }),
      kernel: field([1, 255], [1, 9], { draws: 'odd', default: 23 })
    },
    ...samples
  },
  // What a policy draws says whether it moves pixels.
  TrivialAugment: { fields: {}, ...place },
  RandAugment: {
    fields: {
      n: field([0, 14], [0, 3], { draws: 'whole', default: 2 }),
      m: field([0, 30], [0, 30], { draws: 'whole', default: 9 })
    },
    ...place
  }
}

const kindOf = (tag: Tag): TransformKind<Tag> => transformKinds[tag]

/**
 * Whether a kind of transform moves pixels.
 *
 * @internal
 */
export const movesPixels = (tag: Tag): boolean => kindOf(tag).changes === 'place'

/**
 * Whether a kind of transform draws a seed for noise.
 *
 * @internal
 */
export const isNoisy = (tag: Tag): boolean => kindOf(tag).noisy === true

/**
 * Whether a kind of transform has an optional padding mode.
 *
 * @internal
 */
export const isPadded = (tag: Tag): boolean => kindOf(tag).padding === true

/**
 * The fields of a kind by name, in the order in which they are drawn.
 *
 * @internal
 */
export const fieldsOf = (tag: Tag): ReadonlyArray<readonly [name: string, field: TransformField]> =>
  Object.entries(transformKinds[tag].fields)

/**
 * The value of a field, by name.
 *
 * @internal
 */
export const valueOf = (t: Transform, name: string): Between | ReadonlyArray<Between> =>
  (t as unknown as Readonly<Record<string, Between | ReadonlyArray<Between>>>)[name]!

/**
 * A transform of a kind from the values of its fields, which are those of the kind, and defaults for the others.
 *
 * @internal
 */
export const transformOf = (
  tag: Tag,
  { p, padding, ...given }: Readonly<Record<string, unknown>> & { readonly p?: number; readonly padding?: PaddingMode }
): Transform =>
  ({
    _tag: tag,
    ...Object.fromEntries(fieldsOf(tag).map(([name, { default: byDefault }]) => [name, given[name] ?? byDefault])),
    ...(padding === undefined ? {} : { padding }),
    p: p ?? transformKinds[tag].p
  }) as unknown as Transform
