/**
 * Curves as JSON: a number is a constant; the others have the constructor's name: `{ "cosine": [1, 0] }`,
 * `{ "concat": [{ "length": 3, "schedule": 1 }, { "length": 1, "schedule": { "linear": [1, 0] } }] }`.
 */
import type { HKT } from 'fp-ts/HKT.js'
import { Schedule as S } from '../../recipe/index.js'
import { type Grammar, makeSchema, type Schema } from '../grammar/Grammar.js'

type Ends = readonly [number, number]

/** A curve's JSON form. */
export type ScheduleJson =
  | number
  | { readonly linear: Ends }
  | { readonly cosine: Ends }
  | { readonly exponential: Ends }
  | { readonly polynomial: { readonly from: number; readonly to: number; readonly degree: number } }
  | { readonly concat: ReadonlyArray<{ readonly length: number; readonly schedule: ScheduleJson }> }
  | { readonly scale: { readonly factor: number; readonly schedule: ScheduleJson } }

const members = <G>(g: Grammar<G>, schedule: HKT<G, ScheduleJson>) => ({
  linear: g.pair(g.number),
  cosine: g.pair(g.number),
  exponential: g.pair(g.number),
  polynomial: g.object({ from: g.number, to: g.number, degree: g.number }, {}),
  concat: g.list(g.object({ length: g.number, schedule }, {})),
  scale: g.object({ factor: g.number, schedule }, {})
})

/** The schema of curves. */
export const scheduleSchema: Schema<ScheduleJson> = makeSchema(<G>(g: Grammar<G>): HKT<G, ScheduleJson> =>
  g.lazy('a schedule', () => g.union(g.number, g.keyed(members(g, scheduleSchema(g)))) as HKT<G, ScheduleJson>)
)

export const scheduleFrom = (json: ScheduleJson): S.Schedule => {
  if (typeof json === 'number') return S.constant(json)
  if ('linear' in json) return S.linear(...json.linear)
  if ('cosine' in json) return S.cosine(...json.cosine)
  if ('exponential' in json) return S.exponential(...json.exponential)
  if ('polynomial' in json) return S.polynomial(json.polynomial.from, json.polynomial.to, json.polynomial.degree)
  if ('scale' in json) return S.scale(json.scale.factor)(scheduleFrom(json.scale.schedule))
  return S.concat(...json.concat.map(({ length, schedule }) => [length, scheduleFrom(schedule)] as const))
}

export const scheduleTo: (s: S.Schedule) => unknown = S.foldSchedule<unknown>({
  Constant: ({ value }) => value,
  Linear: ({ from, to }) => ({ linear: [from, to] }),
  Cosine: ({ from, to }) => ({ cosine: [from, to] }),
  Exponential: ({ from, to }) => ({ exponential: [from, to] }),
  Polynomial: ({ from, to, degree }) => ({ polynomial: { from, to, degree } }),
  Concat: ({ parts }) => ({
    concat: parts.map(({ length, schedule }) => ({ length, schedule: scheduleTo(schedule) }))
  }),
  Scale: ({ factor, schedule }) => ({ scale: { factor, schedule: scheduleTo(schedule) } })
})
