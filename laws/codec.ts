/**
 * Laws of codecs and formats: what is written is read back, and whatever else is given is refused by name, not by a
 * crash.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Codec,
  dataSchema,
  decodeData,
  decodeLayer,
  decodeLoss,
  decodeOptimiser,
  decodeRecipe,
  encodeData,
  encodeLayer,
  encodeLoss,
  encodeOptimiser,
  encodeRecipe,
  layerSchema,
  lossSchema,
  modelCodec,
  modelSchema,
  optimiserSchema,
  readSafetensors,
  recipeSchema,
  type Schema,
  writeSafetensors
} from '../src/format/index.js'
import {
  type Arch,
  cutBy,
  eqLayer,
  eqModel,
  head,
  type Model,
  splitBy,
  type Weights,
  withHead
} from '../src/model/index.js'
import { eqLoss, eqOptimiser, Recipe } from '../src/recipe/index.js'
import { eqValue } from '../src/Value.js'
import { archs } from './arbitrary/archs.js'
import { dataSpecs } from './arbitrary/dataSpecs.js'
import { jsonOf } from './arbitrary/grammar.js'
import { modelsOf } from './arbitrary/models.js'
import { networks } from './arbitrary/network.js'
import { losses, optimisers } from './arbitrary/optimisers.js'
import { recipes } from './arbitrary/recipes.js'
import { safetensors } from './arbitrary/safetensors.js'
import { equal, holds, refused, succeeded } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'

/** A codec and what it is tried with. */
export interface CodecCase<A> {
  /** What its values are called in the names of the laws: `a recipe`. */
  readonly what: string
  readonly codec: Codec<A>
  readonly eq: Eq<A>
  readonly values: fc.Arbitrary<A>
  /** The JSON form, where it has a schema. */
  readonly schema?: Schema<unknown>
}

const through = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

/** Something that is no form at all, or a form with something else at one of its keys. */
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
 * What holds of a codec: of graft's, and of one for your own values.
 *
 * @example
 * import { arbitrary, codecLaws } from 'graft-vision/laws'
 * import { decodeRecipe, encodeRecipe, Recipe, recipeSchema } from 'graft-vision'
 *
 * const laws = codecLaws({
 *   what: 'a recipe',
 *   codec: { decode: decodeRecipe, encode: encodeRecipe },
 *   eq: Recipe.eqRecipe,
 *   values: arbitrary.recipes,
 *   schema: recipeSchema
 * })
 * for (const law of laws) await law.check({ seed: 1, numRuns: 10 })
 *
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
      `${what} is written as JSON that text keeps`,
      fc.property(values, (a) => {
        const json = succeeded(codec.encode(a), 'writing')
        equal(through(json), json, 'the JSON after a text')
      })
    ),
    law(
      `${what} is read or refused with a place and a hint, whatever is given`,
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
            `${what} is read from whatever has its form, and then written and read the same`,
            fc.property(form, (json) => {
              const a = succeeded(codec.decode(json), 'reading')
              const again = pipe(a, codec.encode, E.chain(codec.decode))
              holds(E.isRight(again) && eq.equals(again.right, a), `it is read back as ${JSON.stringify(again)}`)
            })
          ),
          law(
            `${what} is refused with the key that it does not know`,
            fc.property(form, (json) => {
              if (typeof json !== 'object' || json === null || Array.isArray(json)) return
              const errors = refused(codec.decode({ ...json, unheardOf: 1 }), 'reading')
              holds(
                errors.some((e) => e.path.includes('unheardOf') || e._tag === 'BadValue'),
                `it speaks of ${errors.map((e) => e.path).join(', ')}`
              )
            })
          )
        ])
  ]
}

// -------------------------------------------------------------------------------------
// graft's own
// -------------------------------------------------------------------------------------

const plainLaws: ReadonlyArray<Law> = [
  ...codecLaws({
    what: 'a recipe',
    codec: { decode: decodeRecipe, encode: encodeRecipe },
    eq: Recipe.eqRecipe,
    values: recipes,
    schema: recipeSchema
  }),
  ...codecLaws({
    what: 'a data description',
    codec: { decode: decodeData, encode: encodeData },
    eq: eqValue(),
    values: dataSpecs,
    schema: dataSchema
  }),
  ...codecLaws({
    what: 'a layer',
    codec: { decode: decodeLayer, encode: encodeLayer },
    eq: eqLayer,
    values: networks.map((n) => n.network),
    schema: layerSchema
  }),
  ...codecLaws({
    what: 'an optimiser',
    codec: { decode: decodeOptimiser, encode: encodeOptimiser },
    eq: eqOptimiser,
    values: optimisers,
    schema: optimiserSchema
  }),
  ...codecLaws({
    what: 'a loss',
    codec: { decode: decodeLoss, encode: encodeLoss },
    eq: eqLoss,
    values: losses,
    schema: lossSchema
  })
]

