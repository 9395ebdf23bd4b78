/**
 * `errorRate`: the fraction of wrong predictions.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { hits } from './hits.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const errorRateRecord = /*#__PURE__*/ metricRecord({
  word: 'errorRate',
  name: 'error_rate',
  options: {},
  targets: 'classes',
  measures: '1 − accuracy',
  computed: () => averageState((batch) => 1 - hits(batch) / batch.n)
})

/**
 * 1 − accuracy (fastai's `error_rate`).
 *
 * @category metrics
 * @since 0.1.0
 */
export const errorRate: Metric = /*#__PURE__*/ metricOf(errorRateRecord, {})
