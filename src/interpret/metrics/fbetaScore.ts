/**
 * `fbetaScore`: the weighted harmonic mean of precision and recall.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { type Averaged, averagedOptions, averagedScore, precisions, recalls, shares } from './averagedScore.js'
import { metricOf, metricRecord } from './MetricRecord.js'

export const fbetaScoreRecord = /*#__PURE__*/ metricRecord({
  word: 'fbetaScore',
  name: 'f_beta',
  options: { beta: { _tag: 'Real', min: 0, default: 2 }, ...averagedOptions },
  targets: 'classes',
  measures: 'F-β of one class per sample',
  computed: ({ beta, ...averaged }) =>
    averagedScore((matrix) => {
      const [p, r] = [precisions(matrix), recalls(matrix)]
      return shares(
        p.map((x, c) => (1 + beta ** 2) * x * r[c]!),
        p.map((x, c) => beta ** 2 * x + r[c]!)
      )
    }, averaged)
})

/**
 * F-β: (1 + β²)·precision·recall/(β²·precision + recall), for one class per row; β is 2 (fastai's `FBeta`).
 *
 * @example
 * import { evaluateMetric, fbetaScore } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * const f1 = evaluateMetric(fbetaScore({ beta: 1 }))([batch])
 * assert.ok(E.isRight(f1) && Math.abs(f1.right - 2 / 3) < 1e-12)
 *
 * @category metrics
 * @since 0.1.0
 */
export const fbetaScore = (options: Averaged & { readonly beta?: number } = {}): Metric =>
  metricOf(fbetaScoreRecord, options)
