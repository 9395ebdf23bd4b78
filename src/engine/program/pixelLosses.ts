/** Cross entropy per pixel. Pixels with a target below 0 are ignored. */
import * as tf from '@tensorflow/tfjs-core'

/** Outputs as `[n, pixels, classes]`. */
const byPixel = (outputs: tf.Tensor): tf.Tensor3D => tf.reshape(outputs, [outputs.shape[0], -1, outputs.shape.at(-1)!])

/** A weight for each pixel, `[n, pixels]`: its class's, 0 if it is ignored. */
const weightsOf = (weight: ReadonlyArray<number> | null, targets: tf.Tensor): tf.Tensor => {
  const classes = tf.reshape(tf.cast(targets, 'int32'), [targets.shape[0], -1])
  const counts = tf.cast(tf.greaterEqual(classes, tf.scalar(0, 'int32')), 'float32')
  return weight === null
    ? counts
    : tf.mul(counts, tf.gather(tf.tensor1d([...weight]), tf.maximum(classes, tf.scalar(0, 'int32'))))
}

// smaller than any sensible weight
const nothing = 1e-12

/** Whether outputs are per pixel. */
export const isPicture = (outputs: tf.Tensor): boolean => outputs.rank === 4

/** The sum of each sample's weights, `[n]`. */
export const pixelWeights = (weight: ReadonlyArray<number> | null, targets: tf.Tensor): tf.Tensor =>
  tf.sum(weightsOf(weight, targets), 1)

/**
 * Σ w·loss / Σ w over the pixels of each sample, `[n]`; 0 if all are ignored. `ofRows` gives a loss for each row, which
 * may be `weighed` already.
 */
export const pixelLoss = (
  weight: ReadonlyArray<number> | null,
  outputs: tf.Tensor,
  targets: tf.Tensor,
  ofRows: (outputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor,
  weighed: boolean
): tf.Tensor => {
  const weights = weightsOf(weight, targets)
  const each = ofRows(byPixel(outputs), tf.reshape(targets, weights.shape))
  return tf.div(
    tf.sum(tf.mul(each, weighed ? weightsOf(null, targets) : weights), 1),
    tf.maximum(tf.sum(weights, 1), nothing)
  )
}
