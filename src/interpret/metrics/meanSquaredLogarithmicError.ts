/**
 * `meanSquaredLogarithmicError`: the mean of (ln(1 + output) − ln(1 + target))².
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver, squared } from './pairs.js'

export const meanSquaredLogarithmicErrorRecord = /*#__PURE__*/ metricRecord({
  word: 'meanSquaredLogarithmicError',
  name: 'mean_squared_logarithmic_error',
  options: {},
  targets: 'numbers',
  measures: 'the mean of (ln(1 + output) − ln(1 + target))²',
  computed: () => averageState((batch) => meanOver(batch, (o, t) => squared(Math.log1p(o), Math.log1p(t))))
})

/**
 * Mean of (ln(1 + output) − ln(1 + target))², for numbers above −1.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanSquaredLogarithmicError: Metric = /*#__PURE__*/ metricOf(meanSquaredLogarithmicErrorRecord, {})
