/** LAMB against timm's (1.0.29, max_grad_norm=None, in double precision), three steps of one parameter. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { type Engine, optimiserStep } from '../../src/engine/index.js'
import { type Lamb, lamb } from '../../src/recipe/index.js'
import { right } from '../io/workplace.js'
import { cpu, ort } from './engines.js'

const parameter = [0.5, -0.25, 1, -2, 0.125, 0.75]
const gradients = [
  [0.1, -0.2, 0.3, 0.4, -0.5, 0.6],
  [-0.3, 0.1, 0, 0.2, 0.7, -0.1],
  [0.05, 0.5, -0.4, -0.2, 0.1, 0.3]
]

const stepped = (o: Lamb, wd: number, start: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => {
  const asTensor = (values: ReadonlyArray<number>) => tf.tensor2d([...values], [2, 3])
  let all: ReadonlyArray<tf.Tensor> = [asTensor(start), tf.zeros([2, 3]), tf.zeros([2, 3])]
  return gradients.map((g, k) => {
    const [p, ...state] = all
    all = right(optimiserStep(o, p!, asTensor(g), state, { lr: 0.05, mom: 0.9, decay: 1, wd, t: k + 1 }))
    return [...all[0]!.dataSync()]
  })
}

const cases: ReadonlyArray<
  readonly [
    what: string,
    o: Lamb,
    wd: number,
    start: ReadonlyArray<number>,
    expected: ReadonlyArray<ReadonlyArray<number>>
  ]
> = [
  [
    'scales the update of a parameter that decays',
    lamb(),
    0.1,
    parameter,
    [
      [0.44855193, -0.19977665, 0.94610168, -2.03919878, 0.17338604, 0.69732656],
      [0.48865735, -0.17422162, 0.87785105, -2.10419975, 0.15253281, 0.64303517],
      [0.51768147, -0.23538887, 0.8921801, -2.12784801, 0.12014297, 0.55158599]
    ]
  ],
  [
    "takes Adam's step without weight decay",
    lamb(),
    0,
    parameter,
    [
      [0.4500005, -0.20000025, 0.95000017, -2.04999988, 0.1749999, 0.70000008],
      [0.47470988, -0.18668348, 0.91649741, -2.09660871, 0.16418507, 0.67307327],
      [0.48858472, -0.21164615, 0.92653036, -2.1164439, 0.15219056, 0.64026993]
    ]
  ],
  [
    'scales every update if alwaysAdapt',
    lamb({ alwaysAdapt: true }),
    0,
    parameter,
    [
      [0.45045812, -0.20045787, 0.95045779, -2.04954225, 0.17454228, 0.70045771],
      [0.49310559, -0.17747362, 0.89263328, -2.12998737, 0.15587629, 0.65398302],
      [0.52706127, -0.2385644, 0.91718677, -2.17852974, 0.12652228, 0.57370389]
    ]
  ],
  [
    'has a trust ratio of 1 where the parameter is zero',
    lamb(),
    0.1,
    parameter.map(() => 0),
    [
      [-0.0499995, 0.04999975, -0.04999983, -0.04999988, 0.0499999, -0.04999992],
      [-0.04781215, 0.05114487, -0.05291399, -0.0540626, 0.04903022, -0.05233778],
      [-0.04605138, 0.04799876, -0.05162932, -0.05650341, 0.04750326, -0.0563975]
    ]
  ]
]

describe.each<readonly [string, Engine]>([
  ['cpu', cpu],
  ['onnxruntime', ort]
])('LAMB on %s', (_, engine) => {
  it.each(cases)('%s', (_what, o, wd, start, expected) => {
    const found = engine.use(() => stepped(o, wd, start))
    expected.forEach((values, k) => values.forEach((value, i) => expect(found[k]![i]).toBeCloseTo(value, 5)))
  })
})
