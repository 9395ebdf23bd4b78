/**
 * `meanIou`: intersection over union, averaged over classes.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { overlapState } from './overlapState.js'

export const meanIouRecord = /*#__PURE__*/ metricRecord({
  word: 'meanIou',
  name: 'mean_iou',
  options: { codes: { _tag: 'Names', default: null } },
  targets: 'classes',
  measures: 'the mean of `iouPerClass` over the classes that occur or are predicted',
  computed: ({ codes }) =>
    overlapState(codes.length, (ious) => {
      const known = ious.filter((iou) => !Number.isNaN(iou))
      return known.reduce((a, b) => a + b, 0) / known.length
    })
})

/**
 * The mean of `iouPerClass` over the classes that occur or are predicted.
 *
 * @example
 * import { evaluateMetric, meanIou } from 'graft-vision'
 *
 * const pixels = { outputs: new Float32Array([1, 0, 0, 1]), width: 2, targets: new Int32Array([0, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(meanIou(['sky', 'road']))([pixels]), { _tag: 'Right', right: 0.25 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanIou = (codes: ReadonlyArray<string>): Metric => metricOf(meanIouRecord, { codes })
