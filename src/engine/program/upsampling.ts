/**
 * Making maps larger, channels last.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Pair } from '../../model/index.js'

/** Channel c·scale² + row·scale + column of a cell goes to its pixel at (row, column) of channel c. */
export const pixelShuffle = (x: tf.Tensor4D, scale: number): tf.Tensor4D => {
  const [n, h, w, c] = x.shape
  const cells = tf.reshape(x, [n, h, w, c / scale ** 2, scale, scale])
  return tf.reshape(tf.transpose(cells, [0, 1, 4, 2, 5, 3]), [n, h * scale, w * scale, c / scale ** 2])
}

/** The mean of each pixel and the one before it along an axis, the first counted twice. */
const withTheOneBefore = (x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D => {
  const side = x.shape[axis]
  const size = [-1, -1, -1, -1]
  const first = tf.slice(x, [0, 0, 0, 0], size.with(axis, 1))
  const before = side === 1 ? first : tf.concat([first, tf.slice(x, [0, 0, 0, 0], size.with(axis, side - 1))], axis)
  return tf.mul(tf.add(x, before), 0.5)
}

export const blur = (x: tf.Tensor4D): tf.Tensor4D => withTheOneBefore(withTheOneBefore(x, 1), 2)

export const resizeNearest = (x: tf.Tensor4D, [h, w]: Pair): tf.Tensor4D =>
  x.shape[1] === h && x.shape[2] === w ? x : tf.image.resizeNearestNeighbor(x, [h, w])
