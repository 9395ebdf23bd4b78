/**
 * Metrics as JSON: `"accuracy"`, `{ "topKAccuracy": { "k": 3 } }`, `{ "meanIou": { "codes": ["sky", "road"] } }`.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import type { HKT } from 'fp-ts/HKT.js'
import {
  type GivenOptions,
  type Metric,
  type MetricName,
  metricNamed,
  type MetricOption,
  metricRecords
} from '../../interpret/index.js'
import { brief, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

type Records = typeof metricRecords

/** By name: the options that are given. */
type OptionsByName = {
  [W in MetricName]: { [K in keyof GivenOptions<Records[W]['options']>]: GivenOptions<Records[W]['options']>[K] }
}

/** The metrics that need no options. */
type Bare = { [W in MetricName]: Partial<OptionsByName[W]> extends OptionsByName[W] ? W : never }[MetricName]

const names = Object.keys(metricRecords) as ReadonlyArray<MetricName>

const optionsOf = (name: MetricName): ReadonlyArray<readonly [key: string, option: MetricOption]> =>
  Object.entries(metricRecords[name].options)

const bareNames = names.filter((name) => optionsOf(name).every(([, option]) => option.default !== null))

/** @internal The names of the metrics that need no options. */
export const metricWords: ReadonlyArray<string> = bareNames

/** @internal The names of the metrics that need options. */
export const metricsWithOptions: ReadonlyArray<string> = names.filter((name) => !bareNames.includes(name))

const valueOf = <S>(g: Grammar<S>, option: MetricOption): HKT<S, unknown> => {
  switch (option._tag) {
    case 'Flag':
      return g.boolean
    case 'Whole':
      return g.whole(option.min)
    case 'Real':
      return g.number
    case 'OneOf':
      return g.literal(...option.values)
    case 'Name':
      return g.string
    case 'Names':
      return g.list(g.string)
  }
}

/** The fields of `keyed`, which TypeScript cannot follow from the table. */
const fields = <S>(g: Grammar<S>) => {
  const some = (name: MetricName, required: boolean): Readonly<Record<string, HKT<S, unknown>>> =>
    Object.fromEntries(
      optionsOf(name)
        .filter(([, option]) => (option.default === null) === required)
        .map(([key, option]) => [key, valueOf(g, option)])
    )
  return Object.fromEntries(names.map((name) => [name, g.object(some(name, true), some(name, false))])) as unknown as {
    readonly [W in MetricName]: HKT<S, OptionsByName[W]>
  }
}

/**
 * The schema of metrics.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.metricSchema)({ topKAccuracy: { k: 3 } })._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const metricSchema = makeSchema((g) =>
  g.union(
    g.literal(...(bareNames as unknown as readonly [Bare, ...ReadonlyArray<Bare>])),
    g.keyed<OptionsByName>(fields(g))
  )
)

/**
 * A metric's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type MetricJson = TypeOf<typeof metricSchema>

/** The schema has checked that the options belong to the metric. */
const metricFrom = (json: MetricJson): Metric => {
  if (typeof json === 'string') return metricNamed(json, {})
  const [[name, options]] = Object.entries(json) as [[MetricName, Readonly<Record<string, unknown>>]]
  return metricNamed(name, options)
}

const isName = (word: string): word is MetricName => Object.hasOwn(metricRecords, word)

const metricTo = ({ made }: Metric): unknown => {
  if (made === null) return null
  const defaults = isName(made.word) ? optionsOf(made.word).map(([key, option]) => [key, option.default]) : []
  return brief(made.word, differing(made.options, Object.fromEntries(defaults) as object))
}

const metricCodec = codec<MetricJson, Metric>({
  schema: metricSchema,
  from: metricFrom,
  to: metricTo,
  refusals: (m) =>
    m.made === null ? [refused('metric', 'a metric', m.f, "use one of graft's metrics, or pass it in a program")] : []
})

/**
 * Reads a metric.
 *
 * @example
 * import { Eq, Format, topKAccuracy } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const metric = Format.decodeMetric({ topKAccuracy: { k: 3 } })
 * assert.ok(E.isRight(metric) && Eq.metric.equals(metric.right, topKAccuracy({ k: 3 })))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeMetric: (u: unknown) => E.Either<FormatErrors, Metric> = metricCodec.decode

/**
 * Writes a metric, with options that differ from the defaults; a user-defined one is an error that names its label.
 *
 * @example
 * import { fbeta, Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.encodeMetric(fbeta({ beta: 1 })), E.right({ fbeta: { beta: 1 } }))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeMetric: (m: Metric) => E.Either<FormatErrors, Json> = metricCodec.encode
