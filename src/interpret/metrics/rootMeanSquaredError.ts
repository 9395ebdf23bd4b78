/**
 * `rootMeanSquaredError`: the root of the mean squared error.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver, type Over, overEither, overOptions, squared } from './pairs.js'

export const rootMeanSquaredErrorRecord = /*#__PURE__*/ metricRecord({
  word: 'rootMeanSquaredError',
  name: 'root_mean_squared_error',
  options: overOptions,
  targets: 'numbers',
  measures: 'the root of the mean squared error',
  computed: overEither((rows) => Math.sqrt(meanOver(rows, squared)))
})

/**
 * Root mean squared error (fastai's `RMSE`, and `root_mean_squared_error` over batches).
 *
 * @example
 * import { evaluateMetric, rootMeanSquaredError } from 'graft-vision'
 *
 * const of = (output: number) => ({ outputs: Float32Array.of(output), width: 1, targets: Float32Array.of(0), n: 1 })
 * const batches = [of(1), of(7)]
 * assert.deepStrictEqual(evaluateMetric(rootMeanSquaredError())(batches), { _tag: 'Right', right: 5 })
 * assert.deepStrictEqual(evaluateMetric(rootMeanSquaredError({ over: 'batch' }))(batches), { _tag: 'Right', right: 4 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const rootMeanSquaredError = (options: Over = {}): Metric => metricOf(rootMeanSquaredErrorRecord, options)
