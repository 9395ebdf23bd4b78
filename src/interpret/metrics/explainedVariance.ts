/**
 * `explainedVariance`: 1 − Var(target − output)/Var(target).
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { type Over, overEither, overOptions, variance } from './pairs.js'

export const explainedVarianceRecord = /*#__PURE__*/ metricRecord({
  word: 'explainedVariance',
  name: 'explained_variance',
  options: overOptions,
  targets: 'numbers',
  measures: '1 − Var(target − output)/Var(target)',
  computed: overEither((rows) => 1 - variance(rows, (o, t) => t - o) / variance(rows, (_, t) => t))
})

/**
 * Explained variance: 1 − Var(target − output)/Var(target); a constant error does not matter.
 *
 * @example
 * import { evaluateMetric, explainedVariance } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(2, 4), width: 1, targets: Float32Array.of(1, 3), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(explainedVariance())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const explainedVariance = (options: Over = {}): Metric => metricOf(explainedVarianceRecord, options)
