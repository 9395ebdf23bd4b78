/**
 * Optimisers as JSON: `"adamW"`, `{ "sgd": { "momentum": 0.9, "nesterov": true } }`; fields are the constructors'
 * options.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { adam, adamW, type Optimiser, rmsprop, sgd } from '../../recipe/index.js'
import { brief, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

/**
 * The form of optimisers.
 *
 * @example
 * import { decodeWith, optimiserSchema } from 'graft-vision'
 *
 * assert.strictEqual(decodeWith(optimiserSchema)('adamW')._tag, 'Right')
 *
 * @category schemas
 * @since 0.1.0
 */
export const optimiserSchema = makeSchema((g) => {
  const ofAdam = g.object({}, { betas: g.pair(g.number), eps: g.number })
  return g.union(
    g.literal('adamW', 'adam', 'sgd', 'rmsprop'),
    g.keyed({
      adamW: ofAdam,
      adam: ofAdam,
      sgd: g.object({}, { momentum: g.number, nesterov: g.boolean }),
      rmsprop: g.object({}, { alpha: g.number, eps: g.number, momentum: g.number })
    })
  )
})

/**
 * An optimiser's JSON form.
 *
 * @category model
 * @since 0.1.0
 */
export type OptimiserJson = TypeOf<typeof optimiserSchema>

const named = { adamW: adamW(), adam: adam(), sgd: sgd(), rmsprop: rmsprop() }

const optimiserFrom = (json: OptimiserJson): Optimiser => {
  if (typeof json === 'string') return named[json]
  if ('adamW' in json) return adamW(json.adamW)
  if ('adam' in json) return adam(json.adam)
  return 'sgd' in json ? sgd(json.sgd) : rmsprop(json.rmsprop)
}

const optimiserTo = (value: Optimiser): unknown => {
  if (value._tag === 'CustomOptimiser') return null
  const name = value._tag === 'Adam' ? (value.decoupled ? 'adamW' : 'adam') : value._tag === 'Sgd' ? 'sgd' : 'rmsprop'
  return brief(name, differing(value, named[name]))
}

const optimiserCodec = codec<OptimiserJson, Optimiser>({
  schema: optimiserSchema,
  from: optimiserFrom,
  to: optimiserTo,
  refusals: (value) =>
    value._tag === 'CustomOptimiser'
      ? [refused('optimiser', 'an optimiser', value.f, 'use a named optimiser, or give it in a program')]
      : []
})

/**
 * Reads an optimiser.
 *
 * @example
 * import { decodeOptimiser, sgd } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(decodeOptimiser({ sgd: { momentum: 0.9 } }), E.right(sgd({ momentum: 0.9 })))
 *
 * @since 0.1.0
 */
export const decodeOptimiser: (u: unknown) => E.Either<FormatErrors, Optimiser> = optimiserCodec.decode

/**
 * Writes an optimiser; one of one's own is refused by its label.
 *
 * @example
 * import { adamW, encodeOptimiser } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(encodeOptimiser(adamW()), E.right('adamW'))
 *
 * @since 0.1.0
 */
export const encodeOptimiser: (optimiser: Optimiser) => E.Either<FormatErrors, Json> = optimiserCodec.encode
