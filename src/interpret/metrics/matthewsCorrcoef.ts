/**
 * `matthewsCorrcoef`: the correlation of predictions and targets.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { columnSums, diagonal, dot, overMatrix, rowSums, sum } from './overMatrix.js'

export const matthewsCorrcoefRecord = /*#__PURE__*/ metricRecord({
  word: 'matthewsCorrcoef',
  name: 'matthews_corrcoef',
  options: {},
  targets: 'classes',
  measures: 'Matthews correlation coefficient',
  computed: () =>
    overMatrix((matrix) => {
      const [there, taken] = [rowSums(matrix), columnSums(matrix)]
      const n = sum(there)
      const spread = (counts: ReadonlyArray<number>): number => n ** 2 - dot(counts, counts)
      return (sum(diagonal(matrix)) * n - dot(there, taken)) / Math.sqrt(spread(there) * spread(taken))
    })
})

/**
 * Matthews correlation coefficient of predictions and targets, in [−1, 1] (fastai's `MatthewsCorreff`); NaN if either
 * is constant.
 *
 * @example
 * import { evaluateMetric, matthewsCorrcoef } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 1, 0]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(matthewsCorrcoef)([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const matthewsCorrcoef: Metric = /*#__PURE__*/ metricOf(matthewsCorrcoefRecord, {})
