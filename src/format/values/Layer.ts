/**
 * Layers as JSON: `"relu"`, `{ "conv2d": { "inChannels": 3, "outChannels": 8, "kernelSize": 3 } }`; a combination has a
 * list of children, those with a name as `{ "name": "conv1", "layer": ... }`. Fields are those of the constructors.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { HKT } from 'fp-ts/HKT.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  batchNorm,
  blur,
  type Child,
  type Combination,
  concat,
  constant,
  type Conv2d,
  conv2d,
  dropout,
  flatten,
  foldLayer,
  icnr,
  identity,
  type Init,
  isReparametrised,
  type Layer,
  type LayerNode,
  leakyRelu,
  linear,
  maxPool2d,
  normal,
  padChannels,
  pixelShuffle,
  product,
  type Primitive,
  relu,
  relu6,
  type Reparametrised,
  resizeNearest,
  scale,
  selfAttention,
  sequential,
  sigmoid,
  sigmoidRange,
  spectralNorm,
  sum,
  tanh,
  torchDefault,
  weightNorm
} from '../../model/index.js'
import { codec, differing } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type Schema, type TypeOf } from '../grammar/Grammar.js'

// -------------------------------------------------------------------------------------
// schemas
// -------------------------------------------------------------------------------------

const init = makeSchema((g) =>
  g.union(
    g.literal('torchDefault'),
    g.keyed({
      kaimingNormal: g.literal('fanIn', 'fanOut'),
      kaimingUniform: g.literal('fanIn', 'fanOut'),
      normal: g.number,
      constant: g.number,
      icnr: g.whole(1)
    })
  )
)

const sides = <S>(g: Grammar<S>, min: number): HKT<S, number | readonly [number, number]> =>
  g.union(g.whole(min), g.pair(g.whole(min)))

const bare = <S>(g: Grammar<S>) => g.literal('relu', 'relu6', 'sigmoid', 'tanh', 'flatten', 'identity', 'blur')

const members = <S>(g: Grammar<S>) => {
  const inits = { weightInit: init(g), biasInit: init(g) }
  const pool = g.object({ outputSize: sides(g, 1) }, {})
  const conv = g.object(
    { inChannels: g.whole(1), outChannels: g.whole(1), kernelSize: sides(g, 1) },
    {
      stride: sides(g, 1),
      padding: sides(g, 0),
      dilation: sides(g, 1),
      groups: g.whole(1),
      bias: g.boolean,
      ...inits
    }
  )
  return {
    conv2d: conv,
    weightNorm: conv,
    spectralNorm: conv,
    linear: g.object({ inFeatures: g.whole(1), outFeatures: g.whole(1) }, { bias: g.boolean, ...inits }),
    batchNorm: g.object({ features: g.whole(1) }, { eps: g.number, momentum: g.number, ...inits }),
    maxPool2d: g.object(
      { kernelSize: sides(g, 1) },
      { stride: sides(g, 1), padding: sides(g, 0), ceilMode: g.boolean }
    ),
    avgPool2d: g.object({ kernelSize: sides(g, 1) }, { stride: sides(g, 1), ceilMode: g.boolean }),
    adaptiveAvgPool2d: pool,
    adaptiveMaxPool2d: pool,
    adaptiveConcatPool2d: pool,
    leakyRelu: g.object({ negativeSlope: g.number }, {}),
    sigmoidRange: g.object({ low: g.number, high: g.number }, {}),
    pixelShuffle: g.object({ scale: g.whole(1) }, {}),
    resizeNearest: pool,
    selfAttention: g.object({ channels: g.whole(1) }, {}),
    dropout: g.object({ p: g.number }, {}),
    scale: g.object({ factor: g.number }, {}),
    padChannels: g.object({ before: g.whole(0), after: g.whole(0) }, {})
  }
}

type Members = ReturnType<typeof members<unknown>>

type CombinationName = Uncapitalize<Combination['_tag']>

const byCombination = <A>(a: A): { readonly [K in CombinationName]: A } => ({
  sequential: a,
  sum: a,
  product: a,
  concat: a
})

/**
 * A layer's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type LayerJson =
  | TypeOf<typeof bare>
  | { [K in keyof Members]: Record<K, Members[K]['_A']> }[keyof Members]
  | { [K in CombinationName]: { readonly [N in K]: ReadonlyArray<ChildJson> } }[CombinationName]

/**
 * A child of a combination: a layer, or one with a name.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type ChildJson = LayerJson | { readonly name: string; readonly layer: LayerJson }

/**
 * The schema of layers.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.layerSchema)({ sequential: ['relu', 'flatten'] })._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const layerSchema: Schema<LayerJson> = makeSchema(<S>(g: Grammar<S>): HKT<S, LayerJson> =>
  g.lazy('a layer', () => {
    const children: HKT<S, ReadonlyArray<ChildJson>> = g.list(
      g.union(layerSchema(g), g.object({ name: g.string, layer: layerSchema(g) }, {}))
    )
    return g.union(bare(g), g.keyed({ ...members(g), ...byCombination(children) }))
  })
)

// -------------------------------------------------------------------------------------
// from JSON
// -------------------------------------------------------------------------------------

const initFrom = (json: TypeOf<typeof init>): Init =>
  json === 'torchDefault'
    ? torchDefault
    : 'kaimingNormal' in json
      ? { _tag: 'KaimingNormal', mode: json.kaimingNormal }
      : 'kaimingUniform' in json
        ? { _tag: 'KaimingUniform', mode: json.kaimingUniform }
        : 'normal' in json
          ? normal(json.normal)
          : 'icnr' in json
            ? icnr(json.icnr)
            : constant(json.constant)

type InitsJson = { readonly weightInit?: TypeOf<typeof init>; readonly biasInit?: TypeOf<typeof init> }

const withInits = <J extends InitsJson>({ weightInit, biasInit, ...rest }: J) => ({
  ...rest,
  ...(weightInit === undefined ? {} : { weightInit: initFrom(weightInit) }),
  ...(biasInit === undefined ? {} : { biasInit: initFrom(biasInit) })
})

type Name = Uncapitalize<Primitive['_tag']>

const bareLayers: Readonly<Record<TypeOf<typeof bare>, Primitive>> = {
  relu,
  relu6,
  sigmoid,
  tanh,
  flatten,
  identity,
  blur
} satisfies Record<Exclude<Name, keyof Members>, Primitive>

const convFrom = ({ inChannels, outChannels, kernelSize, ...options }: Members['conv2d']['_A']): Conv2d =>
  conv2d(inChannels, outChannels, kernelSize, withInits(options))

const childFrom = (json: ChildJson): Child =>
  typeof json === 'object' && 'layer' in json
    ? { name: json.name, layer: layerFrom(json.layer) }
    : { name: null, layer: layerFrom(json) }

type Fields = { readonly [K in keyof Members]: Members[K]['_A'] }

const withFields: { readonly [K in Exclude<Name, keyof typeof bareLayers>]: (fields: Fields[K]) => Primitive } = {
  conv2d: convFrom,
  weightNorm: (fields) => weightNorm(convFrom(fields)),
  spectralNorm: (fields) => spectralNorm(convFrom(fields)),
  linear: (fields) => linear(fields.inFeatures, fields.outFeatures, withInits(fields)),
  batchNorm: (fields) => batchNorm(fields.features, withInits(fields)),
  maxPool2d: (fields) => maxPool2d(fields.kernelSize, fields),
  avgPool2d: (fields) => avgPool2d(fields.kernelSize, fields),
  adaptiveAvgPool2d: ({ outputSize }) => adaptiveAvgPool2d(outputSize),
  adaptiveMaxPool2d: ({ outputSize }) => adaptiveMaxPool2d(outputSize),
  adaptiveConcatPool2d: ({ outputSize }) => adaptiveConcatPool2d(outputSize),
  leakyRelu: ({ negativeSlope }) => leakyRelu(negativeSlope),
  sigmoidRange: ({ low, high }) => sigmoidRange(low, high),
  pixelShuffle: (fields) => pixelShuffle(fields.scale),
  resizeNearest: ({ outputSize }) => resizeNearest(outputSize),
  selfAttention: ({ channels }) => selfAttention(channels),
  dropout: ({ p }) => dropout(p),
  scale: ({ factor }) => scale(factor),
  padChannels: ({ before, after }) => padChannels(before, after)
}

const combinations: { readonly [K in CombinationName]: (...parts: ReadonlyArray<Child>) => Layer } = {
  sequential,
  sum,
  product,
  concat
}

const isCombinationName = (name: string): name is CombinationName => Object.hasOwn(combinations, name)

/** The layer of a JSON form. */
export const layerFrom = (json: LayerJson): Layer => {
  if (typeof json === 'string') return bareLayers[json]
  // the schema has checked that there is one key with its value
  const [name, value] = Object.entries(json)[0]! as [CombinationName | keyof Members, unknown]
  return isCombinationName(name)
    ? combinations[name](...(value as ReadonlyArray<ChildJson>).map(childFrom))
    : (withFields[name] as (fields: unknown) => Primitive)(value)
}

