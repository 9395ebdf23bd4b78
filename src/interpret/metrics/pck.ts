/**
 * `pck`: the percentage of correct keypoints.
 *
 * @since 0.1.0
 */
import { type Metric, metricState } from '../Metric.js'
import { type GivenOptions, metricOf, metricRecord } from './MetricRecord.js'
import { pointErrors } from './pointErrors.js'

export const pckRecord = /*#__PURE__*/ metricRecord({
  word: 'pck',
  name: ({ alpha }) => `pck_${alpha}`,
  options: { alpha: { _tag: 'Real', min: 0, default: 0.1 } },
  targets: 'points',
  least: () => 4,
  measures: 'the share of points within `alpha` times the longer side of the bounding box of their image’s points',
  computed: ({ alpha }) =>
    metricState({
      init: { right: 0, n: 0 },
      step: (s, batch) =>
        pointErrors(batch).reduce(
          ({ right, n }, { distance, extent }) => ({ right: right + (distance <= alpha * extent ? 1 : 0), n: n + 1 }),
          s
        ),
      done: ({ right, n }) => right / n
    })
})

/**
 * PCK, the percentage of correct keypoints, from 0 to 1: a point is correct if its distance from its target is at most
 * `alpha` (0.1) times the longer side of the bounding box of its image's targets (Yang and Ramanan 2013). Needs at least
 * two points; missing ones do not count.
 *
 * @example
 * import { evaluateMetric, pck } from 'graft-vision'
 *
 * const targets = Float32Array.of(0, 0, 100, 50)
 * const outputs = Float32Array.of(6, 8, 100, 61)
 * assert.deepStrictEqual(evaluateMetric(pck())([{ outputs, targets, width: 4, n: 1 }]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const pck = (options: GivenOptions<(typeof pckRecord)['options']> = {}): Metric => metricOf(pckRecord, options)
