/** Layers that enlarge feature maps, in NHWC. */
import * as tf from '@tensorflow/tfjs-core'
import type { Pair } from '../../model/index.js'

/** The mean of each pixel and the one before it along an axis, with the first replicated. */
const withTheOneBefore = (x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D => {
  const side = x.shape[axis]
  const size = [-1, -1, -1, -1]
  const first = tf.slice(x, [0, 0, 0, 0], size.with(axis, 1))
  const before = side === 1 ? first : tf.concat([first, tf.slice(x, [0, 0, 0, 0], size.with(axis, side - 1))], axis)
  return tf.mul(tf.add(x, before), 0.5)
}

export const blur = (x: tf.Tensor4D): tf.Tensor4D => withTheOneBefore(withTheOneBefore(x, 1), 2)

/**
 * Nearest-neighbour resizing. The gradient of TensorFlow.js's cpu kernel computes offsets of a batch's images with the
 * wrong size, so there all images are processed as one, with their channels side by side.
 */
export const resizeNearest = (x: tf.Tensor4D, [h, w]: Pair): tf.Tensor4D => {
  const [n, height, width, c] = x.shape
  if (height === h && width === w) return x
  if (n === 1 || tf.getBackend() !== 'cpu') return tf.image.resizeNearestNeighbor(x, [h, w])
  const one: tf.Tensor4D = tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [1, height, width, n * c])
  const resized: tf.Tensor4D = tf.reshape(tf.image.resizeNearestNeighbor(one, [h, w]), [h, w, n, c])
  return tf.transpose(resized, [2, 0, 1, 3])
}
