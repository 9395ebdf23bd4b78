import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { batchNormTrain } from '../../src/engine/index.js'
import { cpu, expectAgreement, expectClose, expectMapped, ort, resultsOn, tensorOf } from './engines.js'

const SEED = 20260103
const runs = { seed: SEED, numRuns: 8 }
const seeds = fc.integer({ min: 1, max: 1 << 30 })
const shapes = fc.oneof(
  fc.tuple(
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 6 })
  ),
  fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 6 }))
)

const EPS = 1e-5

const composed = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(
    x,
    x.shape.slice(0, -1).map((_, i) => i)
  )
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPS))), gamma), beta)
}

const fused = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
  batchNormTrain(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, EPS).y

describe('batch norm in training', () => {
  type Norm = typeof fused
  const gradients = (norm: Norm, seed: number, shape: ReadonlyArray<number>) => () => {
    const c = shape.at(-1)!
    const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
      tf.sum(tf.mul(norm(x, gamma, beta), tensorOf(seed + 3, shape)))
    return tf.grads(loss)([tensorOf(seed, shape, 2, 0.5), tensorOf(seed + 1, [c], 0.5, 1), tensorOf(seed + 2, [c])])
  }

  test.prop([shapes, seeds], runs)('has the result of its composed form on every engine', (shape, seed) => {
    const c = shape.at(-1)!
    const parts = () => {
      const gamma = tensorOf(seed + 1, [c], 0.5, 1) as tf.Tensor1D
      const { y, mean, variance } = batchNormTrain(
        tensorOf(seed, shape),
        gamma,
        tensorOf(seed + 2, [c]) as tf.Tensor1D,
        EPS
      )
      return [y, mean, variance]
    }
    // with few rows a variance may be nearly nothing, and what is divided by it is as uncertain
    expectMapped(parts, 'training')
  })

  it('has the gradients that tfjs finds for the composed form, on both engines', () => {
    for (const shape of [
      [3, 4, 5, 6],
      [16, 3]
    ]) {
      const expected = resultsOn(cpu, gradients(composed, 5, shape))
      expectClose(resultsOn(cpu, gradients(fused, 5, shape)), expected, 'sums')
      expectClose(resultsOn(ort, gradients(fused, 5, shape)), expected, 'sums')
    }
  })

  it('is accurate if the mean is a thousand times the standard deviation', () => {
    const x = () => tensorOf(1, [8, 6, 6, 4], 1, 1000)
    const variance = () => batchNormTrain(x(), tf.ones([4]), tf.zeros([4]), EPS).variance
    const centred = () => batchNormTrain(tf.sub(x(), 1000), tf.ones([4]), tf.zeros([4]), EPS).variance
    expectClose(resultsOn(ort, variance), resultsOn(ort, centred), 'training')
  })

  it('is right on wide and narrow rows: any number of channels', () => {
    expectAgreement(() => fused(tensorOf(1, [4, 1, 1, 1100]), tf.ones([1100]), tf.zeros([1100])), 'training')
    expectAgreement(() => fused(tensorOf(1, [4, 1100]), tf.ones([1100]), tf.zeros([1100])), 'training')
  })
})
