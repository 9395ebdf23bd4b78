/**
 * Learning rates and weight decays as JSON: `1e-3`, `[1e-4, 1e-3]`, `{ "slice": [1e-5, 1e-3] }`.
 */
import { defaultRates, type Rates, slice } from '../../recipe/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

export const ratesSchema = makeSchema((g) =>
  g.union(g.number, g.list(g.number), g.keyed({ slice: g.union(g.number, g.pair(g.number)) }))
)

export const decaySchema = makeSchema((g) => g.union(g.number, g.list(g.number)))

export type RatesJson = TypeOf<typeof ratesSchema>

const isSlice = (json: RatesJson): json is Extract<RatesJson, { readonly slice: number | readonly [number, number] }> =>
  typeof json === 'object' && !Array.isArray(json)

export const ratesFrom = (json: RatesJson | undefined): Rates =>
  json === undefined
    ? defaultRates
    : !isSlice(json)
      ? json
      : typeof json.slice === 'number'
        ? slice(json.slice)
        : slice(...json.slice)

export const ratesTo = (value: Rates): unknown =>
  typeof value === 'object' && '_tag' in value
    ? { slice: value.start === null ? value.stop : [value.start, value.stop] }
    : value
