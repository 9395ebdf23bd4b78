/** Losses as tfjs operations: a value per sample, and their mean as in torch. */
import * as tf from '@tensorflow/tfjs-core'
import { isClassLoss, type Loss } from '../../recipe/index.js'
import { badLoss } from './attempt.js'
import { arePoints, coordinateCounts, numberLoss, pointLoss } from './pointLosses.js'
import { isPicture, pixelLoss, pixelWeights } from './pixelLosses.js'

const logSoftmax = (outputs: tf.Tensor): tf.Tensor => tf.logSoftmax(outputs)

/** One-hot encoding, `[n, classes]`; unlike tf.oneHot it also supports a single class. */
const oneHot = (outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.cast(
    tf.equal(tf.expandDims(tf.cast(targets, 'int32'), -1), tf.range(0, outputs.shape.at(-1)!, 1, 'int32')),
    'float32'
  )

/** The mean over everything of each sample. */
const meanOfEach = (x: tf.Tensor): tf.Tensor => (x.rank < 2 ? x : tf.mean(tf.reshape(x, [x.shape[0], -1]), -1))

/** log(1 + e^−|x|) + max(x, 0) − x·y: binary cross entropy on logits without overflow. */
const binary = (outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.add(tf.log1p(tf.exp(tf.neg(tf.abs(outputs)))), tf.sub(tf.relu(outputs), tf.mul(outputs, targets)))

/** The weights of classes by which the mean divides, too. */
const classWeights = (loss: Loss): ReadonlyArray<number> | null =>
  loss._tag === 'CrossEntropy' || loss._tag === 'LabelSmoothing' ? loss.weight : null

/** The factor of each row's class; 0 for a target below 0 is left to the caller. */
const factorsOf = (weight: ReadonlyArray<number>, targets: tf.Tensor): tf.Tensor =>
  tf.gather(tf.tensor1d([...weight]), tf.maximum(tf.cast(targets, 'int32'), tf.scalar(0, 'int32')))

// below the rounding of 1 − p; the power's gradient at 0 is not finite for γ < 1
const least = 1e-8

/** (1 − p)^γ·(−log p), from −log p. */
const focused = (nll: tf.Tensor, gamma: number): tf.Tensor =>
  gamma === 0 ? nll : tf.mul(tf.pow(tf.maximum(tf.sub(1, tf.exp(tf.neg(nll))), least), gamma), nll)

/** Adds the weight of labels that are present: w·y·softplus(−x) + (1 − y)·softplus(x). */
const weighedBinary = (weight: ReadonlyArray<number>, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.add(
    binary(outputs, targets),
    tf.mul(tf.mul(tf.sub(tf.tensor1d([...weight]), 1), targets), binary(outputs, tf.onesLike(outputs)))
  )

/** Replaces targets to be ignored by −1. */
const counted = (loss: Loss, targets: tf.Tensor): tf.Tensor =>
  loss._tag === 'CrossEntropy' && loss.ignoreIndex !== null
    ? tf.where(
        tf.equal(tf.cast(targets, 'int32'), tf.scalar(loss.ignoreIndex, 'int32')),
        tf.scalar(-1, 'int32'),
        tf.cast(targets, 'int32')
      )
    : targets

/** A weight for each row; undefined: all have weight 1. */
const weightsOf = (loss: Loss, targets: tf.Tensor): tf.Tensor | undefined => {
  if (loss._tag === 'LabelSmoothing') return loss.weight === null ? undefined : factorsOf(loss.weight, targets)
  if (loss._tag !== 'CrossEntropy') return undefined
  const { weight, ignoreIndex } = loss
  const weigh = (classes: tf.Tensor): tf.Tensor => tf.gather(tf.tensor1d([...(weight ?? [])]), classes)
  if (ignoreIndex === null) return weight === null ? undefined : weigh(tf.cast(targets, 'int32'))
  const classes = counted(loss, targets)
  const counts = tf.cast(tf.greaterEqual(classes, tf.scalar(0, 'int32')), 'float32')
  return weight === null ? counts : tf.mul(counts, weigh(tf.maximum(classes, tf.scalar(0, 'int32'))))
}

/** Targets of mixed images: one class, another class, and the share of the first. */
const mixed = (targets: tf.Tensor): readonly [one: tf.Tensor, other: tf.Tensor, lambda: tf.Tensor] => {
  const column = (i: number): tf.Tensor => tf.reshape(tf.slice(targets, [0, i], [-1, 1]), [targets.shape[0]])
  return [column(0), column(1), column(2)]
}

/**
 * The loss per sample, `[n]`, of raw outputs `[n, width]`, with torch's formulas. Targets are class indices `[n]` for
 * cross entropy, otherwise shaped as the outputs; weighted cross entropy is multiplied by the target's weight. For
 * outputs `[n, height, width, classes]` and a class per pixel, `[n, height·width]`, it is the weighted mean over the
 * pixels of each sample whose target is at least 0. For points, `[n, points, 2]`, it is the mean over the coordinates of
 * each sample that are not NaN. For mixed images targets are `[n, 3]`: one class, another class, λ.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { mse } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const losses = engine.right.use(() => Engine.lossPerSample(mse, tf.tensor2d([[1], [3]]), tf.tensor1d([0, 1])).dataSync())
 * assert.deepStrictEqual([...losses], [1, 4])
 *
 * @category tensors
 * @since 0.1.0
 */
export const lossPerSample = (loss: Loss, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  isClassLoss(loss) && isPicture(outputs)
    ? pixelLoss(
        classWeights(loss),
        outputs,
        counted(loss, targets),
        (rows, classes) => lossOfRows(unweighted(loss), rows, classes),
        loss._tag === 'LabelSmoothing'
      )
    : lossOfRows(loss, outputs, targets)

const unweighted = (loss: Loss): Loss =>
  loss._tag === 'CrossEntropy' ? { ...loss, weight: null, ignoreIndex: null } : loss

/** Checks that a user-defined loss returns one number per sample. */
const oneForEach = (label: string, made: tf.Tensor | null | undefined, n: number): tf.Tensor => {
  const shape = made instanceof tf.Tensor ? `[${made.shape.join(', ')}]` : made === null ? 'null' : typeof made
  tf.util.assert(
    made instanceof tf.Tensor && made.rank === 1 && made.shape[0] === n,
    () => `${badLoss} '${label}' returns ${shape} for ${n} samples: expected one number for each, [${n}]`
  )
  return made as tf.Tensor
}

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
      const { eps, weight } = loss
      const each = weight === null ? nll : tf.mul(nll, factorsOf(weight, targets))
      const all = weight === null ? logs : tf.mul(logs, tf.tensor1d([...weight]))
      return tf.add(tf.mul(each, 1 - eps), tf.mul(tf.neg(tf.sum(all, -1)), eps / outputs.shape.at(-1)!))
    }
    case 'Focal': {
      const nll = tf.neg(tf.sum(tf.mul(oneHot(outputs, targets), logSoftmax(outputs)), -1))
      const each = focused(nll, loss.gamma)
      return loss.alpha === null ? each : tf.mul(each, factorsOf(loss.alpha, targets))
    }
    case 'MixUp': {
      if (targets.rank < 2) return lossOfRows(loss.of, outputs, targets)
      const [one, other, lambda] = mixed(targets)
      return tf.add(
        tf.mul(lambda, lossOfRows(loss.of, outputs, one)),
        tf.mul(tf.sub(1, lambda), lossOfRows(loss.of, outputs, other))
      )
    }
    case 'BceWithLogits': {
      const labels = tf.reshape(tf.cast(targets, 'float32'), outputs.shape)
      const { posWeight } = loss
      return tf.mean(posWeight === null ? binary(outputs, labels) : weighedBinary(posWeight, outputs, labels), -1)
    }
    case 'SigmoidFocal': {
      const labels = tf.reshape(tf.cast(targets, 'float32'), outputs.shape)
      const { gamma, alpha } = loss
      const factor = tf.add(tf.mul(labels, 2 * alpha - 1), 1 - alpha)
      return tf.mean(tf.mul(factor, focused(binary(outputs, labels), gamma)), -1)
    }
    case 'Mse':
    case 'L1':
    case 'Huber':
      return arePoints(targets)
        ? pointLoss(loss, outputs, targets)
        : meanOfEach(numberLoss(loss, outputs, tf.reshape(targets, outputs.shape)))
    case 'CustomLoss': {
      const shaped = arePoints(targets) ? tf.reshape(outputs, targets.shape) : outputs
      return oneForEach(loss.f.label, loss.f.run(shaped, targets), outputs.shape[0])
    }
  }
}

/** What the loss of each sample is a mean over: the weights of its pixels, its coordinates; undefined: a single value. */
const withinSamples = (loss: Loss, targets: tf.Tensor): tf.Tensor | undefined => {
  if (isClassLoss(loss) && targets.rank > 1) return pixelWeights(classWeights(loss), counted(loss, targets))
  return arePoints(targets) && loss._tag !== 'CustomLoss' ? coordinateCounts(targets) : undefined
}

/** The weights of samples, times those of their classes. */
const combined = (loss: Loss, targets: tf.Tensor, samples: tf.Tensor): tf.Tensor => {
  if (loss._tag === 'MixUp') return targets.rank < 2 ? combined(loss.of, targets, samples) : samples
  const own = withinSamples(loss, targets) ?? weightsOf(loss, targets)
  return own === undefined ? samples : tf.mul(samples, own)
}

/** Σ s·loss / Σ s·w, where w are the weights of the samples' classes and s those of the samples. */
const weighedMean = (loss: Loss, perSample: tf.Tensor, targets: tf.Tensor, samples: tf.Tensor): tf.Scalar => {
  const all = combined(loss, targets, samples)
  // losses of rows are multiplied by the weights of their classes already
  const sum = tf.sum(tf.mul(perSample, withinSamples(loss, targets) === undefined ? samples : all))
  return tf.div(sum, tf.maximum(tf.sum(all), 1e-12))
}

/**
 * The mean over samples of `lossPerSample`; for weighted cross entropy, divided by the sum of the weights (torch's
 * `CrossEntropyLoss`), over all pixels of the batch if there is a class per pixel, and over all coordinates that are not
 * missing for points. With a weight for each sample, both
 * sums are weighted; if all are 0, so is the mean.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { crossEntropy, mse } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const means = engine.right.use(() =>
 *   [mse, crossEntropy({ weight: [1, 3] })].map((loss) => Engine.meanLoss(loss, tf.tensor1d([2, 6]), tf.tensor1d([0, 1])).dataSync()[0])
 * )
 * assert.deepStrictEqual(means, [(2 + 6) / 2, (2 + 6) / (1 + 3)])
 *
 * @category tensors
 * @since 0.1.0
 */
export const meanLoss = (
  loss: Loss,
  perSample: tf.Tensor,
  targets: tf.Tensor,
  sampleWeights?: tf.Tensor
): tf.Scalar => {
  if (sampleWeights !== undefined) return weighedMean(loss, perSample, targets, sampleWeights)
  if (loss._tag === 'MixUp') return targets.rank < 2 ? meanLoss(loss.of, perSample, targets) : tf.mean(perSample)
  const within = withinSamples(loss, targets)
  if (within !== undefined) return tf.div(tf.sum(tf.mul(perSample, within)), tf.maximum(tf.sum(within), 1e-12))
  const weights = weightsOf(loss, targets)
  return weights === undefined ? tf.mean(perSample) : tf.div(tf.sum(perSample), tf.sum(weights))
}

/** What `meanLoss` divides by: the sum of the weights, or the number of samples. */
export const totalWeight = (loss: Loss, targets: tf.Tensor, sampleWeights?: tf.Tensor): tf.Scalar => {
  if (sampleWeights !== undefined) return tf.sum(combined(loss, targets, sampleWeights))
  const samples = (): tf.Scalar => tf.scalar(targets.shape[0])
  if (loss._tag === 'MixUp') return targets.rank < 2 ? totalWeight(loss.of, targets) : samples()
  const within = withinSamples(loss, targets)
  if (within !== undefined) return tf.sum(within)
  const weights = weightsOf(loss, targets)
  return weights === undefined ? samples() : tf.sum(weights)
}
