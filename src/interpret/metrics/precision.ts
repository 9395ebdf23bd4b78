/**
 * `precision`: the fraction of predictions of a class that are right.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { type Averaged, averagedOptions, averagedScore, precisions } from './averagedScore.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const precisionRecord = /*#__PURE__*/ metricRecord({
  word: 'precision',
  name: 'precision',
  options: averagedOptions,
  targets: 'classes',
  measures: 'the fraction of predictions of a class that are right',
  computed: (options) => averagedScore(precisions, options)
})

/**
 * Precision: the fraction of predictions of a class that are right; 0 for a class that is never predicted (NaN in
 * fastai's `Precision`).
 *
 * @example
 * import { evaluateMetric, precision } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(precision())([batch]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const precision = (options: Averaged = {}): Metric => metricOf(precisionRecord, options)
