/** Steps that change parameters in place: the bits of the graph's step, and nobody outside sees an array change. */
import { describe, expect, it } from 'vitest'
import { compile, type Engine, freshOptimiser, initialState, type StepOptions } from '../../../src/engine/index.js'
import { inPlaceFor } from '../../../src/engine/program/inPlace.js'
import { adam, adamW, sgd } from '../../../src/recipe/index.js'
import { right } from '../../io/workplace.js'
import { cpu, ort } from '../engines.js'
import { batch, compiled, plainly, small, told } from './networks.js'

/** The same engine, whose steps are graphs. */
const byGraph: Engine = { ...ort, sharesArrays: false }

const everything = (engine: Engine, options: Partial<StepOptions>, wd: number) => {
  const program = right(compiled(engine, options))
  const losses = [0, 1, 2].map((step) => right(program.step(batch, { ...told, wd, step })))
  const all = { losses, state: right(program.state()), optimiser: right(program.optimiserState()) }
  program.dispose()
  return all
}

const bucket = (path: string, ...shape: ReadonlyArray<number>) => [{ path, shape }]

describe('steps in place', () => {
  it.each([
    ['AdamW', {}, 0],
    ['AdamW with decay', {}, 0.1],
    ['Adam with decay in the gradient', { optimiser: adam(), trueWd: false }, 0.1],
    ['clipped gradients, and parameters that do not decay', { clip: 0.1, bnWd: false }, 0.1]
  ] as const)('have the bits of steps as graphs: %s', (_, options, wd) => {
    expect(everything(ort, options, wd)).toEqual(everything(byGraph, options, wd))
  })

  it('continue after accumulated gradients, and from loaded parameters', () => {
    const [start, again] = [initialState(small, 1), initialState(small, 2)]
    const results = [ort, byGraph].map((engine) => {
      const program = right(compile(engine)(small, { state: start, optimiser: freshOptimiser }, plainly))
      right(program.accumulate(batch, { step: 0 }))
      right(program.update(told))
      right(program.step(batch, { ...told, step: 1 }))
      const stepped = right(program.state())
      right(program.load(again))
      const loaded = right(program.state())
      right(program.step(batch, { ...told, step: 2 }))
      const all = [stepped, loaded, right(program.state()), right(program.optimiserState())]
      program.dispose()
      return all
    })
    expect(results[0]).toEqual(results[1])
    expect(results[0]![1]).toEqual(again)
  })

  it('leave the given arrays, and those that were read, as they are', () => {
    const [given, same] = [initialState(small, 1), initialState(small, 1)]
    const program = right(compile(ort)(small, { state: given, optimiser: freshOptimiser }, plainly))
    right(program.step(batch, told))
    const copy = () => structuredClone([right(program.state()), right(program.optimiserState())])
    const [read, before] = [[right(program.state()), right(program.optimiserState())], copy()]
    right(program.step(batch, { ...told, step: 1 }))
    expect(given).toEqual(same)
    expect(read).toEqual(before)
    expect(copy()).not.toEqual(before)
    program.dispose()
  })

  it('change nothing where a loss must be finite and is not', () => {
    const program = right(compiled(ort))
    right(program.step(batch, told))
    const before = [right(program.state()), right(program.optimiserState())]
    const x = batch.x.map(() => NaN)
    expect(right(program.step({ ...batch, x }, { ...told, step: 1, ifFinite: true }))).toBeNaN()
    expect([right(program.state()), right(program.optimiserState())]).toEqual(before)
    program.dispose()
  })

  it('are made for Adam on an engine that shares arrays, if a memory of 4 GiB is enough', () => {
    const buckets = [bucket('a', 3, 5), bucket('b', 4)]
    const arrays = inPlaceFor(ort, adamW(), buckets)!.arrays
    expect([...arrays.values()].map((a) => [a.parameter, a.slope, ...a.state].map(({ length }) => length))).toEqual([
      [15, 15, 15, 15],
      [4, 4, 4, 4]
    ])
    expect(inPlaceFor(ort, sgd(), buckets)).toBeUndefined()
    expect(inPlaceFor(cpu, adamW(), buckets)).toBeUndefined()
    expect(inPlaceFor(ort, adamW(), [bucket('a', 2 ** 28)])).toBeUndefined()
  })
})
