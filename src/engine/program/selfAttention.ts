/** Self-attention over the pixels of a feature map in NHWC. */
import * as tf from '@tensorflow/tfjs-core'
import type { Arrays } from './Arrays.js'
import { spectralNormed } from './normedWeights.js'

export const selfAttention = (path: string, x: tf.Tensor4D, arrays: Arrays): tf.Tensor => {
  const [n, h, w, c] = x.shape
  const pixels = tf.reshape(x, [n * h * w, c])
  const projected = (name: string): tf.Tensor3D => {
    const weight = spectralNormed(`${path}.${name}`, arrays)
    const out = weight.shape.at(-1)!
    return tf.reshape(tf.matMul(pixels, tf.reshape(weight, [c, out])), [n, h * w, out])
  }
  // row j holds the weights of pixel j: the softmax of qᵀk over its first axis, transposed
  const shares = tf.softmax(tf.matMul(projected('key'), projected('query'), false, true))
  const taken = tf.reshape(tf.matMul(shares, projected('value')), x.shape)
  return tf.add(tf.mul(arrays(`${path}.gamma`), taken), x)
}
