/**
 * `accuracy`: the fraction of correct predictions.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { hits } from './hits.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const accuracyRecord = /*#__PURE__*/ metricRecord({
  word: 'accuracy',
  name: 'accuracy',
  options: {},
  targets: 'classes',
  measures: 'the fraction of samples whose largest output is the target’s',
  computed: () => averageState((batch) => hits(batch) / batch.n)
})

/**
 * The fraction of samples whose largest output is the target's; the first one of ties.
 *
 * @category metrics
 * @since 0.1.0
 */
export const accuracy: Metric = /*#__PURE__*/ metricOf(accuracyRecord, {})
