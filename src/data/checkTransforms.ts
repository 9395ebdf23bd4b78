/** Validation of transforms. */
import type { Between, Transform } from './Transform.js'
import { fold } from './Transform.js'

/** A parameter, its bounds, and whether it must be an integer. */
type Asked = readonly [name: string, of: Between, low: number, high: number, whole?: boolean]

const placed = ({ row, col }: { readonly row: Between; readonly col: Between }): ReadonlyArray<Asked> => [
  ['row', row, 0, 1],
  ['col', col, 0, 1]
]

const asked: (t: Transform) => ReadonlyArray<Asked> = /*#__PURE__*/ fold<ReadonlyArray<Asked>>({
  CropPad: placed,
  FlipLr: () => [],
  Dihedral: ({ k }) => [['k', k, 0, 7, true]],
  DihedralAffine: ({ k }) => [['k', k, 0, 7, true]],
  Rotate: ({ degrees }) => [['degrees', degrees, -360, 360]],
  Zoom: (t) => [['scale', t.scale, 0.01, 100], ...placed(t)],
  Squish: (t) => [['scale', t.scale, 0.01, 100], ...placed(t)],
  SymmetricWarp: ({ magnitude }) => magnitude.map((m, i): Asked => [`magnitude[${i}]`, m, -0.9, 0.9]),
  Tilt: (t) => [
    ['direction', t.direction, 0, 3, true],
    ['magnitude', t.magnitude, -0.9, 0.9]
  ],
  Skew: (t) => [
    ['direction', t.direction, 0, 7, true],
    ['magnitude', t.magnitude, -0.9, 0.9]
  ],
  Brightness: ({ change }) => [['change', change, 0.001, 0.999]],
  Contrast: ({ scale }) => [['scale', scale, 0.01, 100]]
})

/** A mistake in a list of transforms: where it is, and what is expected. */
export interface TransformMistake {
  readonly path: string
  readonly expected: string
  readonly found: unknown
}

export const transformMistakes = (transforms: ReadonlyArray<Transform>): ReadonlyArray<TransformMistake> =>
  transforms.flatMap((t, i) =>
    [...asked(t), ['p', t.p, 0, 1] as Asked].flatMap(([name, of, low, high, whole = false]) => {
      const bounds = typeof of === 'number' ? [of] : of
      const isRange = bounds.length === 1 || bounds[0] <= bounds[1]
      const isRight = bounds.every((x) => x >= low && x <= high && (!whole || Number.isInteger(x)))
      const kind = whole ? 'a whole number' : 'a number'
      return isRange && isRight
        ? []
        : [{ path: `transforms[${i}].${name}`, expected: `${kind} from ${low} to ${high}, or two in order`, found: of }]
    })
  )
