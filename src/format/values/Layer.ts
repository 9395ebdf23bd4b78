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
  type Child,
  type Combination,
  concat,
  constant,
  type Conv2d,
  foldLayer,
  icnr,
  type Init,
  isReparametrised,
  type Layer,
  type LayerField,
  layerKinds,
  type LayerNode,
  layerOf,
  normal,
  pair,
  type Primitive,
  product,
  type Reparametrised,
  sequential,
  sum,
  torchDefault,
  uniform,
  xavierUniform
} from '../../model/index.js'
import { eqValue } from '../../Value.js'
import { brief, codec } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type Schema, type TypeOf } from '../grammar/Grammar.js'

// -------------------------------------------------------------------------------------
// schemas
// -------------------------------------------------------------------------------------

const init = makeSchema((g) =>
  g.union(
    g.literal('torchDefault', 'xavierUniform'),
    g.keyed({
      kaimingNormal: g.literal('fanIn', 'fanOut'),
      kaimingUniform: g.literal('fanIn', 'fanOut'),
      uniform: g.number,
      normal: g.number,
      constant: g.number,
      icnr: g.whole(1)
    })
  )
)

const sides = <S>(g: Grammar<S>, min: number): HKT<S, number | readonly [number, number]> =>
  g.union(g.whole(min), g.pair(g.whole(min)))

type Tag = Primitive['_tag']
type FieldsOf<T extends Tag> = (typeof layerKinds)[T]['fields']

type ValueJson<F> = F extends { readonly _tag: 'Sides' }
  ? number | readonly [number, number]
  : F extends { readonly _tag: 'Flag' }
    ? boolean
    : F extends { readonly _tag: 'Init' }
      ? TypeOf<typeof init>
      : number

type RequiredOf<F> = { [K in keyof F]: F[K] extends { readonly default: null } ? K : never }[keyof F]

type FieldsJson<F> = { [K in RequiredOf<F>]: ValueJson<F[K]> } & {
  [K in Exclude<keyof F, RequiredOf<F>>]?: ValueJson<F[K]>
}

/** Layers that need no fields. */
type Bare = { [T in Tag]: RequiredOf<FieldsOf<T>> extends never ? Uncapitalize<T> : never }[Tag]

/** By name: the fields of a layer. A reparametrised convolution has those of the convolution. */
type Members = {
  [T in Tag as keyof FieldsOf<T> extends never ? never : Uncapitalize<T>]: FieldsJson<
    FieldsOf<T extends Reparametrised['_tag'] ? 'Conv2d' : T>
  >
}

const tags = Object.keys(layerKinds) as ReadonlyArray<Tag>

const nameOf = (tag: Tag): string => tag[0]!.toLowerCase() + tag.slice(1)

const tagByName: ReadonlyMap<string, Tag> = new Map(tags.map((tag) => [nameOf(tag), tag]))

const isHolder = (tag: Tag): tag is Reparametrised['_tag'] => tag === 'WeightNorm' || tag === 'SpectralNorm'

/** The fields that the JSON form has. */
const fieldsOf = (tag: Tag): ReadonlyArray<readonly [name: string, field: LayerField]> =>
  Object.entries<LayerField>(layerKinds[isHolder(tag) ? 'Conv2d' : tag].fields)

const valueOf = <S>(g: Grammar<S>, field: LayerField): HKT<S, unknown> => {
  switch (field._tag) {
    case 'Whole':
      return g.whole(field.min)
    case 'Sides':
      return sides(g, field.min)
    case 'Real':
      return g.number
    case 'Flag':
      return g.boolean
    case 'Init':
      return init(g)
    case 'Convolution':
      return members(g).conv2d
  }
}

const bareNames = tags
  .filter((tag) => fieldsOf(tag).every(([, field]) => field.default !== null))
  .map(nameOf) as unknown as readonly [Bare, ...ReadonlyArray<Bare>]

/** The fields of `keyed`, which TypeScript cannot follow from the table. */
const members = <S>(g: Grammar<S>): { readonly [K in keyof Members]: HKT<S, Members[K]> } => {
  const some = (tag: Tag, required: boolean): Readonly<Record<string, HKT<S, unknown>>> =>
    Object.fromEntries(
      fieldsOf(tag)
        .filter(([, field]) => (field.default === null) === required)
        .map(([name, field]) => [name, valueOf(g, field)])
    )
  return Object.fromEntries(
    tags
      .filter((tag) => fieldsOf(tag).length > 0)
      .map((tag) => [nameOf(tag), g.object(some(tag, true), some(tag, false))])
  ) as unknown as { readonly [K in keyof Members]: HKT<S, Members[K]> }
}

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
  | Bare
  | { [K in keyof Members]: Record<K, Members[K]> }[keyof Members]
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
    return g.union(
      g.literal(...bareNames),
      g.keyed<Members & { readonly [K in CombinationName]: ReadonlyArray<ChildJson> }>({
        ...members(g),
        ...byCombination(children)
      })
    )
  })
)

