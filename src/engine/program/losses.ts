/**
 * Losses as tfjs operations: a value per sample, and their mean as torch takes it.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Loss } from '../../recipe/index.js'
import { isPicture, pixelLoss, pixelWeights } from './pixelLosses.js'

const logSoftmax = (outputs: tf.Tensor): tf.Tensor => tf.logSoftmax(outputs)

/** Ones where the class is the target, `[n, classes]`; unlike tf.oneHot also for a single class. */
const oneHot = (outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.cast(
    tf.equal(tf.expandDims(tf.cast(targets, 'int32'), -1), tf.range(0, outputs.shape.at(-1)!, 1, 'int32')),
    'float32'
  )

/** The mean of all that a sample has. */
const meanOfEach = (x: tf.Tensor): tf.Tensor => (x.rank < 2 ? x : tf.mean(tf.reshape(x, [x.shape[0], -1]), -1))

/** log(1 + e^−|x|) + max(x, 0) − x·y: binary cross entropy on logits without overflow. */
const binary = (outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.add(tf.log1p(tf.exp(tf.neg(tf.abs(outputs)))), tf.sub(tf.relu(outputs), tf.mul(outputs, targets)))

const isByClass = (loss: Loss): loss is Extract<Loss, { readonly _tag: 'CrossEntropy' | 'LabelSmoothing' }> =>
  loss._tag === 'CrossEntropy' || loss._tag === 'LabelSmoothing'

const classWeights = (loss: Loss): ReadonlyArray<number> | null => (loss._tag === 'CrossEntropy' ? loss.weight : null)

const weightsOf = (loss: Loss, targets: tf.Tensor): tf.Tensor | undefined =>
  loss._tag === 'CrossEntropy' && loss.weight !== null
    ? tf.gather(tf.tensor1d([...loss.weight]), tf.cast(targets, 'int32'))
    : undefined

/**
 * A loss per sample, `[n]`, of raw outputs `[n, width]`; targets are class indices `[n]` for cross entropy, else as the
 * outputs. Formulas as torch's; weighted cross entropy is multiplied by the target's weight. Of outputs `[n, height,
 * width, classes]` and a class for each pixel, `[n, height·width]`, the weighted mean over the pixels of each sample whose
 * target is not below 0.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { mse } from 'graft-vision'
 * import { acquireEngine, lossPerSample } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const losses = engine.right.use(() => lossPerSample(mse, tf.tensor2d([[1], [3]]), tf.tensor1d([0, 1])).dataSync())
 * assert.deepStrictEqual([...losses], [1, 4])
 *
 * @since 0.1.0
 */
export const lossPerSample = (loss: Loss, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  isByClass(loss) && isPicture(outputs)
    ? pixelLoss(classWeights(loss), outputs, targets, (rows, classes) => lossOfRows(unweighted(loss), rows, classes))
    : lossOfRows(loss, outputs, targets)

const unweighted = (loss: Loss): Loss => (loss._tag === 'CrossEntropy' ? { ...loss, weight: null } : loss)

const lossOfRows = (loss: Loss, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  switch (loss._tag) {
    case 'CrossEntropy': {
      const nll = tf.neg(tf.sum(tf.mul(oneHot(outputs, targets), logSoftmax(outputs)), -1))
      const weights = weightsOf(loss, targets)
      return weights === undefined ? nll : tf.mul(nll, weights)
    }
    case 'LabelSmoothing': {
      const logs = logSoftmax(outputs)
      const nll = tf.neg(tf.sum(tf.mul(oneHot(outputs, targets), logs), -1))
      return tf.add(tf.mul(nll, 1 - loss.eps), tf.mul(tf.neg(tf.sum(logs, -1)), loss.eps / outputs.shape.at(-1)!))
    }
    case 'BceWithLogits':
      return tf.mean(binary(outputs, tf.cast(targets, 'float32')), -1)
    case 'Mse':
      return meanOfEach(tf.square(tf.sub(outputs, tf.reshape(targets, outputs.shape))))
    case 'CustomLoss':
      return loss.f.run(outputs, targets)
  }
}

/**
 * The mean over samples of `lossPerSample`; that of weighted cross entropy is divided by the sum of the weights
 * (torch's `CrossEntropyLoss`), over all pixels of the batch where each has a class.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { crossEntropy, mse } from 'graft-vision'
 * import { acquireEngine, meanLoss } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const means = engine.right.use(() =>
 *   [mse, crossEntropy({ weight: [1, 3] })].map((loss) => meanLoss(loss, tf.tensor1d([2, 6]), tf.tensor1d([0, 1])).dataSync()[0])
 * )
 * assert.deepStrictEqual(means, [(2 + 6) / 2, (2 + 6) / (1 + 3)])
 *
 * @since 0.1.0
 */
export const meanLoss = (loss: Loss, perSample: tf.Tensor, targets: tf.Tensor): tf.Scalar => {
  // a class for each pixel
  if (isByClass(loss) && targets.rank > 1) {
    const pixels = pixelWeights(classWeights(loss), targets)
    return tf.div(tf.sum(tf.mul(perSample, pixels)), tf.maximum(tf.sum(pixels), 1e-12))
  }
  const weights = weightsOf(loss, targets)
  return weights === undefined ? tf.mean(perSample) : tf.div(tf.sum(perSample), tf.sum(weights))
}
