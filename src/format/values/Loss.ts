/**
 * Losses as JSON: `"crossEntropy"`, `{ "crossEntropy": { "weight": [1, 2] } }`, `{ "labelSmoothing": { "eps": 0.2 } }`,
 * `{ "mixupLoss": "crossEntropy" }`, `"bceWithLogits"`, `"mse"`.
 *
 * @since 0.1.0
 */
import type { HKT } from 'fp-ts/HKT.js'
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  type ClassLoss,
  isClassLoss,
  type Loss,
  lossOf,
  type LossOption,
  lossRecords,
  mixupLoss,
  type NamedLoss
} from '../../recipe/index.js'
import { brief, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

type Tag = NamedLoss['_tag']
type Records = typeof lossRecords
type NameOf<T extends Tag> = Records[T]['name']

/** By the name of each loss: its options. */
type OptionsByName<T extends Tag> = {
  [K in T as NameOf<K>]: {
    readonly [O in keyof Records[K]['options']]?: NonNullable<
      Extract<NamedLoss, { readonly _tag: K }>[O & keyof Extract<NamedLoss, { readonly _tag: K }>]
    >
  }
}

const tags = Object.keys(lossRecords) as ReadonlyArray<Tag>
const classTags = tags.filter((tag) => lossRecords[tag].targets === 'classes') as ReadonlyArray<ClassLoss['_tag']>
const tagByName = Object.fromEntries(tags.map((tag) => [lossRecords[tag].name, tag])) as Record<NameOf<Tag>, Tag>

const option = <S>(g: Grammar<S>, { _tag }: LossOption): HKT<S, unknown> => {
  switch (_tag) {
    case 'Share':
    case 'NonNegative':
    case 'Positive':
    case 'ClassIndex':
      return g.number
    case 'ClassWeights':
      return g.list(g.number)
  }
}

const literals = <S, T extends Tag>(g: Grammar<S>, of: ReadonlyArray<T>): HKT<S, NameOf<T>> =>
  g.literal(...(of.map((tag) => lossRecords[tag].name) as unknown as readonly [NameOf<T>, ...ReadonlyArray<NameOf<T>>]))

/** The fields of `keyed`, which TypeScript cannot follow from a record. */
const fields = <S, T extends Tag>(g: Grammar<S>, of: ReadonlyArray<T>) =>
  Object.fromEntries(
    of.map((tag) => {
      const options: ReadonlyArray<readonly [string, LossOption]> = Object.entries(lossRecords[tag].options)
      return [lossRecords[tag].name, g.object({}, Object.fromEntries(options.map(([name, o]) => [name, option(g, o)])))]
    })
  ) as unknown as { readonly [K in keyof OptionsByName<T>]: HKT<S, OptionsByName<T>[K]> }

const classLoss = makeSchema((g) =>
  g.union(literals(g, classTags), g.keyed<OptionsByName<ClassLoss['_tag']>>(fields(g, classTags)))
)

/**
 * The schema of losses.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.lossSchema)('mse')._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const lossSchema = makeSchema((g) =>
  g.union(literals(g, tags), g.keyed<OptionsByName<Tag>>(fields(g, tags)), g.keyed({ mixupLoss: classLoss(g) }))
)

/**
 * A loss's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type LossJson = TypeOf<typeof lossSchema>

type NamedJson = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The schema has seen that the name is a loss's and the options its own. */
const namedFrom = (json: NamedJson): NamedLoss => {
  const [name, options] = typeof json === 'string' ? [json, {}] : Object.entries(json)[0]!
  return lossOf(tagByName[name as NameOf<Tag>], options)
}

const lossFrom = (json: LossJson): Loss => {
  if (typeof json === 'string' || !('mixupLoss' in json)) return namedFrom(json)
  const of = namedFrom(json.mixupLoss)
  return isClassLoss(of) ? mixupLoss(of) : of
}

const lossTo = (loss: Loss): unknown =>
  loss._tag === 'CustomLoss'
    ? null
    : loss._tag === 'MixUp'
      ? { mixupLoss: lossTo(loss.of) }
      : brief(lossRecords[loss._tag].name, differing(loss, lossOf(loss._tag)))

const lossCodec = codec<LossJson, Loss>({
  schema: lossSchema,
  from: lossFrom,
  to: lossTo,
  refusals: (loss) =>
    loss._tag === 'CustomLoss' ? [refused('loss', 'a loss', loss.f, 'use a named loss, or pass it in a program')] : []
})

/**
 * Reads a loss.
 *
 * @example
 * import { Format, labelSmoothing } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.decodeLoss({ labelSmoothing: { eps: 0.2 } }), E.right(labelSmoothing(0.2)))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeLoss: (u: unknown) => E.Either<FormatErrors, Loss> = lossCodec.decode

/**
 * Writes a loss; a user-defined one is an error that names its label.
 *
 * @example
 * import { crossEntropy, Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.encodeLoss(crossEntropy()), E.right('crossEntropy'))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeLoss: (loss: Loss) => E.Either<FormatErrors, Json> = lossCodec.encode
