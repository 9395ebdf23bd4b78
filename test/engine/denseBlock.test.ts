import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { batchNormTrain } from '../../src/engine/index.js'
import { expectMapped, tensorOf } from './engines.js'

const EPS = 1e-5

const normed = (x: tf.Tensor, seed: number): tf.Tensor => {
  const c = x.shape.at(-1)!
  return batchNormTrain(x, tensorOf(seed, [c], 0.5, 1) as tf.Tensor1D, tensorOf(seed + 1, [c]) as tf.Tensor1D, EPS).y
}

const convolved = (x: tf.Tensor, filters: number, seed: number, size = 3): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, tensorOf(seed, [size, size, x.shape[3]!, filters], 0.3) as tf.Tensor4D, 1, 'same')

const layer = (x: tf.Tensor, seed: number): tf.Tensor => convolved(tf.relu(normed(x, seed)), 2, seed + 2)

const beside = (...parts: ReadonlyArray<tf.Tensor>): tf.Tensor => tf.concat([...parts], 3)

/** Every layer norms the channels of all before it. */
const dense = (x: tf.Tensor): tf.Tensor => {
  const two = beside(x, layer(x, 10))
  const three = beside(two, layer(two, 20))
  return normed(beside(three, layer(three, 30)), 40)
}

const uses: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  'a dense block': dense,
  'all branches at once': (x) => normed(beside(x, layer(x, 10), layer(x, 20)), 40),
  'a tensor beside itself': (x) => tf.mul(normed(beside(x, x), 10), normed(beside(x, x), 20)),
  'two norms of one tensor': (x) => tf.mul(normed(x, 10), normed(x, 20)),
  'a norm beside another use': (x) => {
    const all = beside(x, layer(x, 10))
    return tf.add(normed(all, 20), tf.square(all))
  },
  'parts that are not what was concatenated': (x) => {
    const [a, b] = tf.split(normed(beside(x, layer(x, 10)), 20), [1, x.shape[3]! + 1], 3)
    return beside(tf.square(b!), a!)
  },
  'a norm of a norm': (x) => normed(beside(normed(x, 10), layer(x, 20)), 30)
}

// one image lies as tfjs has it, others as a matrix of pixels: in tiles, and in reading order
describe.each([
  [3, 8, 8],
  [3, 5, 4],
  [1, 4, 4]
])('batch norms of concatenations, %i images of %ix%i', (images, height, width) => {
  const image = (seed: number) => convolved(tensorOf(seed, [images, height, width, 2]), 3, seed + 1, 1)

  it.each(Object.entries(uses))('%s', (_, use) => {
    expectMapped(() => use(image(1)), 'training')
    const weighed = (x: tf.Tensor) => {
      const y = use(convolved(x, 3, 2, 1))
      return tf.mul(y, tensorOf(3, y.shape))
    }
    expectMapped(() => tf.grad(weighed)(tensorOf(1, [images, height, width, 2])), 'training')
  })

  it('their statistics', () => {
    expectMapped(() => {
      const x = beside(image(1), image(5))
      const { mean, variance } = batchNormTrain(x, tf.ones([6]), tf.zeros([6]), EPS)
      return [mean, variance]
    }, 'training')
  })
})
