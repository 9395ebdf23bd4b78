/**
 * `balancedAccuracy`: accuracy in which every class counts the same.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { recalls } from './averagedScore.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { overMatrix, rowSums, sum } from './overMatrix.js'

export const balancedAccuracyRecord = /*#__PURE__*/ metricRecord({
  word: 'balancedAccuracy',
  name: 'balanced_accuracy',
  options: {},
  targets: 'classes',
  measures: 'the mean recall of the classes that occur',
  computed: () =>
    overMatrix((matrix) => {
      const occurring = rowSums(matrix)
      const each = recalls(matrix).filter((_, c) => occurring[c]! > 0)
      return sum(each) / each.length
    })
})

/**
 * Balanced accuracy: the mean recall of the classes that occur, for classes of unequal size (scikit-learn's
 * `balanced_accuracy_score`). `recall({ average: 'macro' })` also counts classes that do not occur, as 0. NaN without
 * samples.
 *
 * @example
 * import { balancedAccuracy, evaluateMetric } from 'graft-vision'
 *
 * // three of class 0, all predicted; one of class 1, missed; none of class 2
 * const outputs = new Float32Array([1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0])
 * const batch = { outputs, width: 3, targets: new Int32Array([0, 0, 0, 1]), n: 4 }
 * assert.deepStrictEqual(evaluateMetric(balancedAccuracy)([batch]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const balancedAccuracy: Metric = /*#__PURE__*/ metricOf(balancedAccuracyRecord, {})
