/** Losses of single numbers, and their mean over the coordinates of points that are not missing. */
import * as tf from '@tensorflow/tfjs-core'
import type { Huber, L1, Mse } from '../../recipe/index.js'

/** A loss of numbers. */
export type NumberLoss = Mse | L1 | Huber

/** |x|, whose gradient at 0 is 0, as in torch. */
const absolute = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sign(x))

/** The loss of each number. */
export const numberLoss = (loss: NumberLoss, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  const error = tf.sub(outputs, targets)
  switch (loss._tag) {
    case 'Mse':
      return tf.square(error)
    case 'L1':
      return absolute(error)
    case 'Huber': {
      const size = absolute(error)
      const near = tf.minimum(size, loss.delta)
      return tf.add(tf.mul(0.5, tf.square(near)), tf.mul(loss.delta, tf.sub(size, near)))
    }
  }
}

/** Whether targets are points, `[n, points, 2]`. */
export const arePoints = (targets: tf.Tensor): boolean => targets.rank === 3

/** 1 for a coordinate, 0 where it is missing (NaN). */
const presence = (targets: tf.Tensor): tf.Tensor => tf.sub(1, tf.cast(tf.isNaN(targets), 'float32'))

/** The number of coordinates of each sample. */
export const coordinateCounts = (targets: tf.Tensor): tf.Tensor =>
  tf.sum(tf.reshape(presence(targets), [targets.shape[0], -1]), -1)

/** The mean over the coordinates of each sample, `[n]`; 0 if it has none. */
export const pointLoss = (loss: NumberLoss, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  const present = presence(targets)
  const known = tf.where(tf.isNaN(targets), tf.zerosLike(targets), targets)
  const each = tf.mul(numberLoss(loss, tf.reshape(outputs, targets.shape), known), present)
  return tf.div(tf.sum(tf.reshape(each, [targets.shape[0], -1]), -1), tf.maximum(coordinateCounts(targets), 1))
}
