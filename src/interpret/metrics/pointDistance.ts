/**
 * `pointDistance`: the mean distance of points from their targets.
 *
 * @since 0.1.0
 */
import { type Metric, metricState } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { pointErrors } from './pointErrors.js'

export const pointDistanceRecord = /*#__PURE__*/ metricRecord({
  word: 'pointDistance',
  name: 'point_distance',
  options: {},
  targets: 'points',
  measures: 'the mean distance of points, in pixels of the original images',
  computed: () =>
    metricState({
      init: { sum: 0, n: 0 },
      step: (s, batch) =>
        pointErrors(batch).reduce(({ sum, n }, { distance }) => ({ sum: sum + distance, n: n + 1 }), s),
      done: ({ sum, n }) => sum / n
    })
})

/**
 * The mean distance of predicted points from their targets, in pixels of the original images; missing points do not count.
 *
 * @category metrics
 * @since 0.1.0
 */
export const pointDistance: Metric = /*#__PURE__*/ metricOf(pointDistanceRecord, {})
