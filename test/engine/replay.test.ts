import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { ort } from './engines.js'

describe('a computation that runs again', () => {
  it('gives tensors of the shapes that they had, also of a part that was reshaped', () => {
    ort.use(() => {
      const [x, other] = [tf.tensor1d([1, 2, 3, 4, 5]), tf.tensor1d([5, 4, 3, 2, 1])]
      const capture = ort.capture()
      const [matrix, rest] = tf.split(tf.neg(x), [4, 1]) as [tf.Tensor, tf.Tensor]
      const replay = capture({ inputs: [x], outputs: [tf.reshape(matrix, [2, 2]), rest] })
      const again = replay!([other])
      expect(again.map(({ shape }) => shape)).toEqual([[2, 2], [1]])
      expect(again.map((t) => [...t.dataSync()])).toEqual([[-5, -4, -3, -2], [-1]])
    })
  })
})
