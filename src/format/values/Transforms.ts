/**
 * Transforms as JSON: a list of records with their names, or the word `default` for `getTransforms()`.
 *
 *     [{ "transform": "cropPad", "row": [0, 1], "col": [0, 1] }, { "transform": "flipLr", "p": 0.5 }]
 *
 * @since 0.1.0
 */
import {
  fieldsOf,
  getTransforms,
  isPadded,
  type PaddingMode,
  type Transform as T,
  type TransformField,
  transformKinds,
  transformOf,
  valueOf
} from '../../data/index.js'
import { eqValue } from '../../Value.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

type Tag = T.Transform['_tag']
type Range = number | readonly [number, number]
type Named = Readonly<Record<string, Range>>

/** A transform's fields by its name; ranges as pairs. */
type Forms = {
  [K in Tag as Uncapitalize<K>]: {
    readonly [F in Exclude<keyof Extract<T.Transform, { readonly _tag: K }>, '_tag' | 'p' | 'padding'>]?: Range | Named
  } & { readonly p?: number; readonly padding?: PaddingMode }
}

const tags = Object.keys(transformKinds) as ReadonlyArray<Tag>

const nameOf = (tag: Tag): string => `${tag[0]!.toLowerCase()}${tag.slice(1)}`

const formOf = <S>(g: Grammar<S>, tag: Tag) => {
  const between = g.union(g.number, g.pair(g.number))
  const ofNamed = (names: ReadonlyArray<string>) =>
    g.union(between, g.object(Object.fromEntries(names.map((name) => [name, between])), {}))
  const forms = (given: boolean) =>
    Object.fromEntries(
      fieldsOf(tag)
        .filter(([, field]) => (field.default === null) === given)
        .map(([name, { values }]) => [name, typeof values === 'object' ? ofNamed(values) : between])
    )
  const padding = isPadded(tag) ? { padding: g.literal('reflection', 'border', 'zeros') } : {}
  return g.object(forms(true), { ...forms(false), ...padding, p: g.number })
}

const listSchema = makeSchema((g) =>
  g.list(
    g.tagged('transform')<Forms>(
      // TypeScript cannot follow the fields of a table into the grammar's words
      Object.fromEntries(tags.map((tag) => [nameOf(tag), formOf(g, tag)])) as never
    )
  )
)

export const transformsSchema = makeSchema((g) => g.union(g.literal('default'), listSchema(g)))

const isRange = (json: Range | Named): json is Range => typeof json === 'number' || Array.isArray(json)

type Json = TypeOf<typeof transformsSchema>
type One = Exclude<Json, 'default'>[number]

/** The value of a field: a range, or one for each name; a single range is that of every name. */
const valueFrom = (values: TransformField['values'], json: Range | Named): unknown => {
  if (typeof values !== 'object') return json
  return values.map((name) => (isRange(json) ? json : json[name]))
}

const transformFrom = ({ transform, p, padding, ...given }: One): T.Transform => {
  const tag = tags.find((one) => nameOf(one) === transform)!
  const fields = fieldsOf(tag).flatMap(([name, { values }]) => {
    const json = (given as Readonly<Record<string, Range | Named>>)[name]
    return json === undefined ? [] : [[name, valueFrom(values, json)] as const]
  })
  return transformOf(tag, {
    ...Object.fromEntries(fields),
    ...(p === undefined ? {} : { p }),
    ...(padding === undefined ? {} : { padding })
  })
}

export const transformsFrom = (json: Json): ReadonlyArray<T.Transform> =>
  json === 'default' ? getTransforms() : json.map(transformFrom)

const transformTo = (t: T.Transform): unknown => ({
  transform: nameOf(t._tag),
  ...Object.fromEntries(
    fieldsOf(t._tag).map(([name, { values }]) => {
      const value = valueOf(t, name)
      if (typeof values !== 'object') return [name, value]
      const all = value as ReadonlyArray<T.Between>
      const alike = all.every((one) => eqValue<T.Between>().equals(one, all[0]!))
      return [name, alike ? all[0] : Object.fromEntries(values.map((key, i) => [key, all[i]]))]
    })
  ),
  ...('padding' in t && t.padding !== undefined ? { padding: t.padding } : {}),
  p: t.p
})

export const transformsTo = (transforms: ReadonlyArray<T.Transform>): unknown =>
  eqValue<ReadonlyArray<T.Transform>>().equals(transforms, getTransforms()) ? 'default' : transforms.map(transformTo)
