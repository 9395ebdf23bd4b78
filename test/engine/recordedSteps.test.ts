/** Optimisers against steps recorded from PyTorch and timm in double precision, by bench/optimisers/record.py. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { type Engine, optimiserStep, stateNames } from '../../src/engine/index.js'
import { decodeOptimiser } from '../../src/format/index.js'
import { momentumOf, type NamedOptimiser, optimiserTraits } from '../../src/recipe/index.js'
import { right } from '../io/workplace.js'
import { cpu, ort } from './engines.js'
import recorded from './recordedSteps.json' with { type: 'json' }

const asTensor = (values: ReadonlyArray<number>) => tf.tensor2d([...values], [2, 3])

/** The parameter after each step; weight decay is decoupled, also where the step applies it itself. */
const stepped = (o: NamedOptimiser, wd: number): ReadonlyArray<ReadonlyArray<number>> => {
  const { lr, parameter, gradients } = recorded
  const inUpdate = optimiserTraits(o).weightDecay === 'update'
  const hyper = { lr, mom: momentumOf(o), decay: inUpdate ? 1 : 1 - lr * wd, wd: inUpdate ? wd : 0 }
  let all: ReadonlyArray<tf.Tensor> = [asTensor(parameter), ...stateNames(o).map(() => tf.zeros([2, 3]))]
  return gradients.map((g, k) => {
    const [p, ...state] = all
    all = right(optimiserStep(o, p!, asTensor(g), state, { ...hyper, t: k + 1 }))
    return [...all[0]!.dataSync()]
  })
}

describe.each<readonly [string, Engine]>([
  ['cpu', cpu],
  ['onnxruntime', ort]
])('the steps of an optimiser on %s', (_, engine) => {
  it.each(recorded.cases.map((c) => [JSON.stringify(c.optimiser), c.wd, c] as const))(
    'are the recorded ones for %s with weight decay %d',
    (_name, _wd, { optimiser, wd, parameters }) => {
      const o = right(decodeOptimiser(optimiser)) as NamedOptimiser
      const found = engine.use(() => stepped(o, wd))
      parameters.forEach((values, k) => values.forEach((value, i) => expect(found[k]![i]).toBeCloseTo(value, 5)))
    }
  )
})
