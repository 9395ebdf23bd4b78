/**
 * Transforms as JSON: a list of records with their names, or the word `default` for `getTransforms()`.
 *
 *     [{ "transform": "cropPad", "row": [0, 1], "col": [0, 1] }, { "transform": "flipLr", "p": 0.5 }]
 *
 * @since 0.1.0
 */
import { getTransforms, Transform as T } from '../../data/index.js'
import { eqValue } from '../../Value.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

const listSchema = makeSchema((g) => {
  const between = g.union(g.number, g.pair(g.number))
  const p = { p: g.number }
  const placed = { row: between, col: between, ...p }
  return g.list(
    g.tagged('transform')({
      cropPad: g.object({}, placed),
      flipLr: g.object({}, p),
      dihedral: g.object({}, { k: between, ...p }),
      dihedralAffine: g.object({}, { k: between, ...p }),
      rotate: g.object({ degrees: between }, p),
      zoom: g.object({ scale: between }, placed),
      squish: g.object({ scale: between }, placed),
      symmetricWarp: g.object(
        { magnitude: g.union(between, g.object({ right: between, left: between, bottom: between, top: between }, {})) },
        p
      ),
      tilt: g.object({ direction: between, magnitude: between }, p),
      skew: g.object({ direction: between, magnitude: between }, p),
      brightness: g.object({ change: between }, p),
      contrast: g.object({ scale: between }, p)
    })
  )
})

export const transformsSchema = makeSchema((g) => g.union(g.literal('default'), listSchema(g)))

type Json = TypeOf<typeof transformsSchema>
type One = Exclude<Json, 'default'>[number]

const transformFrom = (json: One): T.Transform => {
  switch (json.transform) {
    case 'cropPad': {
      const { transform: _, p, ...at } = json
      return T.cropPad(at, p)
    }
    case 'flipLr':
      return T.flipLr(json.p)
    case 'dihedral':
      return T.dihedral(json.k, json.p)
    case 'dihedralAffine':
      return T.dihedralAffine(json.k, json.p)
    case 'rotate':
      return T.rotate(json.degrees, json.p)
    case 'zoom':
    case 'squish': {
      const { transform, p, scale, ...at } = json
      return T[transform](scale, at, p)
    }
    case 'symmetricWarp': {
      const { magnitude: m, p } = json
      return T.symmetricWarp(typeof m === 'object' && 'right' in m ? [m.right, m.left, m.bottom, m.top] : m, p)
    }
    case 'tilt':
    case 'skew':
      return T[json.transform](json.direction, json.magnitude, json.p)
    case 'brightness':
      return T.brightness(json.change, json.p)
    case 'contrast':
      return T.contrast(json.scale, json.p)
  }
}

export const transformsFrom = (json: Json): ReadonlyArray<T.Transform> =>
  json === 'default' ? getTransforms() : json.map(transformFrom)

const transformTo = (t: T.Transform): unknown => {
  const { _tag, ...fields } = t
  const named = { transform: `${_tag[0]!.toLowerCase()}${_tag.slice(1)}`, ...fields }
  if (t._tag !== 'SymmetricWarp') return named
  const [right, left, bottom, top] = t.magnitude
  const alike = [left, bottom, top].every((m) => eqValue<T.Between>().equals(m, right))
  return { ...named, magnitude: alike ? right : { right, left, bottom, top } }
}

export const transformsTo = (transforms: ReadonlyArray<T.Transform>): unknown =>
  eqValue<ReadonlyArray<T.Transform>>().equals(transforms, getTransforms()) ? 'default' : transforms.map(transformTo)
