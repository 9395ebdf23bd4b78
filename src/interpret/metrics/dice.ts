/**
 * `dice`: the overlap of predicted and true pixels, for two classes.
 *
 * @since 0.1.0
 */
import { averageState, type Metric, type MetricBatch } from '../Metric.js'
import { eachPixel } from './eachPixel.js'
import { metricOf, metricRecord } from './MetricRecord.js'

const meanOverlap = (batch: MetricBatch, iou: boolean): number => {
  const images = batch.n / (batch.perImage ?? 1)
  const [both, all] = [new Float64Array(images), new Float64Array(images)]
  eachPixel(batch, (predicted, target, image) => {
    both[image]! += predicted * target
    all[image]! += predicted + target
  })
  const each = Array.from(both, (shared, i) =>
    all[i] === 0 ? 1 : iou ? shared / (all[i]! - shared + 1e-8) : (2 * shared) / all[i]!
  )
  return each.reduce((a, b) => a + b, 0) / images
}

export const diceRecord = /*#__PURE__*/ metricRecord({
  word: 'dice',
  name: ({ iou }) => (iou ? 'iou' : 'dice'),
  options: { iou: { _tag: 'Flag', default: false } },
  targets: 'classes',
  measures: 'the Dice coefficient of two classes of pixels, or their IoU',
  computed: ({ iou }) => averageState((batch) => meanOverlap(batch, iou))
})

/**
 * The Dice coefficient, for two classes (fastai's `dice`): 2·|A ∩ B| / (|A| + |B|), averaged over images, where A are
 * the pixels predicted as class 1 and B those of class 1. With `iou`: |A ∩ B| / (|A ∪ B| + 10⁻⁸). An image with neither
 * counts as 1.
 *
 * @example
 * import { dice, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2, perImage: 2 }
 * assert.deepStrictEqual(evaluateMetric(dice())([batch]), { _tag: 'Right', right: 2 / 3 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const dice = (options: { readonly iou?: boolean } = {}): Metric => metricOf(diceRecord, options)
