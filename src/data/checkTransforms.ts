/** Validation of transforms. */
import type { Between, Transform } from './Transform.js'
import { fieldsOf, type TransformField, valueOf } from './transformKinds.js'

type Asked = readonly [name: string, of: Between, field: Pick<TransformField, 'bounds' | 'draws'>]

const asked = (t: Transform): ReadonlyArray<Asked> => [
  ...fieldsOf(t._tag).flatMap(([name, field]): ReadonlyArray<Asked> => {
    const value = valueOf(t, name)
    return field.values === 'sides'
      ? (value as ReadonlyArray<Between>).map((one, i): Asked => [`${name}[${i}]`, one, field])
      : [[name, value as Between, field]]
  }),
  ['p', t.p, { bounds: [0, 1], draws: 'uniform' }]
]

/** A mistake in a list of transforms: where it is, and what is expected. */
export interface TransformMistake {
  readonly path: string
  readonly expected: string
  readonly found: unknown
}

export const transformMistakes = (transforms: ReadonlyArray<Transform>): ReadonlyArray<TransformMistake> =>
  transforms.flatMap((t, i) =>
    asked(t).flatMap(
      ([
        name,
        of,
        {
          bounds: [low, high],
          draws
        }
      ]) => {
        const whole = draws === 'whole'
        const bounds = typeof of === 'number' ? [of] : of
        const isRange = bounds.length === 1 || bounds[0] <= bounds[1]
        const isRight = bounds.every((x) => x >= low && x <= high && (!whole || Number.isInteger(x)))
        const kind = whole ? 'a whole number' : 'a number'
        return isRange && isRight
          ? []
          : [
              {
                path: `transforms[${i}].${name}`,
                expected: `${kind} from ${low} to ${high}, or two in order`,
                found: of
              }
            ]
      }
    )
  )
