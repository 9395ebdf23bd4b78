/**
 * `r2Score`: R².
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver, type Over, overEither, overOptions, squared, variance } from './pairs.js'

export const r2ScoreRecord = /*#__PURE__*/ metricRecord({
  word: 'r2Score',
  name: 'r2_score',
  options: overOptions,
  targets: 'numbers',
  measures: 'R²',
  computed: overEither((rows) => 1 - meanOver(rows, squared) / variance(rows, (_, t) => t))
})

/**
 * R²: 1 − Σ(target − output)²/Σ(target − mean target)²; 1 for a perfect prediction, 0 for predicting the mean.
 *
 * @example
 * import { evaluateMetric, r2Score } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(2, 2), width: 1, targets: Float32Array.of(1, 3), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(r2Score())([batch]), { _tag: 'Right', right: 0 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const r2Score = (options: Over = {}): Metric => metricOf(r2ScoreRecord, options)
