/**
 * Focal losses and weights of classes: values and gradients of torch 2.13 (`F.cross_entropy`, `F.binary_cross_entropy_with_logits`)
 * and of torchvision's `sigmoid_focal_loss`; focal loss of classes by the formula of Lin et al. on torch's log softmax.
 */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { type Engine, lossPerSample, meanLoss } from '../../../src/engine/index.js'
import {
  bceWithLogits,
  crossEntropy,
  focal,
  labelSmoothing,
  type Loss,
  mse,
  sigmoidFocal
} from '../../../src/recipe/index.js'
import { cpu, ort } from '../engines.js'

const outputs = [
  [1.5, -0.5, 0.25],
  [-2, 0.75, 3],
  [0, 0, -1],
  [8, -9, 2]
]
const classes = [0, 2, 1, 2]
const labels = [
  [1, 0, 1],
  [0, 1, 1],
  [0, 0, 0],
  [1, 1, 0]
]
const weight = [0.5, 2, 1.25]

const cases: ReadonlyArray<readonly [what: string, loss: Loss, value: number, gradient: ReadonlyArray<number>]> = [
  [
    'sigmoidFocal()',
    sigmoidFocal(),
    0.3212707,
    [
      ...[-0.0003548, 0.0086211, -0.0043345, 0.0003044, -0.0018148, -6.6e-6],
      ...[0.0186429, 0.0186429, 0.0032863, 0, -0.0208719, 0.0672946]
    ]
  ],
  [
    'sigmoidFocal({ gamma: 0.5, alpha: 0.6 })',
    sigmoidFocal({ gamma: 0.5, alpha: 0.6 }),
    0.600619,
    [
      ...[-0.0056541, 0.0107546, -0.019841, 0.0020152, -0.0128065, -0.0007684],
      ...[0.0158695, 0.0158695, 0.0066285, -5e-7, -0.0500185, 0.0315203]
    ]
  ],
  [
    'focal()',
    focal(),
    1.5731375,
    [
      ...[-0.017423, 0.0055897, 0.0118333, 4.46e-5, 0.0006975, -0.0007421],
      ...[0.0796398, -0.1089376, 0.0292978, 0.2555344, 0, -0.2555344]
    ]
  ],
  [
    'focal({ gamma: 1, alpha })',
    focal({ gamma: 1, alpha: weight }),
    2.1365159,
    [
      ...[-0.0201828, 0.0064751, 0.0137077, 0.0003718, 0.0058165, -0.0061884],
      ...[0.1988526, -0.2720063, 0.0731538, 0.3155831, 0, -0.3155831]
    ]
  ],
  [
    'focal({ gamma: 0 }), which is cross entropy',
    focal({ gamma: 0 }),
    1.8306766,
    [
      ...[-0.0741715, 0.0237958, 0.0503757, 0.0015146, 0.0236929, -0.0252076],
      ...[0.1055797, -0.1444203, 0.0388406, 0.2493819, 0, -0.2493818]
    ]
  ],
  [
    'labelSmoothing(0.1, { weight })',
    labelSmoothing(0.1, { weight }),
    2.1182823,
    [
      ...[-0.0124522, -0.0023873, 0.0148395, -0.0018187, 0.0103596, -0.0085409],
      ...[0.1592594, -0.2107406, 0.0514812, 0.2460485, -0.0133333, -0.2327152]
    ]
  ],
  [
    'bceWithLogits with posWeight',
    { ...bceWithLogits, posWeight: weight },
    2.0069177,
    [
      ...[-0.0076011, 0.0314617, -0.0456066, 0.0099336, -0.0534702, -0.0049402],
      ...[0.0416667, 0.0416667, 0.0224118, -1.4e-5, -0.1666461, 0.0733998]
    ]
  ]
]

const targetsOf = (loss: Loss): tf.Tensor =>
  loss._tag === 'SigmoidFocal' || loss._tag === 'BceWithLogits' ? tf.tensor2d(labels) : tf.tensor1d(classes, 'int32')

const mean =
  (loss: Loss, targets: tf.Tensor) =>
  (out: tf.Tensor): tf.Scalar =>
    meanLoss(loss, lossPerSample(loss, out, targets), targets)

describe.each<readonly [string, Engine]>([
  ['cpu', cpu],
  ['onnxruntime', ort]
])('on %s', (_, engine) => {
  it.each(cases)("%s has torch's value and gradient", (_what, loss, value, gradient) => {
    engine.use(() =>
      tf.tidy(() => {
        const [x, y] = [tf.tensor2d(outputs), targetsOf(loss)]
        expect(mean(loss, y)(x).dataSync()[0]).toBeCloseTo(value, 5)
        const found = tf.grad(mean(loss, y))(x).dataSync()
        for (const [i, g] of gradient.entries()) expect(found[i], `gradient ${i}`).toBeCloseTo(g, 5)
      })
    )
  })

  it('takes the mean weighted by samples, and by their classes', () => {
    engine.use(() =>
      tf.tidy(() => {
        const [each, y, s] = [tf.tensor1d([2, 6]), tf.tensor1d([0, 1], 'int32'), tf.tensor1d([2, 1])]
        expect(meanLoss(mse, each, y, s).dataSync()[0]).toBeCloseTo((2 * 2 + 6) / 3, 6)
        expect(meanLoss(crossEntropy({ weight: [1, 3] }), each, y, s).dataSync()[0]).toBeCloseTo((2 * 2 + 6) / 5, 6)
        expect(meanLoss(mse, each, y, tf.zeros([2])).dataSync()[0]).toBe(0)
      })
    )
  })

  it('has a finite gradient where an image is certain, for every gamma', () => {
    engine.use(() =>
      tf.tidy(() => {
        const certain = tf.tensor2d([[200, -200]])
        for (const gamma of [0, 0.5, 1, 2, 5]) {
          const classLoss = mean(focal({ gamma }), tf.tensor1d([0], 'int32'))
          const labelLoss = mean(sigmoidFocal({ gamma }), tf.tensor2d([[1, 0]]))
          for (const f of [classLoss, labelLoss])
            expect([...tf.grad(f)(certain).dataSync()].every(Number.isFinite), `gamma ${gamma}`).toBe(true)
        }
      })
    )
  })

  it('weighs pixels by their classes, and ignores those below 0', () => {
    engine.use(() =>
      tf.tidy(() => {
        const x = tf.tensor4d(outputs.flat(), [1, 2, 2, 3])
        const y = tf.tensor2d([[0, 2, -1, 2]], [1, 4], 'int32')
        const value = (loss: Loss): number => mean(loss, y)(x).dataSync()[0]!
        expect(value(labelSmoothing(0.1, { weight }))).toBeCloseTo(2.963468, 5)
        expect(value(focal({ alpha: weight }))).toBeCloseTo(2.494292, 5)
      })
    )
  })
})
