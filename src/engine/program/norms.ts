/** Layer norm and group norm with tfjs, channels last. */
import * as tf from '@tensorflow/tfjs-core'
import type { GroupNorm } from '../../model/index.js'
import type { Arrays } from './Arrays.js'

const standardised = (x: tf.Tensor, axes: Array<number>, eps: number): tf.Tensor => {
  const centred = tf.sub(x, tf.mean(x, axes, true))
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), eps)))
}

const affine = (x: tf.Tensor, path: string, arrays: Arrays): tf.Tensor =>
  tf.add(tf.mul(x, arrays(`${path}.weight`)), arrays(`${path}.bias`))

export const layerNorm = (x: tf.Tensor, eps: number, path: string, arrays: Arrays): tf.Tensor =>
  affine(standardised(x, [x.rank - 1], eps), path, arrays)

export const groupNorm = ({ groups, eps }: GroupNorm, x: tf.Tensor4D, path: string, arrays: Arrays): tf.Tensor => {
  const [n, h, w, c] = x.shape
  const grouped = tf.reshape(x, [n, h * w, groups, c / groups])
  return affine(tf.reshape(standardised(grouped, [1, 3], eps), [n, h, w, c]), path, arrays)
}
