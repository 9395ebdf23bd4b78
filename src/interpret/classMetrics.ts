/**
 * Metrics for one class per row.
 *
 * @since 0.1.0
 */
import { argMax } from './argMax.js'
import { averageMetric, madeBy, type Metric, type MetricBatch } from './Metric.js'

const hits = ({ outputs, width, targets, n }: MetricBatch): number => {
  let count = 0
  for (let i = 0; i < n; i++) if (argMax(outputs, i * width, width) === targets[i]) count++
  return count
}

/**
 * The fraction of samples whose largest output is the target's; the first one of ties.
 *
 * @category metrics
 * @since 0.1.0
 */
export const accuracy: Metric = /*#__PURE__*/ madeBy('accuracy')(
  /*#__PURE__*/ averageMetric('accuracy', (batch) => hits(batch) / batch.n, { targets: 'classes' })
)

/**
 * 1 − accuracy (fastai's `error_rate`).
 *
 * @category metrics
 * @since 0.1.0
 */
export const errorRate: Metric = /*#__PURE__*/ madeBy('errorRate')(
  /*#__PURE__*/ averageMetric('error_rate', (batch) => 1 - hits(batch) / batch.n, { targets: 'classes' })
)

/** How many outputs of a row are larger than its target's, or equal and before it. */
const rankOf = ({ outputs, width, targets }: MetricBatch, row: number): number => {
  const [start, target] = [row * width, targets[row]!]
  // a target that is no class is never among the largest
  if (target < 0 || target >= width) return Infinity
  const own = outputs[start + target]!
  let rank = 0
  for (let c = 0; c < width; c++) {
    const other = outputs[start + c]!
    if (other > own || (other === own && c < target)) rank++
  }
  return rank
}

/**
 * The fraction of samples whose target is among the `k` (5) largest outputs (fastai's `top_k_accuracy`). A `k` above
 * the number of classes is an error.
 *
 * @example
 * import { evaluateMetric, topKAccuracy } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([3, 2, 1]), width: 3, targets: new Int32Array([1]), n: 1 }
 * const [first, second] = [1, 2].map((k) => evaluateMetric(topKAccuracy({ k }))([batch]))
 * assert.deepStrictEqual([first, second], [{ _tag: 'Right', right: 0 }, { _tag: 'Right', right: 1 }])
 * assert.strictEqual(evaluateMetric(topKAccuracy())([batch])._tag, 'Left')
 *
 * @category metrics
 * @since 0.1.0
 */
export const topKAccuracy = ({ k = 5 }: { readonly k?: number } = {}): Metric =>
  madeBy('topKAccuracy', { k })(
    averageMetric(
      'top_k_accuracy',
      (batch) =>
        Array.from({ length: batch.n }, (_, i) => rankOf(batch, i)).filter((rank) => rank < k).length / batch.n,
      { targets: 'classes', least: k }
    )
  )
