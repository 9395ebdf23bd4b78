import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { batchNormTrain } from '../../src/engine/index.js'
import { expectMapped, tensorOf } from './engines.js'

const normed = (x: tf.Tensor): tf.Tensor =>
  batchNormTrain(x, tf.tensor1d([0.7, -1.3, 0, 0.4]), tf.tensor1d([0.1, 0, -0.2, 0.3]), 1e-5).y

const kinds = [
  { kernel: 1, stride: 1, images: 3, side: 8 },
  { kernel: 1, stride: 2, images: 3, side: 8 },
  { kernel: 3, stride: 1, images: 3, side: 8 },
  { kernel: 3, stride: 1, images: 2, side: 20 },
  { kernel: 3, stride: 2, images: 3, side: 9 },
  // more weights than numbers in the images, and images in tfjs's order
  { kernel: 3, stride: 1, images: 1, side: 2 },
  { kernel: 3, stride: 1, images: 1, side: 12 }
]

describe('gradients of a convolution before a batch norm', () => {
  it.each(kinds)('kernel $kernel, stride $stride, $images images of side $side', ({ kernel, stride, images, side }) => {
    const [shape, filters] = [
      [images, side, side, 3],
      [kernel, kernel, 3, 4]
    ]
    const weighed = (y: tf.Tensor) => tf.sum(tf.mul(y, tensorOf(7, y.shape)))
    const conv = (x: tf.Tensor, filter: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same')
    const inputs = () => [tensorOf(1, shape), tensorOf(2, filters)]
    expectMapped(() => tf.grads((x, filter) => weighed(normed(conv(x, filter))))(inputs()), 'training')
    const twice = (x: tf.Tensor, filter: tf.Tensor) => {
      const y = conv(x, filter)
      return tf.add(weighed(normed(y)), weighed(tf.square(y)))
    }
    expectMapped(() => tf.grads(twice)(inputs()), 'training')
  })
})
