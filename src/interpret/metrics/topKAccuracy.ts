/**
 * `topKAccuracy`: the fraction of samples whose target is among the `k` largest outputs.
 *
 * @since 0.1.0
 */
import { averageState, type Metric, type MetricBatch } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'

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

export const topKAccuracyRecord = /*#__PURE__*/ metricRecord({
  word: 'topKAccuracy',
  name: 'top_k_accuracy',
  options: { k: { _tag: 'Whole', min: 1, default: 5 } },
  targets: 'classes',
  least: ({ k }) => k,
  measures: 'the fraction of samples whose target is among the `k` largest outputs',
  computed: ({ k }) =>
    averageState(
      (batch) => Array.from({ length: batch.n }, (_, i) => rankOf(batch, i)).filter((rank) => rank < k).length / batch.n
    )
})

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
export const topKAccuracy = (options: { readonly k?: number } = {}): Metric => metricOf(topKAccuracyRecord, options)
