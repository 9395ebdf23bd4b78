import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { relu6 } from '../../src/engine/fusedRelu6.js'
import { expectMapped, hostOf, ort, tensorOf } from './engines.js'

describe('ReLU6', () => {
  it('passes a gradient strictly between 0 and 6, as torch does', () => {
    const [y, dx] = ort.use(() => {
      const x = tf.tensor1d([-1, 0, 1e-6, 3, 5.9999995, 6, 6.0000005, 100])
      return [hostOf(relu6(x)), hostOf(tf.grad((a) => relu6(a))(x))]
    })
    expect(y.data.map((value) => Number(value.toFixed(5)))).toEqual([0, 0, 0, 3, 6, 6, 6, 6])
    expect(dx.data).toEqual([0, 0, 1, 1, 1, 0, 0, 0])
  })

  it.each([
    [3, 8, 8, 2],
    [2, 3, 5, 1],
    [1, 4, 4, 3]
  ])('is the same on every engine between convolutions, %i images of %ix%i', (...shape) => {
    const filter = () => tensorOf(5, [3, 3, shape[3], shape[3]], 4) as tf.Tensor4D
    const weighed = (x: tf.Tensor) =>
      tf.mul(relu6(tf.conv2d(x as tf.Tensor4D, filter(), 1, 'same')), tensorOf(3, shape))
    expectMapped(() => [weighed(tensorOf(1, shape)), tf.grad(weighed)(tensorOf(1, shape))], 'sums')
  })
})