const weights: { readonly [T in Weights['_tag']]: fc.Arbitrary<Weights> } = {
  FromScratch: fc.constant<Weights>({ _tag: 'FromScratch' }),
  Pretrained: fc.option(fc.constantFrom('tv_in1k', 'own')).map((tag): Weights => ({ _tag: 'Pretrained', tag })),
  FromFile: fc.constantFrom('w.safetensors', 'a/b.safetensors').map((file): Weights => ({ _tag: 'FromFile', file }))
}

const replacements = fc.array(
  fc.record({ path: fc.constantFrom('body.conv0', 'head.0'), layer: networks.map((n) => n.network) }),
  { maxLength: 1 }
)

/** Models of an architecture with every choice that can be written down. */
const written = (arch: Arch): fc.Arbitrary<Model> =>
  fc
    .record({ posed: modelsOf(fc.constant(arch)), from: fc.oneof(...Object.values(weights)), replacements })
    .map(({ posed: { model }, from, replacements: r }) => ({
      ...model,
      body: { ...model.body, weights: from },
      replacements: r
    }))

/** One law of codecs over models of whichever architecture is drawn. */
const modelLaws = (mine: Subject<Arch>): ReadonlyArray<Law> => {
  const of = (arch: Arch) =>
    codecLaws({
      what: 'a model',
      codec: modelCodec([arch]),
      eq: eqModel,
      values: written(arch),
      schema: modelSchema([arch])
    })
  if (!(mine instanceof fc.Arbitrary)) return of(mine)
  return [
    law(
      'a model is read back as it was written',
      fc.property(
        mine.chain((arch) => written(arch)),
        (model) => {
          const { encode, decode } = modelCodec([model.body.arch])
          const again = pipe(model, encode, E.map(through), E.chain(decode))
          holds(E.isRight(again) && eqModel.equals(again.right, model), `it is read back as ${JSON.stringify(again)}`)
        }
      )
    ),
    ...of(fc.sample(mine, { numRuns: 1, seed: 1 })[0]!).slice(1)
  ]
}

const opaqueLaw = (mine: Subject<Arch>): Law =>
  law(
    'a model with a function of the user is refused by its label',
    fc.property(drawn(mine), fc.stringMatching(/^[a-z]{1,8}$/), fc.boolean(), (arch, label, inCut) => {
      const model = inCut
        ? pipe(
            arch,
            cutBy(label, (network) => network),
            withHead(head())
          )
        : pipe(
            arch,
            cutBy('own', (network) => network),
            withHead(head()),
            splitBy(label, () => ['head'])
          )
      const errors = refused(modelCodec([arch]).encode(model), 'writing')
      const found = errors.filter((e) => e._tag === 'OpaqueFunction' && e.found.includes(`"${label}"`))
      equal(found.length, 1, `errors that name '${label}'`)
    })
  )

const safetensorsLaws: ReadonlyArray<Law> = [
  law(
    'tensors are read back as they were written, bit for bit',
    fc.property(safetensors, ({ tensors, metadata }) => {
      const bytes = succeeded(writeSafetensors(tensors, metadata), 'writing')
      const again = succeeded(readSafetensors(bytes), 'reading')
      equal([...again.tensors.keys()].sort(), [...tensors.keys()].sort(), 'names')
      for (const [name, tensor] of tensors) equal(again.tensors.get(name), tensor, name)
      equal(again.metadata, metadata, 'metadata')
    })
  ),
  law(
    'a file of tensors is refused by name wherever it is cut off, and with a byte too many',
    fc.property(safetensors, fc.nat(), fc.boolean(), ({ tensors, metadata }, at, longer) => {
      const bytes = succeeded(writeSafetensors(tensors, metadata), 'writing')
      const wrong = longer ? Uint8Array.from([...bytes, 0]) : bytes.slice(0, at % bytes.length)
      holds(refused(readSafetensors(wrong), 'reading').length > 0, 'refused without an error')
    })
  ),
  law(
    'a file of tensors with a changed byte is read or refused by name',
    fc.property(safetensors, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ tensors, metadata }, at, by) => {
      const bytes = succeeded(writeSafetensors(tensors, metadata), 'writing')
      const wrong = bytes.with(at % bytes.length, bytes[at % bytes.length]! ^ by)
      const again = readSafetensors(wrong)
      holds(E.isRight(again) || again.left.every((e) => e.hint !== ''), 'refused without a hint')
    })
  )
]

/**
 * What holds of graft's own codecs and formats; models are tried over every architecture, or yours.
 *
 * @example
 * import { formatLaws } from 'graft-vision/laws'
 * import { squeezenet1_1 } from 'graft-vision'
 *
 * for (const law of formatLaws(squeezenet1_1)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @since 0.1.0
 */
export const formatLaws = (mine: Subject<Arch> = archs): ReadonlyArray<Law> => [
  ...plainLaws,
  ...modelLaws(mine),
  opaqueLaw(mine),
  ...safetensorsLaws
]
