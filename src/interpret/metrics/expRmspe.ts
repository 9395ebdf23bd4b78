/**
 * `expRmspe`: the root mean squared percentage error of exponentials.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { meanOver, type Over, overEither, overOptions } from './pairs.js'

export const expRmspeRecord = /*#__PURE__*/ metricRecord({
  word: 'expRmspe',
  name: 'exp_rmspe',
  options: overOptions,
  targets: 'numbers',
  measures: 'the root mean squared percentage error of exponentials',
  computed: overEither((rows) => Math.sqrt(meanOver(rows, (o, t) => (1 - Math.exp(o - t)) ** 2)))
})

/**
 * Root mean squared percentage error of exponentials: the root of the mean of ((e^target − e^output)/e^target)².
 *
 * @example
 * import { evaluateMetric, expRmspe } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(0), width: 1, targets: Float32Array.of(0), n: 1 }
 * assert.deepStrictEqual(evaluateMetric(expRmspe())([batch]), { _tag: 'Right', right: 0 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const expRmspe = (options: Over = {}): Metric => metricOf(expRmspeRecord, options)
