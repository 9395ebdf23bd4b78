/**
 * Laws of graft's own codecs and formats: recipes, data, layers, models, tensors.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Eq from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  dataSchema,
  decodeData,
  decodeLayer,
  decodeLoss,
  decodeOptimiser,
  decodeRecipe,
  decodeResolvedModel,
  encodeData,
  encodeLayer,
  encodeLoss,
  encodeOptimiser,
  encodeRecipe,
  encodeResolvedModel,
  layerSchema,
  lossSchema,
  modelCodec,
  modelSchema,
  optimiserSchema,
  readSafetensors,
  recipeSchema,
  type ResolvedModel,
  resolvedModel,
  resolvedModelSchema,
  writeSafetensors
} from '../src/format/index.js'
import {
  type Arch,
  cutBy,
  eqLayer,
  eqModel,
  head,
  isReparametrised,
  kindOf,
  mapLeaves,
  type Model,
  type Primitive,
  splitBy,
  type Weights,
  withHead
} from '../src/model/index.js'
import { eqLoss, eqOptimiser, Recipe } from '../src/recipe/index.js'
import { eqValue } from '../src/Value.js'
import { archs } from './arbitrary/archs.js'
import { dataSpecs, decodings } from './arbitrary/dataSpecs.js'
import { modelsOf } from './arbitrary/models.js'
import { networks } from './arbitrary/network.js'
import { losses, optimisers } from './arbitrary/optimisers.js'
import { recipes } from './arbitrary/recipes.js'
import { safetensors } from './arbitrary/safetensors.js'
import { equal, holds, refused, succeeded } from './claim.js'
import { codecLaws, through } from './codec.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { planned } from './planning.js'

const sides = fc.integer({ min: 1, max: 512 })

/** Models as they are saved: planned, with their preprocessing. */
const resolved: fc.Arbitrary<ResolvedModel> = fc
  .record({
    posed: modelsOf(archs),
    loss: losses,
    resize: fc.constantFrom('crop', 'squish', 'pad'),
    size: fc.oneof(sides, fc.tuple(sides, sides)),
    decoding: decodings,
    stats: fc.option(fc.constant({ mean: [0.5, 0.25, 0], std: [1, 0.5, 0.125] }))
  })
  .map(({ posed: { model, how }, loss, ...preprocessing }) =>
    succeeded(resolvedModel({ input: model.body.arch.input, preprocessing, loss })(planned(how, model)), 'resolving')
  )

/** Initialisers are not written, because the weights accompany the model. */
const startless = mapLeaves(({ layer }) =>
  isReparametrised(layer) ? { ...layer, layer: withoutInits(layer.layer) } : withoutInits(layer)
)

const withoutInits = <P extends Primitive>(layer: P): P => ({
  ...layer,
  ...Object.fromEntries(
    Object.entries(kindOf(layer).fields).flatMap(([name, field]) => (field._tag === 'Init' ? [[name, null]] : []))
  )
})

const eqResolved: Eq.Eq<ResolvedModel> = Eq.contramap((r: ResolvedModel) => ({
  ...r,
  body: startless(r.body),
  head: r.head === null ? null : startless(r.head)
}))(eqValue())

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
  }),
  ...codecLaws({
    what: 'a resolved model',
    codec: {
      decode: (u) =>
        pipe(
          decodeResolvedModel(u),
          E.map(({ model }) => model)
        ),
      encode: encodeResolvedModel('0.1.0')
    },
    eq: eqResolved,
    values: resolved,
    schema: resolvedModelSchema
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

/** Models of an architecture with every choice that can be written. */
const written = (arch: Arch): fc.Arbitrary<Model> =>
  fc
    .record({ posed: modelsOf(fc.constant(arch)), from: fc.oneof(...Object.values(weights)), replacements })
    .map(({ posed: { model }, from, replacements: r }) => ({
      ...model,
      body: { ...model.body, weights: from },
      replacements: r
    }))

/** The laws of the codec of models, for any architecture drawn. */
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
    'a model with a user-defined function is an error that names its label',
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
    'a file of tensors is a named error when truncated anywhere or extended by a byte',
    fc.property(safetensors, fc.nat(), fc.boolean(), ({ tensors, metadata }, at, longer) => {
      const bytes = succeeded(writeSafetensors(tensors, metadata), 'writing')
      const wrong = longer ? Uint8Array.from([...bytes, 0]) : bytes.slice(0, at % bytes.length)
      holds(refused(readSafetensors(wrong), 'reading').length > 0, 'refused without an error')
    })
  ),
  law(
    'a file of tensors with a changed byte is read or is a named error',
    fc.property(safetensors, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ tensors, metadata }, at, by) => {
      const bytes = succeeded(writeSafetensors(tensors, metadata), 'writing')
      const wrong = bytes.with(at % bytes.length, bytes[at % bytes.length]! ^ by)
      const again = readSafetensors(wrong)
      holds(E.isRight(again) || again.left.every((e) => e.hint !== ''), 'refused without a hint')
    })
  )
]

/**
 * The laws of graft's own codecs and formats; models are tested with every architecture, or with yours.
 *
 * @example
 * import { formatLaws } from 'graft-vision/laws'
 * import { squeezenet1_1 } from 'graft-vision'
 *
 * for (const law of formatLaws(squeezenet1_1)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @category laws
 * @since 0.1.0
 */
export const formatLaws = (mine: Subject<Arch> = archs): ReadonlyArray<Law> => [
  ...plainLaws,
  ...modelLaws(mine),
  opaqueLaw(mine),
  ...safetensorsLaws
]
