/**
 * `fbeta`: F-β of the labels of each sample.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { above, countsIn, meanOf, range, scoreOf, type Threshold } from './labelCounts.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const fbetaRecord = /*#__PURE__*/ metricRecord({
  word: 'fbeta',
  name: 'fbeta',
  options: {
    thresh: { _tag: 'Real', min: -Infinity, default: 0.2 },
    beta: { _tag: 'Real', min: 0, default: 2 },
    eps: { _tag: 'Real', min: 0, default: 1e-9 },
    sigmoid: { _tag: 'Flag', default: true }
  },
  targets: 'labels',
  measures: 'F-β of each sample’s labels, averaged over samples',
  computed: ({ thresh, beta, eps, sigmoid }) =>
    averageState((batch) => {
      const predicted = above(batch, thresh, sigmoid)
      return meanOf(
        range(0, batch.n, batch.width).map((start) => {
          const counts = countsIn(predicted, batch, range(start, batch.width, 1))
          return scoreOf(counts.both / (counts.predicted + eps), counts.both / (counts.actual + eps), beta, eps)
        })
      )
    })
})

/**
 * F-β of each sample's labels above `thresh` (0.2), averaged over samples; `beta` (2) is the weight of recall relative
 * to precision (fastai's `fbeta`). A sample without labels, or without predictions, counts as 0.
 *
 * @example
 * import { evaluateMetric, fbeta } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const batch = { outputs: new Float32Array([4, -4, 4, 4]), width: 2, targets: new Float32Array([1, 0, 1, 0]), n: 2 }
 * const f1 = evaluateMetric(fbeta({ beta: 1 }))([batch])
 * assert.ok(E.isRight(f1) && Math.abs(f1.right - (1 + 2 / 3) / 2) < 1e-8)
 *
 * @category metrics
 * @since 0.1.0
 */
export const fbeta = (options: Threshold & { readonly beta?: number; readonly eps?: number } = {}): Metric =>
  metricOf(fbetaRecord, options)
