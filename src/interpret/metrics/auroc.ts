/**
 * `auroc`: the area under the ROC curve of class 1.
 *
 * @since 0.1.0
 */
import { activate } from '../activation.js'
import { epochState, type Metric } from '../Metric.js'
import { aucRocScore } from '../ranking.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const aurocRecord = /*#__PURE__*/ metricRecord({
  word: 'auroc',
  name: 'auroc',
  options: {},
  targets: 'classes',
  least: () => 2,
  measures: 'the area under the ROC curve of class 1, for two classes',
  computed: () =>
    epochState(({ outputs, width, targets, n }) => {
      const probabilities = activate('softmax', width)(outputs)
      return aucRocScore(
        Array.from({ length: n }, (_, i) => probabilities[i * width + 1]!),
        targets
      )
    })
})

/**
 * `aucRocScore` of the probability of class 1 over the whole epoch, for two classes (fastai's `AUROC`).
 *
 * @example
 * import { auroc, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 1, 0]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(auroc)([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const auroc: Metric = /*#__PURE__*/ metricOf(aurocRecord, {})
