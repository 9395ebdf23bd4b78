/**
 * `meanSquaredError`: the mean squared error.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver, squared } from './pairs.js'

export const meanSquaredErrorRecord = /*#__PURE__*/ metricRecord({
  word: 'meanSquaredError',
  name: 'mean_squared_error',
  options: {},
  targets: 'numbers',
  measures: 'the mean squared error',
  computed: () => averageState((batch) => meanOver(batch, squared))
})

/**
 * Mean squared error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanSquaredError: Metric = /*#__PURE__*/ metricOf(meanSquaredErrorRecord, {})
