/** The optimisers' steps: what each engine computes, against the composed form and torch's formulas. */
import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { usualOptimisers } from '../../laws/arbitrary/optimisers.js'
import { optimiserStep, type ParameterHyper, stateNames } from '../../src/engine/index.js'
import { adamW, type NamedOptimiser, sgd } from '../../src/recipe/index.js'
import { right } from '../io/workplace.js'
import { expectClose, expectMapped, ort, resultsOn, tensorOf } from './engines.js'

const shapes = fc.oneof(
  fc.tuple(
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 6 })
  ),
  fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 6 }))
)
const seeds = fc.integer({ min: 1, max: 1 << 30 })

const hyper: ParameterHyper = { lr: 0.01, mom: 0.9, decay: 0.999, wd: 0.02, t: 2 }

const variants: ReadonlyArray<NamedOptimiser> = [...usualOptimisers, sgd({ nesterov: true })]

describe('a step of an optimiser', () => {
  test.prop([shapes, seeds], { seed: 20260103, numRuns: 8 })(
    'has the result of its composed form on every engine',
    (shape, seed) => {
      for (const o of variants)
        for (const wd of [hyper.wd, 0])
          expectMapped(() => {
            const state = stateNames(o).map((_, k) => tf.abs(tensorOf(seed + 2 + k, shape)))
            return [
              ...right(optimiserStep(o, tensorOf(seed, shape), tensorOf(seed + 1, shape), state, { ...hyper, wd }))
            ]
          }, 'sums')
    }
  )

  // one number, one step, worked out by PyTorch's documented formulas
  it('of AdamW does not add the decay to the moments', () => {
    const one = (x: number) => tf.tensor1d([x])
    const told = { lr: 0.1, mom: 0.9, decay: 1 - 0.1 * 0.01, wd: 0, t: 1 }
    const [p, m, v] = resultsOn(ort, () => [
      ...right(optimiserStep(adamW({ betas: [0.9, 0.999], eps: 1e-30 }), one(1), one(3), [one(0), one(0)], told))
    ])
    const host = (x: number) => ({ shape: [1], dtype: 'float32', data: [x] })
    expectClose([p!, m!, v!], [0.999 - 0.1, 0.3, 0.009].map(host), 'operation')
  })
})
