import { describe, expect, it } from 'vitest'
import { freshOptimiser, compile, type Program, stateNames } from '../../../src/engine/index.js'
import { customOptimiser, sgd, type UpdateInput, type Update } from '../../../src/recipe/index.js'
import { left, right } from '../../io/workplace.js'
import { cpu, ort } from '../engines.js'
import { batch, compiled, plainly, small, told } from './networks.js'

const still: Update = {
  init: (size) => [new Float32Array(size)],
  update: ({ parameter, state }) => ({ parameter, state })
}

const momentum: Update = {
  init: (size) => [new Float32Array(size)],
  update: ({ parameter, gradient, state, lr, mom }) => {
    const buffer = gradient.map((g, i) => mom * state[0]![i]! + g)
    return { parameter: parameter.map((p, i) => p - lr * buffer[i]!), state: [buffer] }
  }
}

const stepped = (program: Program, steps: number) => {
  for (let step = 0; step < steps; step++) right(program.step(batch, { ...told, step }))
  const read = { state: right(program.state()), optimiser: right(program.optimiserState()) }
  program.dispose()
  return read
}

describe('a user-defined optimiser', () => {
  it.each([ort, cpu])('receives arrays in the shapes and the order of the state dict ($name)', (engine) => {
    const seen: Array<UpdateInput> = []
    const watching = customOptimiser('watching', {
      ...still,
      update: (input) => {
        seen.push(input)
        return still.update(input)
      }
    })
    const program = right(compiled(engine, { optimiser: watching }))
    const before = right(program.state())
    stepped(program, 1)
    expect(seen.map((s) => s.shape)).toEqual(small.parameters.map((p) => p.shape))
    expect(seen.map((s) => s.parameter)).toEqual(small.parameters.map((p) => before.get(p.path)))
  })

  it('written as SGD with momentum, trains as SGD does', () => {
    const own = stepped(right(compiled(cpu, { optimiser: customOptimiser('own', momentum) })), 3)
    const built = stepped(right(compiled(cpu, { optimiser: sgd({ momentum: 0.9 }) })), 3)
    for (const [path, values] of built.state)
      values.forEach((v, i) => expect(own.state.get(path)![i]).toBeCloseTo(v, 5))
    for (const { path } of small.parameters)
      built.optimiser.arrays
        .get(`${path}.momentum_buffer`)!
        .forEach((v, i) => expect(own.optimiser.arrays.get(`${path}.state.0`)![i]).toBeCloseTo(v, 5))
  })

  it('continues from a saved state as if it had not been interrupted', () => {
    const optimiser = customOptimiser('own', momentum)
    const half = stepped(right(compiled(cpu, { optimiser })), 2)
    const rest = right(compile(cpu)(small, half, { ...plainly, optimiser }))
    expect(stepped(rest, 1)).toEqual(stepped(right(compiled(cpu, { optimiser })), 3))
  })

  it('cannot change its arguments', () => {
    const grabby = customOptimiser('grabby', {
      ...still,
      update: ({ parameter, gradient, state }) => {
        const result = { parameter: parameter.slice(), state: state.map((s) => s.slice()) }
        for (const array of [parameter, gradient, ...state]) array.fill(NaN)
        return result
      }
    })
    const program = right(compiled(cpu, { optimiser: grabby }))
    const before = right(program.state()).get('fc.bias')
    expect(stepped(program, 2).state.get('fc.bias')).toEqual(before)
  })

  it.each<[string, Partial<Update>]>([
    ['a parameter of another size', { update: ({ state }) => ({ parameter: new Float32Array(1), state }) }],
    ['a state that is lost', { update: ({ parameter }) => ({ parameter, state: [] }) }],
    [
      'an exception',
      {
        update: () => {
          throw new Error('not today')
        }
      }
    ]
  ])('is named where its step gives %s, and nothing has changed', (_what, wrong) => {
    const program = right(compiled(cpu, { optimiser: customOptimiser('mine', { ...still, ...wrong }) }))
    const before = right(program.state())
    expect(left(program.step(batch, told))).toMatchObject({ _tag: 'EngineFailure', path: 'optimiser mine: update' })
    expect(right(program.state())).toEqual(before)
    program.dispose()
  })

  it.each<[string, Update['init']]>([
    ['another number of arrays for other sizes', (size) => (size > 1 ? [new Float32Array(size)] : [])],
    ['arrays of another size', () => [new Float32Array(1)]],
    [
      'an exception',
      () => {
        throw new Error('not today')
      }
    ]
  ])('is named where it begins with %s', (_what, init) => {
    const optimiser = customOptimiser('mine', { ...still, init })
    expect(() => stateNames(optimiser)).not.toThrow()
    expect(
      left(compile(cpu)(small, { state: initial(), optimiser: freshOptimiser }, { ...plainly, optimiser }))
    ).toMatchObject({ path: 'optimiser mine: init' })
  })
})

const initial = () => stepped(right(compiled(cpu)), 0).state
