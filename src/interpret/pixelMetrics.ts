/**
 * Metrics for segmentation. The rows of a batch are pixels, image after image; pixels whose target is below 0 are
 * ignored.
 *
 * @since 0.1.0
 */
import { argMax } from './argMax.js'
import { averageMetric, madeBy, metric, type Metric, type MetricBatch } from './Metric.js'

/** Calls a function with prediction and target of each pixel that is not ignored; `image` counts from 0. */
const eachPixel = (
  { outputs, width, targets, n, perImage = 1 }: MetricBatch,
  f: (predicted: number, target: number, image: number) => void
): void => {
  for (let i = 0; i < n; i++)
    if (targets[i]! >= 0) f(argMax(outputs, i * width, width), targets[i]!, Math.floor(i / perImage))
}

const ofPixels = { targets: 'classes' } as const

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
export const foregroundAccuracy = (voidCode: number): Metric =>
  madeBy('foregroundAccuracy', { voidCode })(
    averageMetric(
      'foreground_acc',
      (batch) => {
        let [hits, count] = [0, 0]
        eachPixel(batch, (predicted, target) => {
          if (target === voidCode) return
          count++
          if (predicted === target) hits++
        })
        return hits / count
      },
      ofPixels
    )
  )

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
export const dice = ({ iou = false }: { readonly iou?: boolean } = {}): Metric =>
  madeBy('dice', { iou })(averageMetric(iou ? 'iou' : 'dice', (batch) => meanOverlap(batch, iou), ofPixels))

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

interface Overlap {
  readonly both: ReadonlyArray<number>
  readonly either: ReadonlyArray<number>
}

const overlaps = ({ both, either }: Overlap, batch: MetricBatch): Overlap => {
  const [shared, all] = [[...both], [...either]]
  eachPixel(batch, (predicted, target) => {
    all[target]!++
    if (predicted === target) shared[target]!++
    else all[predicted]!++
  })
  return { both: shared, either: all }
}

const overlapMetric = (name: string, classes: number, done: (ious: ReadonlyArray<number>) => number): Metric =>
  metric<Overlap>({
    ...ofPixels,
    name,
    init: { both: Array<number>(classes).fill(0), either: Array<number>(classes).fill(0) },
    step: overlaps,
    done: ({ both, either }) => done(both.map((shared, i) => shared / either[i]!))
  })

/**
 * Intersection over union |A ∩ B| / |A ∪ B| of each class over all pixels, as one metric per class, named `iou_` and
 * the class; NaN for a class that neither occurs nor is predicted.
 *
 * @example
 * import { evaluateMetric, iouPerClass } from 'graft-vision'
 *
 * const pixels = { outputs: new Float32Array([1, 0, 0, 1]), width: 2, targets: new Int32Array([0, 0]), n: 2 }
 * const [sky, road] = iouPerClass(['sky', 'road']).map((m) => evaluateMetric(m)([pixels]))
 * assert.deepStrictEqual([sky, road], [{ _tag: 'Right', right: 0.5 }, { _tag: 'Right', right: 0 }])
 *
 * @category metrics
 * @since 0.1.0
 */
export const iouPerClass = (codes: ReadonlyArray<string>): ReadonlyArray<Metric> =>
  codes.map((code, i) => overlapMetric(`iou_${code}`, codes.length, (ious) => ious[i]!))

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
export const meanIou = (codes: ReadonlyArray<string>): Metric =>
  madeBy('meanIou', { codes })(
    overlapMetric('mean_iou', codes.length, (ious) => {
      const known = ious.filter((iou) => !Number.isNaN(iou))
      return known.reduce((a, b) => a + b, 0) / known.length
    })
  )
