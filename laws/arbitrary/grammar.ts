/**
 * The grammar of JSON forms read as generators: one more reading of the schemas that the decoders are read from, so that
 * the two cannot drift apart.
 */
import * as fc from 'fast-check'
import { type Grammar1, interpretSchema, type Schema, type ValueMistake } from '../../src/format/index.js'

const URI = 'graft-vision/Arbitrary'
type URI = typeof URI

declare module 'fp-ts/HKT.js' {
  interface URItoKind<A> {
    readonly [URI]: fc.Arbitrary<A>
  }
}

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>

/** Numbers as people write them, and any other that JSON has. */
const numbers = fc.oneof(
  fc.integer({ min: -300, max: 300 }).map((n) => n / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))
)

/** Any, and those that have a meaning to a codec or to the language. */
const strings = fc.oneof(
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.constantFrom('own', 'none', 'layer4', '__proto__')
)

const object = (required: Fields, optional: Fields): fc.Arbitrary<unknown> =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true })

const oneOf = (members: Fields, make: (name: string, value: unknown) => unknown): fc.Arbitrary<unknown> =>
  fc.oneof(...Object.entries(members).map(([name, value]) => value.map((v) => make(name, v))))

const grammar = {
  URI,
  literal: (...values: ReadonlyArray<unknown>) => fc.constantFrom(...values),
  string: strings,
  boolean: fc.boolean(),
  number: numbers,
  whole: (min: number) => fc.integer(Number.isFinite(min) ? { min, max: min + 300 } : { min: -300, max: 300 }),
  list: (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 3 }),
  pair: (item: fc.Arbitrary<unknown>) => fc.tuple(item, item),
  record: (value: fc.Arbitrary<unknown>) => fc.dictionary(strings, value, { maxKeys: 3, noNullPrototype: true }),
  object,
  keyed: (members: Fields) => oneOf(members, (name, value) => ({ [name]: value })),
  tagged: (tag: string) => (members: Fields) =>
    oneOf(members, (name, value) => ({ [tag]: name, ...(value as object) })),
  checked: (mistakes: (value: unknown) => ReadonlyArray<ValueMistake>) => (of: fc.Arbitrary<unknown>) =>
    of.filter((value) => mistakes(value).length === 0),
  // the first member of a recursive form's union is the one that ends it
  union: (...members: ReadonlyArray<fc.Arbitrary<unknown>>) =>
    fc.oneof({ maxDepth: 4, depthIdentifier: URI, withCrossShrink: true }, ...members),
  lazy: (_: string, f: () => fc.Arbitrary<unknown>) => fc.constant(null).chain(f)
}

/**
 * JSON of the form that a schema describes.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { Format } from 'graft-vision'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.jsonOf(Format.recipeSchema), (json) => Format.decodeWith(Format.recipeSchema)(json)._tag === 'Right'),
 *   { seed: 1, numRuns: 20 }
 * )
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const jsonOf: <A>(schema: Schema<A>) => fc.Arbitrary<A> = interpretSchema(
  // each word's result is untyped here; a schema's own type says what comes out
  grammar as unknown as Grammar1<URI>
)
