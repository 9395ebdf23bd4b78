/** Which arrays of a network share a tensor, and that sharing one is seen by nobody outside. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { compile, freshOptimiser, initialState, type StepOptions } from '../../../src/engine/index.js'
import { bucketsOf, downloadBucket, uploadBucket } from '../../../src/engine/program/buckets.js'
import { adamW, customOptimiser, lamb, sgd } from '../../../src/recipe/index.js'
import { right } from '../../io/workplace.js'
import { cpu, numbers, ort } from '../engines.js'
import { batch, plainly, small, told } from './networks.js'

const paths = (buckets: ReadonlyArray<ReadonlyArray<{ readonly path: string }>>): ReadonlyArray<string> =>
  buckets.map((bucket) => bucket.map(({ path }) => path).join(' '))

/** Tensors that a program keeps for its parameters, buffers and optimiser. */
const tensorsOf = (options: Partial<StepOptions>): number =>
  ort.use(() => {
    const before = tf.memory().numTensors
    const start = { state: initialState(small, 1), optimiser: freshOptimiser }
    const program = right(compile(ort)(small, start, { ...plainly, ...options }))
    const after = tf.memory().numTensors
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
    return after - before
  })

const own = customOptimiser('own', {
  init: (size) => [new Float32Array(size)],
  update: ({ parameter, state }) => ({ parameter, state })
})

describe('buckets', () => {
  it('contain small arrays with equal hyperparameters; all other arrays are separate', () => {
    const arrays = [
      { path: 'a', shape: [3] },
      { path: 'long', shape: [128, 128, 3, 3] },
      { path: 'b', shape: [2, 2] },
      { path: 'alone', shape: [1] },
      { path: 'other', shape: [1] }
    ]
    const kinds = new Map([
      ['a', 'x'],
      ['b', 'x'],
      ['long', 'x'],
      ['other', 'y']
    ])
    expect(paths(bucketsOf(arrays, ({ path }) => kinds.get(path)))).toEqual(['a b', 'long', 'alone', 'other'])
  })

  it("return the values they were given, in torch's order, and zeros for null", () => {
    const bucket = [
      { path: 'conv', shape: [2, 3, 2, 2] },
      { path: 'bias', shape: [2] },
      { path: 'linear', shape: [2, 3] }
    ]
    const [conv, linear] = [numbers(1, 24), numbers(2, 6)]
    cpu.use(() => {
      const tensor = uploadBucket(bucket, [conv, null, linear])
      expect(tensor.shape).toEqual([1, 32])
      expect(downloadBucket(bucket, tensor)).toEqual([conv, new Float32Array(2), linear])
      tensor.dispose()
    })
  })
})

describe('a program', () => {
  it.each([
    ['parameters, two moments and statistics', {}, 4],
    ['weights apart from what does not decay', { bnWd: false }, 7],
    ["one array of the optimiser's", { optimiser: sgd() }, 3],
    ['each of six parameters where the optimiser takes norms of whole ones', { optimiser: lamb() }, 19],
    ["each of six parameters with the state of one's own optimiser", { optimiser: own }, 13]
  ] as const)('keeps as few tensors as possible: %s', (_, options, count) => {
    expect(tensorsOf(options)).toBe(count)
  })

  it('continues from its saved state like an uninterrupted one, bit for bit', () => {
    const options = { ...plainly, optimiser: adamW(), bnWd: false, clip: 0.5 }
    const input = (step: number) => ({ ...told, wd: 0.1, step })
    const start = { state: initialState(small, 1), optimiser: freshOptimiser }
    const program = right(compile(ort)(small, start, options))
    right(program.step(batch, input(0)))
    const [state, optimiser] = [right(program.state()), right(program.optimiserState())]
    expect([...optimiser.arrays.keys()]).toEqual(
      small.parameters.flatMap(({ path }) => [`${path}.exp_avg`, `${path}.exp_avg_sq`])
    )
    const again = right(compile(ort)(small, { state, optimiser }, options))
    const losses = [program, again].map((p) => right(p.step(batch, input(1))))
    expect(losses[1]).toBe(losses[0])
    expect(right(again.state())).toEqual(right(program.state()))
    expect(right(again.optimiserState())).toEqual(right(program.optimiserState()))
    ;[program, again].forEach((p) => p.dispose())
  })
})
