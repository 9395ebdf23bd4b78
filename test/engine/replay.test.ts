import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { acquireEngine, type EngineOptions } from '../../src/engine/index.js'
import { ort } from './engines.js'

describe('a replayed computation', () => {
  it('returns tensors of the original shapes, also for a reshaped part', () => {
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

  it('prepares its constants again when the engine is asked for other forms', async () => {
    const asked = async (options: EngineOptions) =>
      expect(E.isRight(await acquireEngine('onnxruntime', options)())).toBe(true)
    const numbers = (shape: [number, number, number, number]) =>
      tf.randomUniform<tf.Rank.R4>(shape, -1, 1, 'float32', 7)
    try {
      // by the table of costs for this width, Winograd
      await asked({ block: 8 })
      const [replay, x, expected] = ort.use(() => {
        const [images, filter] = [numbers([4, 16, 16, 64]), numbers([3, 3, 64, 64])]
        const capture = ort.capture()
        const y = tf.conv2d(images, tf.neg(filter), 1, 'same')
        return [capture({ inputs: [images], outputs: [y] })!, images, y.dataSync()] as const
      })
      const outputs = () => ort.use(() => replay([x])[0]!.dataSync())
      expect(outputs()).toEqual(expected)
      await asked({ exactConv: true, block: 8 })
      const exact = outputs()
      expect(exact).not.toEqual(expected)
      expect(Math.max(...exact.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-4)
      await asked({ block: 8 })
      expect(outputs()).toEqual(expected)
    } finally {
      await asked({})
    }
  })
})