// -------------------------------------------------------------------------------------
// to JSON
// -------------------------------------------------------------------------------------

const initTo = (value: Init): TypeOf<typeof init> => {
  switch (value._tag) {
    case 'TorchDefault':
      return 'torchDefault'
    case 'KaimingNormal':
      return { kaimingNormal: value.mode }
    case 'KaimingUniform':
      return { kaimingUniform: value.mode }
    case 'Normal':
      return { normal: value.std }
    case 'Constant':
      return { constant: value.value }
    case 'Icnr':
      return { icnr: value.scale }
  }
}

/** The layer that its constructor makes without options, and the constructor's required arguments; null: all fields. */
const withoutOptions = (layer: Exclude<Primitive, Reparametrised>) => {
  switch (layer._tag) {
    case 'Conv2d':
      return {
        required: ['inChannels', 'outChannels', 'kernelSize'],
        layer: conv2d(layer.inChannels, layer.outChannels, layer.kernelSize)
      }
    case 'Linear':
      return { required: ['inFeatures', 'outFeatures'], layer: linear(layer.inFeatures, layer.outFeatures) }
    case 'BatchNorm':
      return { required: ['features'], layer: batchNorm(layer.features) }
    case 'MaxPool2d':
      return { required: ['kernelSize'], layer: maxPool2d(layer.kernelSize) }
    case 'AvgPool2d':
      return { required: ['kernelSize'], layer: avgPool2d(layer.kernelSize) }
    case 'AdaptiveAvgPool2d':
    case 'AdaptiveMaxPool2d':
    case 'AdaptiveConcatPool2d':
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'PixelShuffle':
    case 'Blur':
    case 'ResizeNearest':
    case 'SelfAttention':
    case 'Flatten':
    case 'Identity':
    case 'Dropout':
    case 'Scale':
    case 'PadChannels':
      return null
  }
}

