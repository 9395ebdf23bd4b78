/**
 * `recall`: the fraction of a class that is predicted.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { type Averaged, averagedOptions, averagedScore, recalls } from './averagedScore.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const recallRecord = /*#__PURE__*/ metricRecord({
  word: 'recall',
  name: 'recall',
  options: averagedOptions,
  targets: 'classes',
  measures: 'the fraction of a class that is predicted',
  computed: (options) => averagedScore(recalls, options)
})

/**
 * Recall: the fraction of a class that is predicted; 0 for a class without samples (NaN in fastai's `Recall`).
 *
 * @example
 * import { evaluateMetric, recall } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(recall())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const recall = (options: Averaged = {}): Metric => metricOf(recallRecord, options)
