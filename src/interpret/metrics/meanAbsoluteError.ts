/**
 * `meanAbsoluteError`: the mean absolute error.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver } from './pairs.js'

export const meanAbsoluteErrorRecord = /*#__PURE__*/ metricRecord({
  word: 'meanAbsoluteError',
  name: 'mean_absolute_error',
  options: {},
  targets: 'numbers',
  measures: 'the mean absolute error',
  computed: () => averageState((batch) => meanOver(batch, (o, t) => Math.abs(o - t)))
})

/**
 * Mean absolute error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanAbsoluteError: Metric = /*#__PURE__*/ metricOf(meanAbsoluteErrorRecord, {})
