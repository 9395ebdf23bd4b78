/** The grammar read as fast-check arbitraries: the same descriptions that decode. */
import fc from 'fast-check'
import { type Grammar1, interpretSchema, type Schema } from '../../src/format/index.js'

const URI = 'test/format/Arbitrary'
type URI = typeof URI

declare module 'fp-ts/HKT.js' {
  interface URItoKind<A> {
    readonly [URI]: fc.Arbitrary<A>
  }
}

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>

const object = (required: Fields, optional: Fields): fc.Arbitrary<unknown> =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true })

const g = {
  URI,
  literal: (...values: ReadonlyArray<unknown>) => fc.constantFrom(...values),
  string: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('own', 'none', 'layer4', '__proto__')),
  boolean: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
  whole: (min: number) => fc.integer({ min: Number.isFinite(min) ? min : -9, max: 999 }),
  list: (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 3 }),
  pair: (item: fc.Arbitrary<unknown>) => fc.tuple(item, item),
  object,
  keyed: (members: Fields) =>
    fc.oneof(...Object.entries(members).map(([key, member]) => member.map((value) => ({ [key]: value })))),
  tagged: (tag: string) => (members: Fields) =>
    fc.oneof(...Object.entries(members).map(([key, m]) => m.map((value) => ({ [tag]: key, ...(value as object) })))),
  union: (...members: ReadonlyArray<fc.Arbitrary<unknown>>) =>
    fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...members),
  lazy: (_: string, f: () => fc.Arbitrary<unknown>) => fc.letrec(() => ({ it: limited(f) })).it
}

let depth = 0
/** A recursive form, a few levels deep. */
const limited = (f: () => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  if (depth >= 3) return fc.constant('relu')
  depth++
  const made = f()
  depth--
  return made
}

export const arbitrary = <A>(schema: Schema<A>): fc.Arbitrary<A> =>
  interpretSchema(g as unknown as Grammar1<URI>)(schema)
