/**
 * `accuracyThresh`: the fraction of labels that are predicted correctly.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { above, type Threshold, thresholdOptions } from './labelCounts.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const accuracyThreshRecord = /*#__PURE__*/ metricRecord({
  word: 'accuracyThresh',
  name: 'accuracy_thresh',
  options: thresholdOptions(0.5),
  targets: 'labels',
  measures: 'the fraction of labels that are correctly above, or not above, the threshold',
  computed: ({ thresh, sigmoid }) =>
    averageState((batch) => {
      const predicted = above(batch, thresh, sigmoid)
      return predicted.filter((is, i) => is === (batch.targets[i] === 1)).length / predicted.length
    })
})

/**
 * The fraction of all labels of all samples that are correctly above, or not above, `thresh` (0.5) (fastai's
 * `accuracy_thresh`).
 *
 * @example
 * import { accuracyThresh, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([2, -1, 0, 3]), width: 2, targets: new Float32Array([1, 0, 1, 1]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(accuracyThresh())([batch]), { _tag: 'Right', right: 0.75 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const accuracyThresh = (options: Threshold = {}): Metric => metricOf(accuracyThreshRecord, options)