// -------------------------------------------------------------------------------------
// from JSON
// -------------------------------------------------------------------------------------

const initFrom = (json: TypeOf<typeof init>): Init =>
  json === 'torchDefault'
    ? torchDefault
    : json === 'xavierUniform'
      ? xavierUniform
      : 'uniform' in json
        ? uniform(json.uniform)
        : 'kaimingNormal' in json
          ? { _tag: 'KaimingNormal', mode: json.kaimingNormal }
          : 'kaimingUniform' in json
            ? { _tag: 'KaimingUniform', mode: json.kaimingUniform }
            : 'normal' in json
              ? normal(json.normal)
              : 'icnr' in json
                ? icnr(json.icnr)
                : constant(json.constant)

/** A layer from the fields of its JSON form, which the schema has checked. */
const primitiveFrom = (tag: Tag, json: Readonly<Record<string, unknown>>): Primitive => {
  if (isHolder(tag)) return { _tag: tag, layer: layerOf<Conv2d>('Conv2d', layerKinds.Conv2d.fields, given(tag, json)) }
  return layerOf<Exclude<Primitive, Reparametrised>>(tag, layerKinds[tag].fields, given(tag, json))
}

const given = (tag: Tag, json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    fieldsOf(tag).flatMap(([name, field]) => {
      const value = json[name]
      if (value === undefined) return []
      return [[name, field._tag === 'Init' ? initFrom(value as TypeOf<typeof init>) : value]]
    })
  )

const childFrom = (json: ChildJson): Child =>
  typeof json === 'object' && 'layer' in json
    ? { name: json.name, layer: layerFrom(json.layer) }
    : { name: null, layer: layerFrom(json) }

const combinations: { readonly [K in CombinationName]: (...parts: ReadonlyArray<Child>) => Layer } = {
  sequential,
  sum,
  product,
  concat
}

const isCombinationName = (name: string): name is CombinationName => Object.hasOwn(combinations, name)

/** The layer of a JSON form. */
export const layerFrom = (json: LayerJson): Layer => {
  if (typeof json === 'string') return primitiveFrom(tagByName.get(json)!, {})
  // the schema has checked that there is one key with its value
  const [name, value] = Object.entries(json)[0]! as [string, unknown]
  return isCombinationName(name)
    ? combinations[name](...(value as ReadonlyArray<ChildJson>).map(childFrom))
    : primitiveFrom(tagByName.get(name)!, value as Readonly<Record<string, unknown>>)
}

// -------------------------------------------------------------------------------------
// to JSON
// -------------------------------------------------------------------------------------

const initTo = (value: Init): TypeOf<typeof init> => {
  switch (value._tag) {
    case 'TorchDefault':
      return 'torchDefault'
    case 'XavierUniform':
      return 'xavierUniform'
    case 'Uniform':
      return { uniform: value.bound }
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

/** Whether a field has the value that it has by default. */
const isDefault = (layer: object, field: LayerField, value: unknown): boolean => {
  if (field.default === null) return false
  if (field._tag !== 'Sides') return eqValue<unknown>().equals(value, field.default)
  const byDefault =
    typeof field.default === 'number'
      ? pair(field.default)
      : (layer as Readonly<Record<string, unknown>>)[field.default.as]
  return eqValue<unknown>().equals(value, byDefault)
}

const fieldTo = (field: LayerField, value: unknown): unknown =>
  field._tag === 'Init'
    ? initTo(value as Init)
    : Array.isArray(value) && value[0] === value[1]
      ? (value as ReadonlyArray<unknown>)[0]
      : value

/** `short` omits options that equal the constructor's defaults; `full` omits initialisers. */
export type Detail = 'short' | 'full'

const primitiveTo = (primitive: Primitive, detail: Detail): unknown => {
  const layer = isReparametrised(primitive) ? primitive.layer : primitive
  const written = fieldsOf(primitive._tag).flatMap(([name, field]) => {
    const value = (layer as unknown as Readonly<Record<string, unknown>>)[name]
    const left = detail === 'full' ? field._tag === 'Init' : isDefault(layer, field, value)
    return left ? [] : [[name, fieldTo(field, value)] as const]
  })
  return brief(nameOf(primitive._tag), Object.fromEntries(written))
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
