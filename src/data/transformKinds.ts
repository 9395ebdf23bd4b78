/**
 * `transformKinds`: the fields of each kind of transform, and how their values are drawn. Drawing, checks, JSON and the
 * laws' arbitrary are derived from this table; the effect of a transform on pixels is in `data/pixel`.
 */
import type { Between, Transform } from './Transform.js'

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
  /** How a value of a range is drawn; whole numbers include both ends. */
  readonly draws: 'uniform' | 'logUniform' | 'whole'
  /** The default; null: the field is required. */
  readonly default: Between | null
  /** Number of values: one, or one for each side (right, left, bottom and top). */
  readonly values: 'one' | 'sides'
}

type Tag = Transform['_tag']

type Fields<T extends Tag> = Exclude<keyof Extract<Transform, { readonly _tag: T }>, '_tag' | 'p'>

/**
 * One kind of transform.
 *
 * @since 0.1.0
 */
export interface TransformKind<T extends Tag> {
  readonly fields: { readonly [K in Fields<T>]: TransformField }
  /** The default probability of applying it. */
  readonly p: number
}

const field = (
  bounds: TransformField['bounds'],
  usual: TransformField['usual'],
  options: Partial<TransformField> = {}
): TransformField => ({ bounds, usual, draws: 'uniform', default: null, values: 'one', ...options })

const position = field([0, 1], [0, 1], { default: 0.5 })
const placed = { row: position, col: position }
const symmetry = field([0, 7], [0, 7], { draws: 'whole', default: [0, 7] })
const magnitude = field([-0.9, 0.9], [-0.3, 0.3])

/**
 * Every kind of transform.
 *
 * @since 0.1.0
 */
export const transformKinds: { readonly [T in Tag]: TransformKind<T> } = {
  CropPad: { fields: placed, p: 1 },
  FlipLr: { fields: {}, p: 0.5 },
  Dihedral: { fields: { k: symmetry }, p: 1 },
  DihedralAffine: { fields: { k: symmetry }, p: 1 },
  Rotate: { fields: { degrees: field([-360, 360], [-90, 90]) }, p: 1 },
  Zoom: { fields: { scale: field([0.01, 100], [1, 2]), ...placed }, p: 1 },
  Squish: { fields: { scale: field([0.01, 100], [0.75, 1.5]), ...placed }, p: 1 },
  SymmetricWarp: { fields: { magnitude: { ...magnitude, values: 'sides' } }, p: 1 },
  Tilt: { fields: { direction: field([0, 3], [0, 3], { draws: 'whole' }), magnitude }, p: 1 },
  Skew: { fields: { direction: field([0, 7], [0, 7], { draws: 'whole' }), magnitude }, p: 1 },
  Brightness: { fields: { change: field([0.001, 0.999], [0.3, 0.7]) }, p: 1 },
  Contrast: { fields: { scale: field([0.01, 100], [0.5, 2], { draws: 'logUniform' }) }, p: 1 }
}

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
  { p, ...given }: Readonly<Record<string, unknown>> & { readonly p?: number }
): Transform =>
  ({
    _tag: tag,
    ...Object.fromEntries(fieldsOf(tag).map(([name, { default: byDefault }]) => [name, given[name] ?? byDefault])),
    p: p ?? transformKinds[tag].p
  }) as unknown as Transform