const fieldTo = (key: string, value: unknown): unknown =>
  key.endsWith('Init')
    ? initTo(value as Init)
    : Array.isArray(value) && value.length === 2 && value[0] === value[1]
      ? value[0]
      : value

/** `short` omits options that equal the constructor's defaults; `full` omits initialisers. */
export type Detail = 'short' | 'full'

const primitiveTo = (layer: Primitive, detail: Detail): unknown => {
  if (isReparametrised(layer)) {
    const [conv] = Object.values(primitiveTo(layer.layer, detail) as object) as ReadonlyArray<unknown>
    return { [layer._tag === 'WeightNorm' ? 'weightNorm' : 'spectralNorm']: conv }
  }
  const { _tag, ...fields } = layer
  const name = _tag[0]!.toLowerCase() + _tag.slice(1)
  const bare = withoutOptions(layer)
  const options = bare === null ? fields : differing(fields, bare.layer)
  const written = Object.entries(fields).filter(([key]) =>
    detail === 'full' ? !key.endsWith('Init') : bare?.required.includes(key) === true || key in options
  )
  return written.length === 0 ? name : { [name]: Object.fromEntries(written.map(([k, v]) => [k, fieldTo(k, v)])) }
}

const combined =
  (name: CombinationName) =>
  (parts: ReadonlyArray<unknown>, { layer }: LayerNode): unknown => ({
    [name]: layer.children.map((child, i) => (child.name === null ? parts[i] : { name: child.name, layer: parts[i] }))
  })

/** The JSON form of a layer. */
export const layerTo = (detail: Detail): ((layer: Layer) => unknown) =>
  foldLayer<unknown>({
    leaf: ({ layer }) => primitiveTo(layer, detail),
    sequential: combined('sequential'),
    sum: combined('sum'),
    product: combined('product'),
    concat: combined('concat')
  })

const layerCodec = codec({ schema: layerSchema, from: layerFrom, to: layerTo('short'), refusals: () => [] })

/**
 * Reads a layer; reports all mistakes with their JSON paths.
 *
 * @example
 * import { Format, nn } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const json = { sequential: [{ linear: { inFeatures: 4, outFeatures: 2 } }, 'relu'] }
 * assert.deepStrictEqual(Format.decodeLayer(json), E.right(nn.sequential(nn.linear(4, 2), nn.relu)))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeLayer: (u: unknown) => E.Either<FormatErrors, Layer> = layerCodec.decode

/**
 * Writes a layer without the defaults of its constructor. Numbers that are not finite are rejected.
 *
 * @example
 * import { Format, nn } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(
 *   Format.encodeLayer(nn.conv2d(3, 8, 3, { padding: 1 })),
 *   E.right({ conv2d: { inChannels: 3, outChannels: 8, kernelSize: 3, padding: 1 } })
 * )
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeLayer: (layer: Layer) => E.Either<FormatErrors, Json> = layerCodec.encode
