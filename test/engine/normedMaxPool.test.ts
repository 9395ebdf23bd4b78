import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { batchNormTrain } from '../../src/engine/index.js'
import { expectMapped, tensorOf } from './engines.js'

const EPS = 1e-5

const convolved = (x: tf.Tensor): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, tensorOf(5, [3, 3, 2, 4]) as tf.Tensor4D, 1, 'same')

type Norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor

const normed: Norm = (x, gamma, beta) => batchNormTrain(convolved(x), gamma as tf.Tensor1D, beta as tf.Tensor1D, EPS).y

const pooled = (x: tf.Tensor, size = 3, stride = 2): tf.Tensor =>
  tf.maxPool(x as tf.Tensor4D, size, stride, size === 3 ? 1 : 0)

const uses: Readonly<Record<string, Norm>> = {
  'after a ReLU': (...all) => pooled(tf.relu(normed(...all))),
  'without overlap': (...all) => pooled(tf.relu(normed(...all)), 2),
  'with stride 1': (...all) => pooled(tf.relu(normed(...all)), 3, 1),
  'with other uses of the ReLU': (...all) => {
    const y = tf.relu(normed(...all))
    return tf.concat([tf.sum(pooled(y), [1, 2]), tf.sum(tf.square(y), [1, 2])], 1)
  },
  'with other uses of the norm': (...all) => {
    const y = normed(...all)
    return tf.concat([tf.sum(pooled(tf.relu(y)), [1, 2]), tf.sum(tf.square(y), [1, 2])], 1)
  },
  twice: (...all) => {
    const y = tf.relu(normed(...all))
    return tf.concat([tf.sum(pooled(y), [1, 2]), tf.sum(pooled(y, 2), [1, 2])], 1)
  },
  'without a ReLU': (...all) => pooled(normed(...all))
}

describe.each([
  [3, 8, 8],
  [3, 5, 4],
  [1, 4, 4]
])('a max pool after a batch norm, %i images of %ix%i', (images, height, width) => {
  const factors: Readonly<Record<string, ReadonlyArray<number>>> = {
    'factors of either sign': [0.7, -1.3, 0.2, -0.4],
    'positive factors': [0.7, 1.3, 0.2, 0.4]
  }

  it.each(Object.entries(uses))('%s', (_, use) => {
    for (const gamma of Object.values(factors)) {
      const inputs = () => [tensorOf(1, [images, height, width, 2]), tf.tensor1d([...gamma]), tensorOf(3, [4])]
      const loss = (...all: ReadonlyArray<tf.Tensor>) => {
        const y = use(...(all as Parameters<Norm>))
        return tf.sum(tf.mul(y, tensorOf(7, y.shape)))
      }
      expectMapped(() => use(...(inputs() as Parameters<Norm>)), 'sums')
      expectMapped(() => tf.grads(loss)(inputs()), 'training')
    }
  })
})
