import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { compileInference, type Engine, freshOptimiser, initialState, compile } from '../../../src/engine/index.js'
import { crossEntropy, customLoss } from '../../../src/recipe/index.js'
import { left, right } from '../../io/workplace.js'
import { cpu, expectNear, ort } from '../engines.js'
import { batch, compiled, plainly, small, told } from './networks.js'

/** A weight too few: the third class is out of its range. */
const short = crossEntropy({ weight: [1, 1] })

const tensors = (): number => tf.memory().numTensors

describe.each([
  ['onnxruntime', ort],
  ['cpu', cpu]
] as const)('on %s', (_name, engine: Engine) => {
  it('the next program works after a failed step', () => {
    const failing = right(compiled(engine, { loss: short }))
    expect(failing.step(batch, told)).toMatchObject({ left: { _tag: 'EngineFailure' } })
    const next = right(compiled(engine))
    expect(right(next.step(batch, told))).toBeGreaterThan(0)
    failing.dispose()
    next.dispose()
  })

  it('a failed step changes no parameter and leaves the program usable', () => {
    const program = right(compiled(engine, { loss: short }))
    const start = [right(program.state()), right(program.optimiserState())]
    left(program.step(batch, told))
    expect([right(program.state()), right(program.optimiserState())]).toEqual(start)
    const within = { ...batch, y: Int32Array.of(0, 1, 0, 1) }
    expect(right(program.step(within, told))).toBeGreaterThan(0)
    expect(right(program.optimiserState()).t).toBe(1)
    program.dispose()
  })

  it('a step, an evaluation and a prediction leave no tensor behind, whether or not they fail', () => {
    const before = tensors()
    const program = right(compiled(engine, { loss: short }))
    const loaded = tensors()
    left(program.step(batch, told))
    expect(tensors()).toBe(loaded)
    left(program.evaluate(batch))
    expect(tensors()).toBe(loaded)
    left(program.predict(batch.x, batch.n + 1))
    expect(tensors()).toBe(loaded)
    right(program.predict(batch.x, batch.n))
    expect(tensors()).toBe(loaded)
    program.dispose()
    expect(tensors()).toBe(before)
  })

  it('a loss that throws halfway through a step leaves no tensor behind', () => {
    const loss = customLoss('broken', 'identity', (outputs) => {
      tf.square(outputs)
      throw new Error('no loss today')
    })
    const program = right(compiled(engine, { loss }))
    const loaded = tensors()
    expect(left(program.step(batch, told))).toMatchObject({ found: 'no loss today' })
    expect(tensors()).toBe(loaded)
    program.dispose()
  })

  it('an inference keeps only tensors of parameters and buffers', () => {
    const before = tensors()
    const inference = right(compileInference(engine)(small, initialState(small, 1)))
    // a model that the engine loads has its own copy of them
    expect(tensors() - before).toBe(engine.load === undefined ? small.parameters.length + small.buffers.length : 0)
    inference.dispose()
    expect(tensors()).toBe(before)
  })

  it('an inference predicts and evaluates as a program does', () => {
    const inference = right(compileInference(engine)(small, initialState(small, 1)))
    const program = right(compiled(engine))
    const [ours, theirs] = [right(inference.evaluate(plainly.loss)(batch)), right(program.evaluate(batch))]
    expectNear(ours.outputs, theirs.outputs, 'sums')
    expectNear(ours.losses, theirs.losses, 'sums')
    expectNear([ours.loss], [theirs.loss], 'sums')
    expectNear(right(inference.predict(batch.x, batch.n)), right(program.predict(batch.x, batch.n)), 'sums')
    inference.dispose()
    program.dispose()
  })
})

describe('compile', () => {
  it('names the array that does not fit, and loads nothing', () => {
    const before = tensors()
    const state = new Map(initialState(small, 1)).set('fc.bias', new Float32Array(2))
    expect(left(compileInference(cpu)(small, state))).toMatchObject({ path: 'fc.bias', found: '2' })
    const optimiser = { arrays: new Map([['fc.bias.exp_avg', new Float32Array(2)]]), t: 1 }
    expect(left(compile(cpu)(small, { state: initialState(small, 1), optimiser }, plainly))).toMatchObject({
      path: 'fc.bias.exp_avg',
      found: '2'
    })
    expect(left(compile(cpu)(small, { state, optimiser: freshOptimiser }, plainly))).toMatchObject({ path: 'fc.bias' })
    expect(tensors()).toBe(before)
  })
})

describe('the hint of a failure', () => {
  it('names targets and weights if they do not fit', () => {
    for (const engine of [ort, cpu]) {
      const program = right(compiled(engine, { loss: short }))
      expect(left(program.step(batch, told)).hint).toContain('targets')
      program.dispose()
    }
  })

  it('suggests smaller batches if memory runs out', () => {
    const loss = customLoss('greedy', 'identity', () => {
      throw new RangeError('Array buffer allocation failed')
    })
    const program = right(compiled(cpu, { loss }))
    expect(left(program.step(batch, told)).hint).toContain('smaller batches')
    program.dispose()
  })

  it('points to user-defined functions if nothing else is known', () => {
    const loss = customLoss('moody', 'identity', () => {
      throw new Error('no')
    })
    const program = right(compiled(cpu, { loss }))
    expect(left(program.step(batch, told)).hint).toContain('your own')
    program.dispose()
  })
})
