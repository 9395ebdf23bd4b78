/**
 * Metrics as JSON: `"accuracy"`, `{ "topKAccuracy": { "k": 3 } }`, `{ "meanIou": { "codes": ["sky", "road"] } }`.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  accuracy,
  accuracyThresh,
  auroc,
  dice,
  errorRate,
  explainedVariance,
  expRmspe,
  fbeta,
  fbetaScore,
  foregroundAccuracy,
  kappaScore,
  matthewsCorrcoef,
  meanAbsoluteError,
  meanIou,
  meanSquaredError,
  meanSquaredLogarithmicError,
  type Metric,
  type MetricWord,
  multiLabelFbeta,
  precision,
  r2Score,
  recall,
  rootMeanSquaredError,
  topKAccuracy
} from '../../interpret/index.js'
import { brief, codec, differing, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

const plain = {
  accuracy,
  errorRate,
  matthewsCorrcoef,
  auroc,
  meanSquaredError,
  meanAbsoluteError,
  meanSquaredLogarithmicError
} as const

/** Metrics whose options all have defaults. */
const defaulted = {
  topKAccuracy,
  accuracyThresh,
  fbeta,
  multiLabelFbeta,
  dice,
  precision,
  recall,
  fbetaScore,
  kappaScore,
  rootMeanSquaredError,
  expRmspe,
  r2Score,
  explainedVariance
} as const

const optionsOf = <S>(g: Grammar<S>) => {
  const threshold = { thresh: g.number, sigmoid: g.boolean }
  const scores = { beta: g.number, eps: g.number }
  const averaged = {
    average: g.literal('binary', 'class', 'micro', 'macro', 'weighted'),
    posLabel: g.whole(0)
  }
  const over = g.object({}, { over: g.literal('epoch', 'batch') })
  return {
    topKAccuracy: g.object({}, { k: g.whole(1) }),
    accuracyThresh: g.object({}, threshold),
    fbeta: g.object({}, { ...threshold, ...scores }),
    multiLabelFbeta: g.object({}, { ...threshold, ...scores, average: g.literal('micro', 'macro', 'weighted') }),
    dice: g.object({}, { iou: g.boolean }),
    precision: g.object({}, averaged),
    recall: g.object({}, averaged),
    fbetaScore: g.object({}, { ...averaged, beta: g.number }),
    kappaScore: g.object({}, { weights: g.literal('none', 'linear', 'quadratic') }),
    rootMeanSquaredError: over,
    expRmspe: over,
    r2Score: over,
    explainedVariance: over
  }
}

type Plain = keyof typeof plain
type Defaulted = keyof typeof defaulted
type Word = Plain | Defaulted

const words = [...Object.keys(plain), ...Object.keys(defaulted)] as unknown as readonly [Word, ...ReadonlyArray<Word>]

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
    g.literal(...words),
    g.keyed({
      ...optionsOf(g),
      // -1: pixels that are ignored anyway
      foregroundAccuracy: g.object({ voidCode: g.whole(-1) }, {}),
      meanIou: g.object({ codes: g.list(g.string) }, {})
    })
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
const made = (word: string, options: MetricWord['options']): Metric =>
  (defaulted as unknown as Readonly<Record<string, (options: MetricWord['options']) => Metric>>)[word]!(options)

const isPlain = (word: Word): word is Plain => Object.hasOwn(plain, word)

const metricFrom = (json: MetricJson): Metric => {
  if (typeof json === 'string') return isPlain(json) ? plain[json] : defaulted[json]()
  if ('meanIou' in json) return meanIou(json.meanIou.codes)
  if ('foregroundAccuracy' in json) return foregroundAccuracy(json.foregroundAccuracy.voidCode)
  const [[word, options]] = Object.entries(json) as [[string, MetricWord['options']]]
  return made(word, options)
}

const metricTo = ({ made: by }: Metric): unknown => {
  if (by === null) return null
  const usual = Object.hasOwn(defaulted, by.word) ? made(by.word, {}).made!.options : {}
  return brief(by.word, differing(by.options, usual))
}

const metricCodec = codec<MetricJson, Metric>({
  schema: metricSchema,
  from: metricFrom,
  to: metricTo,
  refusals: (m) =>
    m.made === null ? [refused('metric', 'a metric', m.f, 'use one of graft, or give it in a program')] : []
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
