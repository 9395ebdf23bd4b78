/**
 * Models as JSON, as a person writes them: the architecture by name, and of the rest only what is chosen.
 *
 *     { "arch": "resnet18", "weights": "pretrained", "cut": -2, "head": { "linFtrs": [512], "ps": 0.5 },
 *       "split": ["body.layer3", "head"], "freeze": "body", "batchNorm": "trains",
 *       "replace": [{ "path": "body.relu", "layer": "tanh" }], "graft": 1 }
 *
 * Everything but `arch` may be left out and is then as in `pipe(arch, cut, withHead(head()))`.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  type Arch,
  batchNormPolicies,
  type Body,
  type Cut,
  customHead,
  defaultHead,
  defaultUnet,
  fileWeights,
  foldHead,
  type Freeze,
  freezeToGroup,
  fromScratchWeights,
  type Head,
  head,
  type Model,
  normTypes,
  nothingFrozen,
  ownCut,
  ownSplit,
  pretrainedWeights,
  unet,
  type Weights,
  wholeHead
} from '../../model/index.js'
import { type Codec, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { makeSchema, type Schema, type TypeOf } from '../grammar/Grammar.js'
import { layerFrom, layerSchema, layerTo } from './Layer.js'

// -------------------------------------------------------------------------------------
// parts
// -------------------------------------------------------------------------------------

type Words = readonly [string, ...ReadonlyArray<string>]

const weights = makeSchema((g) =>
  g.union(g.literal('scratch', 'pretrained'), g.keyed({ pretrained: g.string, file: g.string }))
)

const weightsFrom = (json: TypeOf<typeof weights>): Weights =>
  json === 'scratch'
    ? fromScratchWeights
    : json === 'pretrained'
      ? pretrainedWeights()
      : 'file' in json
        ? fileWeights(json.file)
        : pretrainedWeights(json.pretrained)

const weightsTo = (value: Weights): unknown =>
  value._tag === 'FromScratch'
    ? 'scratch'
    : value._tag === 'FromFile'
      ? { file: value.file }
      : value.tag === null
        ? 'pretrained'
        : { pretrained: value.tag }

// `{ "at": ... }` is for children that happen to be named own or none
const cut = makeSchema((g) =>
  g.union(g.whole(-Infinity), g.string, g.keyed({ at: g.union(g.whole(-Infinity), g.string) }))
)

const cutFrom = (json: TypeOf<typeof cut>): Cut =>
  json === 'own'
    ? ownCut
    : json === 'none'
      ? { _tag: 'NoCut' }
      : { _tag: 'CutAt', at: typeof json === 'object' ? json.at : json }

const cutTo = (value: Cut): unknown => {
  switch (value._tag) {
    case 'OwnCut':
      return 'own'
    case 'NoCut':
      return 'none'
    case 'CutAt':
      return value.at === 'own' || value.at === 'none' ? { at: value.at } : value.at
    case 'CutBy':
      return null
  }
}

const unetSchema = makeSchema((g) =>
  g.object(
    {},
    {
      blur: g.boolean,
      blurFinal: g.boolean,
      normType: g.literal(...normTypes),
      selfAttention: g.boolean,
      yRange: g.pair(g.number),
      lastCross: g.boolean,
      bottle: g.boolean
    }
  )
)

const headSchema = makeSchema((g) =>
  g.union(
    g.object(
      {},
      {
        linFtrs: g.list(g.whole(1)),
        ps: g.union(g.number, g.list(g.number)),
        concatPool: g.boolean,
        pool: g.literal('classToken', 'mean', 'both'),
        bnFinal: g.boolean,
        init: g.literal('kaimingNormal', 'torchDefault')
      }
    ),
    g.object({ network: layerSchema(g) }, {}),
    g.object({ unet: unetSchema(g) }, {}),
    g.literal('whole')
  )
)

const headFrom = (json: TypeOf<typeof headSchema>): Head =>
  json === 'whole'
    ? wholeHead
    : 'network' in json
      ? customHead(layerFrom(json.network))
      : 'unet' in json
        ? unet(json.unet)
        : head(json)

const headTo = (value: Head): unknown =>
  foldHead<unknown>(
    (options) => differing(options, { ...defaultHead, _tag: 'LinearHead' }),
    (network) => ({ network: layerTo('short')(network) }),
    (options) => ({ unet: differing(options, { ...defaultUnet, _tag: 'UnetHead' }) }),
    () => 'whole'
  )(value)

export const freezeSchema = makeSchema((g) => g.union(g.literal('body'), g.whole(-Infinity)))

export const freezeFrom = (json: TypeOf<typeof freezeSchema>): Freeze =>
  json === 'body' ? { _tag: 'FreezeBody' } : freezeToGroup(json)

export const freezeTo = (value: Freeze): unknown => (value._tag === 'FreezeBody' ? 'body' : value.n)

export const policySchema = makeSchema((g) => g.literal('trains', 'statisticsOnly', 'inference'))

// -------------------------------------------------------------------------------------
// the whole
// -------------------------------------------------------------------------------------

const modelForm = (catalogue: ReadonlyArray<Arch>) => {
  const names = catalogue.map((arch) => arch.name) as unknown as Words
  return makeSchema((g) =>
    g.object(
      { arch: g.literal(...names) },
      {
        graft: g.literal(1),
        weights: weights(g),
        cut: cut(g),
        head: headSchema(g),
        split: g.union(g.literal('own'), g.list(g.string)),
        freeze: freezeSchema(g),
        batchNorm: policySchema(g),
        replace: g.list(g.object({ path: g.string, layer: layerSchema(g) }, {}))
      }
    )
  )
}

/**
 * A model's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type ModelJson = TypeOf<ReturnType<typeof modelForm>>

/**
 * The schema of models with the given architectures.
 *
 * @example
 * import { catalogue, Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.modelSchema(catalogue))({ arch: 'resnet18' })._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const modelSchema: (catalogue: ReadonlyArray<Arch>) => Schema<ModelJson> = modelForm

const modelFrom =
  (catalogue: ReadonlyArray<Arch>) =>
  (json: ModelJson): Model => {
    // the schema accepts only names of the catalogue
    const arch = catalogue.find(({ name }) => name === json.arch)!
    const body: Body = {
      _tag: 'Body',
      arch,
      cut: json.cut === undefined ? ownCut : cutFrom(json.cut),
      weights: json.weights === undefined ? arch.weights : weightsFrom(json.weights)
    }
    return {
      _tag: 'Model',
      body,
      head: headFrom(json.head ?? {}),
      split: json.split === undefined || json.split === 'own' ? ownSplit : { _tag: 'SplitOn', starts: json.split },
      freeze: json.freeze === undefined ? nothingFrozen : freezeFrom(json.freeze),
      batchNorm: json.batchNorm ?? 'trains',
      replacements: (json.replace ?? []).map(({ path, layer }) => ({ path, layer: layerFrom(layer) }))
    }
  }

const isScratch = (value: Weights): boolean => value._tag === 'FromScratch'

const modelTo = ({ body, head: h, split, freeze, batchNorm, replacements }: Model): unknown => {
  const written = headTo(h)
  const isDefault = typeof written === 'object' && Object.keys(written as object).length === 0
  return {
    arch: body.arch.name,
    ...(isScratch(body.weights) && isScratch(body.arch.weights) ? {} : { weights: weightsTo(body.weights) }),
    ...(body.cut._tag === 'OwnCut' ? {} : { cut: cutTo(body.cut) }),
    ...(isDefault ? {} : { head: written }),
    ...(split._tag === 'SplitOn' ? { split: split.starts } : {}),
    ...(freeze._tag === 'FreezeTo' && freeze.n === 0 ? {} : { freeze: freezeTo(freeze) }),
    ...(batchNorm === batchNormPolicies[0] ? {} : { batchNorm }),
    ...(replacements.length === 0
      ? {}
      : { replace: replacements.map(({ path, layer }) => ({ path, layer: layerTo('short')(layer) })) })
  }
}

/**
 * The codec of models with the given architectures.
 *
 * @example
 * import { catalogue, cut, Format, head, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const { decode, encode } = Format.modelCodec(catalogue)
 * const model = pipe(resnet18, cut, withHead(head({ ps: 0.2 })))
 * assert.deepStrictEqual(pipe(model, encode, E.chain(decode)), E.right(model))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const modelCodec = (catalogue: ReadonlyArray<Arch>): Codec<Model> =>
  codec({
    schema: modelSchema(catalogue),
    from: modelFrom(catalogue),
    to: modelTo,
    refusals: ({ body, split }) => [
      ...(body.cut._tag === 'CutBy'
        ? [
            refused(
              'cut',
              'a cut',
              body.cut.f,
              'use cutAt, or export the trained model, which contains the cut network'
            )
          ]
        : []),
      ...(split._tag === 'SplitBy'
        ? [refused('split', 'a split', split.f, 'use splitOn, or export the trained model, which contains the groups')]
        : [])
    ]
  })

/**
 * Reads a model; `catalogue` has the architectures that its `arch` may name. Reports all mistakes with their JSON
 * paths.
 *
 * @example
 * import { catalogue, Format } from 'graft-vision'
 *
 * const decoded = Format.decodeModel(catalogue)({ arch: 'resnet', head: { lin_ftrs: [512] } })
 * assert.deepStrictEqual(
 *   decoded._tag === 'Left' && decoded.left.map((e) => [e.path, e.hint]),
 *   [['arch', 'write "resnet18"'], ['head.lin_ftrs', 'write "linFtrs"']]
 * )
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeModel = (catalogue: ReadonlyArray<Arch>): ((u: unknown) => E.Either<FormatErrors, Model>) =>
  modelCodec(catalogue).decode

/**
 * Writes a model without default values. A cut or split by a function is an error that names its label. The
 * architecture is written by name, so reading needs a catalogue that contains it; weights chosen before the cut are
 * those of the body.
 *
 * @example
 * import { cutAt, Format, freezeBody, head, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cutAt(-2), withHead(head({ ps: 0.2 })), freezeBody)
 * assert.deepStrictEqual(Format.encodeModel(model), E.right({ arch: 'resnet18', cut: -2, head: { ps: 0.2 }, freeze: 'body' }))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeModel = (model: Model): E.Either<FormatErrors, Json> => modelCodec([model.body.arch]).encode(model)
