import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/index.js'
import { cpu, expectClose, ort, resultsOn, type Host, type Program as Results } from '../engines.js'
import type { Operations } from './random/Operation.js'
import { inputsOf, interpret, lossOf, operations, programs, type Program } from './random/Program.js'

const SEED = 20260104
const long = process.env['GRAFT_LONG'] !== undefined
// nearly all of the time goes into compiling: no two programs have the same graph
const runs = { values: long ? 1000 : 40, gradients: long ? 500 : 20 }
const hour = 3_600_000

const results = (program: Program, vocabulary = operations) => {
  const outcome = interpret(program, inputsOf(program), { differentiated: false, vocabulary })
  return { ...outcome, tensors: outcome.results.map((r) => r.tensor) }
}

const gradients = (program: Program): ReadonlyArray<tf.Tensor> => {
  const inputs = inputsOf(program)
  const loss = (...tensors: Array<tf.Tensor>): tf.Scalar => {
    const given = inputs.map((x, i) => ({ ...x, tensor: tensors[i]! }))
    return lossOf(interpret(program, given, { differentiated: true }).results, tensors)
  }
  const { value, grads } = tf.valueAndGrads(loss)(inputs.map((x) => x.tensor))
  return [value, ...grads]
}

const expectSame = (program: Results, by: 'sums' | 'training'): void => {
  const expected = resultsOn(cpu, program)
  expect(expected.flatMap((r) => r.data).every(Number.isFinite)).toBe(true)
  expectClose(resultsOn(ort, program), expected, by)
}

describe('a random program has the same result as on the cpu backend', () => {
  test.prop([programs], { seed: SEED, numRuns: runs.values })(
    'whatever it computes',
    (program) => expectSame(() => results(program).tensors, 'sums'),
    hour
  )

  test.prop([programs], { seed: SEED + 1, numRuns: runs.gradients })(
    'and so do its gradients',
    (program) => expectSame(() => gradients(program), 'training'),
    hour
  )
})

describe('random programs', () => {
  const on = (engine: Engine, program: Program, vocabulary: Operations): ReadonlyArray<Host> =>
    resultsOn(engine, () => results(program, vocabulary).tensors)

  it('find a wrong operation, and shrink to it', () => {
    const wrong = { ...operations, tanh: operations['erf']! }
    const agree = fc.property(programs, (program) =>
      expectClose(on(cpu, program, wrong), on(cpu, program, operations), 'sums')
    )
    const { counterexample } = fc.check(agree, { seed: SEED, numRuns: 1000 })
    const [program] = counterexample!
    expect(program.body.map(({ word }) => word).filter((word) => word !== 'identity')).toEqual(['tanh'])
    expect(program.body.length).toBeLessThanOrEqual(2)
    expect(program.inputs).toHaveLength(1)
  })

  it('use every operation', () => {
    const met = new Set(
      fc.sample(programs, { seed: SEED, numRuns: 300 }).flatMap((program) =>
        cpu.use(() => {
          const words: Array<string> = []
          tf.tidy(() => void words.push(...results(program).met))
          return words
        })
      )
    )
    expect(Object.keys(operations).filter((word) => !met.has(word))).toEqual([])
  })
})
