/** Losses of points, some of them missing: values and gradients of torch 2.13 on the coordinates that are there. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { type Engine, lossPerSample, meanLoss } from '../../../src/engine/index.js'
import { customLoss, huber, l1, type Loss, mse } from '../../../src/recipe/index.js'
import { cpu, ort } from '../engines.js'

const outputs = [0.5, -0.25, 1.5, 0, -0.75, 0.1, 0.2, -2, 0.3, 0.3, -0.4, 0.9]
const targets = [0.25, -0.5, NaN, NaN, -0.5, 0.1, 0.9, 0.4, NaN, NaN, NaN, NaN]

const rest = [0, 0, 0, 0]
const cases: ReadonlyArray<readonly [string, Loss, number, ReadonlyArray<number>]> = [
  ['mse', mse, 1.0729166, [0.0833333, 0.0833333, 0, 0, -0.0833333, 0, -0.2333333, -0.8000001, ...rest]],
  ['l1', l1, 0.6416667, [0.1666667, 0.1666667, 0, 0, -0.1666667, 0, -0.1666667, -0.1666667, ...rest]],
  [
    'huber({ delta: 0.5 })',
    huber({ delta: 0.5 }),
    0.2322917,
    [0.0416667, 0.0416667, 0, 0, -0.0416667, 0, -0.0833333, -0.0833333, ...rest]
  ]
]

describe.each<readonly [string, Engine]>([
  ['cpu', cpu],
  ['onnxruntime', ort]
])('on %s', (_, engine) => {
  it.each(cases)('%s has the value and gradient of torch', (_what, loss, value, gradient) => {
    engine.use(() =>
      tf.tidy(() => {
        const [x, y] = [tf.tensor2d(outputs, [3, 4]), tf.tensor3d(targets, [3, 2, 2])]
        const mean = (out: tf.Tensor): tf.Scalar => meanLoss(loss, lossPerSample(loss, out, y), y)
        expect(mean(x).dataSync()[0]).toBeCloseTo(value, 5)
        const found = tf.grad(mean)(x).dataSync()
        for (const [i, g] of gradient.entries()) expect(found[i], `gradient ${i}`).toBeCloseTo(g, 5)
        expect(lossPerSample(loss, x, y).dataSync()[2]).toBe(0)
      })
    )
  })

  it('counts coordinates times the weights of their images', () => {
    engine.use(() =>
      tf.tidy(() => {
        const [x, y] = [tf.tensor2d([1, 1, 2, 2], [1, 4]), tf.tensor3d([0, 0, NaN, NaN], [1, 2, 2])]
        const [two, both] = [tf.concat([x, x]), tf.concat([y, tf.zerosLike(y)])]
        const each = lossPerSample(mse, two, both)
        // 1, twice, and four coordinates whose squares have the sum 10
        expect([...each.dataSync()]).toEqual([1, 2.5])
        expect(meanLoss(mse, each, both, tf.tensor1d([3, 1])).dataSync()[0]).toBeCloseTo((3 * 2 + 10) / (3 * 2 + 4), 6)
      })
    )
  })

  it('gives a loss of one’s own outputs and targets of the same shape', () => {
    engine.use(() =>
      tf.tidy(() => {
        const [x, y] = [tf.tensor2d([1, 2, 3, 4], [1, 4]), tf.tensor3d([1, 2, 3, 6], [1, 2, 2])]
        const furthest = customLoss('furthest', 'identity', (o, t) =>
          tf.max(tf.reshape(tf.abs(tf.sub(o, t)), [-1, 4]), 1)
        )
        expect([...lossPerSample(furthest, x, y).dataSync()]).toEqual([2])
      })
    )
  })
})
