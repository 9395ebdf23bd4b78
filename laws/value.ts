/** Laws of equality, display and monoids (a dozen lines of our own, because fp-ts-laws 0.3 needs fast-check 2). */
import * as fc from 'fast-check'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { equal, holds } from './claim.js'
import { type Law, law } from './Law.js'

/** A deep copy, so that equality cannot rely on identity. */
const copied = <A>(a: A): A =>
  Array.isArray(a)
    ? (a.map(copied) as A)
    : typeof a === 'object' && a !== null
      ? (Object.fromEntries(Object.entries(a).map(([k, v]) => [k, copied(v)])) as A)
      : a

/**
 * The laws of an `Eq` of plain values and, if given, of a `Show` that distinguishes unequal values.
 *
 * @example
 * import { arbitrary, checkLaws, valueLaws } from 'graft-vision/laws'
 * import { Eq, Show } from 'graft-vision'
 *
 * const laws = valueLaws(Eq.schedule, arbitrary.schedules, Show.schedule)
 * assert.ok((await checkLaws(laws, { seed: 1, numRuns: 20 })()).every((r) => !r.failed))
 *
 * @category laws
 * @since 0.1.0
 */
export const valueLaws = <A>(eq: Eq<A>, values: fc.Arbitrary<A>, show?: Show<A>): ReadonlyArray<Law> => {
  const pairs = fc.tuple(values, values)
  const different = (a: A, b: A): boolean => JSON.stringify(a) !== JSON.stringify(b)
  return [
    law(
      'is equal to a copy of itself',
      fc.property(values, (a) => holds(eq.equals(a, copied(a)), 'a copy is not equal'))
    ),
    law(
      'is compared symmetrically',
      fc.property(pairs, ([a, b]) => equal(eq.equals(a, b), eq.equals(b, a), 'equality the other way'))
    ),
    law(
      'is unequal to a value that is written differently',
      fc.property(pairs, ([a, b]) => {
        fc.pre(different(a, b))
        holds(!eq.equals(a, b), 'unlike values are called equal')
      })
    ),
    ...(show === undefined
      ? []
      : [
          law(
            'is shown as another string than an unequal value',
            fc.property(pairs, ([a, b]) => equal(show.show(a) === show.show(b), eq.equals(a, b), 'shown the same'))
          )
        ])
  ]
}

/**
 * The laws of a monoid: its empty value is neutral, and combining is associative.
 *
 * @example
 * import { arbitrary, checkLaws, monoidLaws } from 'graft-vision/laws'
 * import { Eq, Recipe } from 'graft-vision'
 *
 * const laws = monoidLaws(Recipe.monoidRecipe, Eq.recipe, arbitrary.recipes)
 * assert.ok((await checkLaws(laws, { seed: 1, numRuns: 20 })()).every((r) => !r.failed))
 *
 * @category laws
 * @since 0.1.0
 */
export const monoidLaws = <A>(m: Monoid<A>, eq: Eq<A>, values: fc.Arbitrary<A>): ReadonlyArray<Law> => [
  law(
    'is unchanged by the empty value on either side',
    fc.property(values, (a) => {
      holds(eq.equals(m.concat(m.empty, a), a), 'empty before it changes it')
      holds(eq.equals(m.concat(a, m.empty), a), 'empty after it changes it')
    })
  ),
  law(
    'combines associatively',
    fc.property(values, values, values, (a, b, c) =>
      holds(eq.equals(m.concat(m.concat(a, b), c), m.concat(a, m.concat(b, c))), 'brackets matter')
    )
  )
]
