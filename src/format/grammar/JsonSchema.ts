/**
 * `JsonSchema`: the interpretation of a grammar as JSON Schema (draft 2020-12), so that documents which describe a JSON
 * form, such as OpenAPI, are generated from the schema that its decoder uses.
 *
 * @since 0.1.0
 */
import { type Grammar1, interpretSchema, type Schema } from './Grammar.js'

/**
 * A JSON Schema as plain JSON.
 *
 * @category schemas
 * @since 0.1.0
 */
export type JsonSchema = Readonly<Record<string, unknown>>

const URI = 'graft-vision/JsonSchema'
type URI = typeof URI

declare module 'fp-ts/HKT.js' {
  interface URItoKind<A> {
    readonly [URI]: JsonSchema & { readonly _A?: A }
  }
}

type Fields = Readonly<Record<string, JsonSchema>>

const object = (required: Fields, optional: Fields): JsonSchema => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false
})

/** The members of a tagged union do not mention the tag, which each gets as a constant. */
const withTag = (tag: string, name: string, member: JsonSchema): JsonSchema => {
  const { properties, required } = member as { readonly properties: Fields; readonly required: ReadonlyArray<string> }
  return { ...member, properties: { [tag]: { const: name }, ...properties }, required: [tag, ...required] }
}

/** What a check demands beyond the type is only known to its function, and is left to descriptions. */
const grammar = {
  URI,
  literal: (...values: ReadonlyArray<unknown>) => ({ enum: values }),
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  whole: (min: number) => ({ type: 'integer', ...(Number.isFinite(min) ? { minimum: min } : {}) }),
  list: (items: JsonSchema) => ({ type: 'array', items }),
  pair: (items: JsonSchema) => ({ type: 'array', items, minItems: 2, maxItems: 2 }),
  record: (additionalProperties: JsonSchema) => ({ type: 'object', additionalProperties }),
  object,
  keyed: (members: Fields) => ({
    oneOf: Object.entries(members).map(([name, member]) => object({ [name]: member }, {}))
  }),
  tagged: (tag: string) => (members: Fields) => ({
    oneOf: Object.entries(members).map(([name, member]) => withTag(tag, name, member))
  }),
  checked: () => (of: JsonSchema) => of,
  union: (...anyOf: ReadonlyArray<JsonSchema>) => ({ anyOf }),
  // No document is made of a recursive form.
  lazy: (_: string, f: () => JsonSchema) => f()
}

/**
 * The JSON Schema of the form that a schema describes. Not for recursive schemas, such as those of layers.
 *
 * @example
 * import { makeSchema } from './Grammar.js'
 * import { jsonSchemaOf } from './JsonSchema.js'
 *
 * assert.deepStrictEqual(jsonSchemaOf(makeSchema((g) => g.object({ n: g.whole(1) }, {}))), {
 *   type: 'object',
 *   properties: { n: { type: 'integer', minimum: 1 } },
 *   required: ['n'],
 *   additionalProperties: false
 * })
 *
 * @since 0.1.0
 */
export const jsonSchemaOf = <A>(schema: Schema<A>): JsonSchema =>
  // each word's result is untyped here, as in every interpretation of the grammar
  interpretSchema(grammar as unknown as Grammar1<URI>)(schema)
