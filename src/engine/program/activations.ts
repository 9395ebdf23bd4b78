/** Activations that tfjs does not have. */
import * as tf from '@tensorflow/tfjs-core'
import { relu6 } from '../fusedRelu6.js'

/** x·Φ(x), with Φ exact or by the hyperbolic tangent (Hendrycks and Gimpel 2016). */
export const gelu = (x: tf.Tensor, approximate: boolean): tf.Tensor => {
  const inner = approximate
    ? tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
    : tf.erf(tf.mul(x, Math.SQRT1_2))
  return tf.mul(tf.mul(x, 0.5), tf.add(inner, 1))
}

export const hardSigmoid = (x: tf.Tensor): tf.Tensor => tf.mul(relu6(tf.add(x, 3)), 1 / 6)
