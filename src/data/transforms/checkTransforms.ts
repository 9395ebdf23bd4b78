/** Validation of transforms. */
import { paddingModes } from './PaddingMode.js'
import type { Between, Transform } from './Transform.js'
import { fieldsOf, isPadded, type TransformField, valueOf } from './transformKinds.js'

type Asked = readonly [name: string, of: Between, field: Pick<TransformField, 'bounds' | 'draws'>]

const asked = (t: Transform): ReadonlyArray<Asked> => [
  ...fieldsOf(t._tag).flatMap(([name, field]): ReadonlyArray<Asked> => {
    const value = valueOf(t, name)
    return typeof field.values === 'object'
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

const kinds: Readonly<Record<TransformField['draws'], string>> = {
  uniform: 'a number',
  logUniform: 'a number',
  whole: 'an integer',
  odd: 'an odd number'
}

const isOfKind = (x: number, draws: TransformField['draws']): boolean => {
  if (draws === 'odd') return Math.abs(x % 2) === 1
  return draws !== 'whole' || Number.isInteger(x)
}

const paddingMistakes = (t: Transform, i: number): ReadonlyArray<TransformMistake> => {
  const { padding } = t as { readonly padding?: (typeof paddingModes)[number] }
  if (!isPadded(t._tag) || padding === undefined || paddingModes.includes(padding)) return []
  return [{ path: `transforms[${i}].padding`, expected: `one of ${paddingModes.join(', ')}`, found: padding }]
}

export const transformMistakes = (transforms: ReadonlyArray<Transform>): ReadonlyArray<TransformMistake> =>
  transforms.flatMap((t, i) => [
    ...paddingMistakes(t, i),
    ...asked(t).flatMap(
      ([
        name,
        of,
        {
          bounds: [low, high],
          draws
        }
      ]) => {
        const bounds = typeof of === 'number' ? [of] : of
        const isRange = bounds.length === 1 || bounds[0] <= bounds[1]
        const isRight = bounds.every((x) => x >= low && x <= high && isOfKind(x, draws))
        return isRange && isRight
          ? []
          : [
              {
                path: `transforms[${i}].${name}`,
                expected: `${kinds[draws]} from ${low} to ${high}, or two in order`,
                found: of
              }
            ]
      }
    )
  ])
