/**
 * The loss and the metrics that a task has by default.
 *
 * @since 0.1.0
 */
import { foldTask, type Task } from '../../data/index.js'
import {
  accuracy,
  accuracyThresh,
  fbeta,
  foregroundAccuracy,
  meanIou,
  meanSquaredError,
  pointDistance,
  type Metric,
  rootMeanSquaredError
} from '../../interpret/index.js'
import { bceWithLogits, crossEntropy, type Loss, mse } from '../../recipe/index.js'

/**
 * fastai's default loss of a task: cross entropy for classes of images or of pixels; binary cross entropy on logits for
 * multi-label; mean squared error for regression, of numbers or images, and for points.
 *
 * @example
 * import { classification, multiLabel, regression } from 'graft-vision'
 * import { defaultLoss } from 'graft-vision/node'
 *
 * const losses = [classification(['a', 'b']), multiLabel(['a', 'b']), regression(1)].map(defaultLoss)
 * assert.deepStrictEqual(losses.map(({ _tag }) => _tag), ['CrossEntropy', 'BceWithLogits', 'Mse'])
 *
 * @category learners
 * @since 0.1.0
 */
export const defaultLoss: (task: Task) => Loss = foldTask<Loss>({
  classification: () => crossEntropy(),
  multiLabel: () => bceWithLogits,
  regression: () => mse,
  segmentation: () => crossEntropy(),
  imageRegression: () => mse,
  points: () => mse
})

/**
 * The default metrics of a task. Classification: accuracy. Segmentation: accuracy of the pixels that are not ignored,
 * and mean IoU. Multi-label: accuracy and F2 above a threshold. Regression: root mean squared error of numbers, mean
 * squared error of images. Points: the mean distance in pixels.
 *
 * @example
 * import { classification, multiLabel, regression } from 'graft-vision'
 * import { defaultMetrics } from 'graft-vision/node'
 *
 * const names = [classification(['a', 'b']), multiLabel(['a', 'b']), regression(1)].map((task) => defaultMetrics(task)[0]?.name)
 * assert.deepStrictEqual(names, ['accuracy', 'accuracy_thresh', 'root_mean_squared_error'])
 *
 * @category learners
 * @since 0.1.0
 */
export const defaultMetrics: (task: Task) => ReadonlyArray<Metric> = foldTask<ReadonlyArray<Metric>>({
  classification: () => [accuracy],
  multiLabel: () => [accuracyThresh(), fbeta()],
  regression: () => [rootMeanSquaredError()],
  // ignored pixels have a negative target
  segmentation: (codes) => [foregroundAccuracy(-1), meanIou(codes)],
  imageRegression: () => [meanSquaredError],
  points: () => [pointDistance]
})
