/**
 * `foregroundAccuracy`: the fraction of pixels that are predicted correctly, without void.
 *
 * @since 0.1.0
 */
import { averageState, type Metric } from '../Metric.js'
import { eachPixel } from './eachPixel.js'
import { metricOf, metricRecord } from './MetricRecord.js'

// -1: pixels that are ignored anyway
export const foregroundAccuracyRecord = /*#__PURE__*/ metricRecord({
  word: 'foregroundAccuracy',
  name: 'foreground_acc',
  options: { voidCode: { _tag: 'Whole', min: -1, default: null } },
  targets: 'classes',
  measures: 'the fraction of pixels predicted correctly, without those of `voidCode`',
  computed: ({ voidCode }) =>
    averageState((batch) => {
      let [hits, count] = [0, 0]
      eachPixel(batch, (predicted, target) => {
        if (target === voidCode) return
        count++
        if (predicted === target) hits++
      })
      return hits / count
    })
})

/**
 * The fraction of pixels whose largest output is the target's, without those of `voidCode` (fastai's `foreground_acc`,
 * `acc_camvid`). A mean over batches, weighted by number of images; NaN for a batch of only void.
 *
 * @example
 * import { evaluateMetric, foregroundAccuracy } from 'graft-vision'
 *
 * const pixels = { outputs: new Float32Array([1, 0, 0, 1, 0, 1]), width: 2, targets: new Int32Array([0, 1, 0]), n: 3 }
 * assert.deepStrictEqual(evaluateMetric(foregroundAccuracy(0))([{ ...pixels, perImage: 3 }]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const foregroundAccuracy = (voidCode: number): Metric => metricOf(foregroundAccuracyRecord, { voidCode })
