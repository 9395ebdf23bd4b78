/** Laws of codecs: written values are read back, and invalid input is an error with a path, never a crash. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as Eq from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Codec, Schema } from '../src/format/index.js'
import { jsonOf } from './arbitrary/grammar.js'
import { equal, holds, refused, succeeded } from './claim.js'
import { type Law, law } from './Law.js'

/**
 * A codec and what to test it with.
 *
 * @category laws
 * @since 0.1.0
 */
export interface CodecCase<A> {
  /** The name of its values in the names of laws: `a recipe`. */
  readonly what: string
  readonly codec: Codec<A>
  readonly eq: Eq.Eq<A>
  readonly values: fc.Arbitrary<A>
  /** The schema of the JSON form, if there is one. */
  readonly schema?: Schema<unknown>
}

/** A value serialised to text and parsed again. */
export const through = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

type Entries = ReadonlyArray<readonly [key: string, value: unknown]>

const entriesOf = (json: unknown): Entries => (typeof json === 'object' && json !== null ? Object.entries(json) : [])

const isRecord = (json: unknown): boolean => typeof json === 'object' && json !== null && !Array.isArray(json)

/** Rows of data may have any keys. */
const closed = ([key]: readonly [key: string, value: unknown]): boolean => key !== 'rows'

/** The number of records in a JSON value that have certain keys, including itself. */
const recordsIn = (json: unknown): number =>
  entriesOf(json)
    .filter(closed)
    .reduce((sum, [, value]) => sum + recordsIn(value), isRecord(json) ? 1 : 0)

/** Adds an unknown key to the i-th record of a JSON value. */
const withStranger = (json: unknown, i: number): unknown => {
  if (isRecord(json) && i === 0) return { ...(json as object), unheardOf: 1 }
  let before = isRecord(json) ? 1 : 0
  const entries = entriesOf(json).map(([key, value]) => {
    if (!closed([key, value])) return [key, value] as const
    const at = i - before
    before += recordsIn(value)
    return [key, at >= 0 && at < recordsIn(value) ? withStranger(value, at) : value] as const
  })
  return Array.isArray(json) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

/** An arbitrary value, or a valid form with an arbitrary value at one of its keys. */
const garbage = (form: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.jsonValue(),
    fc.anything(),
    fc
      .tuple(form, fc.string({ maxLength: 6 }), fc.anything())
      .map(([json, key, value]) =>
        typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json, [key]: value } : [json, value]
      )
  )

/**
 * The laws of a codec: of graft's own, and of one for your own values.
 *
 * @example
 * import { arbitrary, codecLaws } from 'graft-vision/laws'
 * import { Eq, Format } from 'graft-vision'
 *
 * const laws = codecLaws({
 *   what: 'a recipe',
 *   codec: { decode: Format.decodeRecipe, encode: Format.encodeRecipe },
 *   eq: Eq.recipe,
 *   values: arbitrary.recipes,
 *   schema: Format.recipeSchema
 * })
 * for (const law of laws) await law.check({ seed: 1, numRuns: 10 })
 *
 * @category laws
 * @since 0.1.0
 */
export const codecLaws = <A>({ what, codec, eq, values, schema }: CodecCase<A>): ReadonlyArray<Law> => {
  const form: fc.Arbitrary<unknown> = schema === undefined ? fc.jsonValue() : jsonOf(schema)
  return [
    law(
      `${what} is read back as it was written`,
      fc.property(values, (a) => {
        const json = through(succeeded(codec.encode(a), 'writing'))
        const again = succeeded(codec.decode(json), 'reading')
        holds(eq.equals(again, a), `it is read back as ${JSON.stringify(again)}, from ${JSON.stringify(json)}`)
      })
    ),
    law(
      `${what} is written as JSON that survives serialisation`,
      fc.property(values, (a) => {
        const json = succeeded(codec.encode(a), 'writing')
        equal(through(json), json, 'the JSON after a text')
      })
    ),
    law(
      `${what} is read, or is an error with path and hint, for any input`,
      fc.property(garbage(form), (u) => {
        const decoded = codec.decode(u)
        if (E.isRight(decoded)) return
        holds(decoded.left.length > 0, 'refused without an error')
        for (const { path, expected, found, hint } of decoded.left)
          holds(
            [path, expected, found, hint].every((text) => text !== ''),
            `it says '${path}' '${expected}' '${hint}'`
          )
      })
    ),
    ...(schema === undefined
      ? []
      : [
          law(
            `${what} is read from any valid form, and is the same after writing and reading`,
            fc.property(form, (json) => {
              const a = succeeded(codec.decode(json), 'reading')
              const again = pipe(a, codec.encode, E.chain(codec.decode))
              holds(E.isRight(again) && eq.equals(again.right, a), `it is read back as ${JSON.stringify(again)}`)
            })
          ),
          law(
            `${what} is refused with an unknown key, which the error names`,
            fc.property(form, fc.nat(), (json, i) => {
              const records = recordsIn(json)
              fc.pre(records > 0)
              const errors = refused(codec.decode(withStranger(json, i % records)), 'reading')
              holds(
                errors.some((e) => e.path.includes('unheardOf') || e._tag === 'BadValue'),
                `it speaks of ${errors.map((e) => e.path).join(', ')}`
              )
            })
          )
        ])
  ]
}
