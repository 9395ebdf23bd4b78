/**
 * Optimisers as JSON: `"adamW"`, `{ "sgd": { "momentum": 0.9, "nesterov": true } }`; fields are the constructors'
 * options. Derived from the optimisers' records.
 *
 * @since 0.1.0
 */
import type { HKT } from 'fp-ts/HKT.js'
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  type HyperOptions,
  type HyperParameter,
  type HyperParameters,
  type HyperValues,
  type NamedOptimiser,
  type Optimiser,
  optimiserOf,
  optimiserRecords
} from '../../recipe/index.js'
import { brief, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

type Records = typeof optimiserRecords
type Tag = NamedOptimiser['_tag']
type Name = Records[Tag]['name']

/** The options of each optimiser, by name. */
type OptionsByName = { [T in Tag as Records[T]['name']]: Partial<HyperValues<Records[T]['hyper']>> }

const tags = Object.keys(optimiserRecords) as ReadonlyArray<Tag>
const names = tags.map((tag) => optimiserRecords[tag].name) as unknown as readonly [Name, ...ReadonlyArray<Name>]
const tagByName = Object.fromEntries(tags.map((tag) => [optimiserRecords[tag].name, tag])) as Record<Name, Tag>

const parameter = <S>(g: Grammar<S>, { _tag }: HyperParameter): HKT<S, unknown> => {
  switch (_tag) {
    case 'Share':
    case 'Positive':
    case 'Count':
      return g.number
    case 'Shares':
      return g.pair(g.number)
    case 'Flag':
      return g.boolean
  }
}

const optionsOf = <S>(g: Grammar<S>, hyper: HyperParameters): HKT<S, unknown> =>
  g.object({}, Object.fromEntries(Object.entries(hyper).map(([name, p]) => [name, parameter(g, p)])))

/**
 * The schema of optimisers.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.optimiserSchema)('adamW')._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const optimiserSchema = makeSchema((g) =>
  g.union(
    g.literal(...names),
    g.keyed<OptionsByName>(
      // TypeScript cannot relate the fields of a record to the grammar's methods
      Object.fromEntries(Object.values(optimiserRecords).map(({ name, hyper }) => [name, optionsOf(g, hyper)])) as never
    )
  )
)

/**
 * An optimiser's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type OptimiserJson = TypeOf<typeof optimiserSchema>

const optimiserFrom = (json: OptimiserJson): Optimiser => {
  if (typeof json === 'string') return optimiserOf(tagByName[json])
  const [[name, options]] = Object.entries(json) as [[Name, HyperOptions<HyperParameters>]]
  return optimiserOf(tagByName[name], options as never)
}

const optimiserTo = (o: Optimiser): unknown =>
  o._tag === 'CustomOptimiser' ? null : brief(optimiserRecords[o._tag].name, differing(o, optimiserOf(o._tag)))

const optimiserCodec = codec<OptimiserJson, Optimiser>({
  schema: optimiserSchema,
  from: optimiserFrom,
  to: optimiserTo,
  refusals: (value) =>
    value._tag === 'CustomOptimiser'
      ? [refused('optimiser', 'an optimiser', value.f, 'use a named optimiser, or pass it in a program')]
      : []
})

/**
 * Reads an optimiser.
 *
 * @example
 * import { Format, sgd } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.decodeOptimiser({ sgd: { momentum: 0.9 } }), E.right(sgd({ momentum: 0.9 })))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeOptimiser: (u: unknown) => E.Either<FormatErrors, Optimiser> = optimiserCodec.decode

/**
 * Writes an optimiser; a user-defined one is an error that names its label.
 *
 * @example
 * import { adamW, Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.encodeOptimiser(adamW()), E.right('adamW'))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeOptimiser: (optimiser: Optimiser) => E.Either<FormatErrors, Json> = optimiserCodec.encode
