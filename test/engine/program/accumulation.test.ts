/** Accumulated gradients: a group of batches steps as one batch of all their samples, where no batch norm trains. */
import * as E from 'fp-ts/lib/Either.js'
import { adamW, crossEntropy, type Loss, nn, type Optimiser, sgd } from 'graft-vision'
import { beforeAll, describe, expect, it } from 'vitest'
import { asPlan, batchOf, freshStart, now, sameBits, using } from '../../../laws/running.js'
import { acquireEngine, type Engine, type EngineBatch, type StateDict } from '../../../src/engine/index.js'
import type { Plan } from '../../../src/plan/index.js'
import { right } from '../../io/workplace.js'

/** Without batch norm and dropout. */
const plan: Plan = asPlan(
  nn.sequential(
    nn.named('conv', nn.conv2d(3, 4, 3)),
    nn.relu,
    nn.named('pool', nn.adaptiveAvgPool2d(2)),
    nn.flatten,
    nn.named('fc', nn.linear(16, 3))
  ),
  [3, 6, 6]
)

const slice = ({ x, y, n }: EngineBatch, from: number, to: number): EngineBatch => {
  const size = x.length / n
  return { x: x.slice(from * size, to * size), y: y.slice(from, to), n: to - from }
}

const largest = (a: StateDict, b: StateDict): number =>
  Math.max(...[...a].map(([path, values]) => Math.max(...values.map((v, i) => Math.abs(v - b.get(path)![i]!)))))

const input = { lrs: Array.from({ length: plan.groups }, () => 1e-2), mom: 0.9, wd: 0.01 }

describe.each(['cpu', 'onnxruntime'] as const)('on %s', (name) => {
  let engine: Engine
  beforeAll(async () => {
    engine = right(await acquireEngine(name)())
  })
  const cases: ReadonlyArray<readonly [string, Loss, Optimiser, number | null]> = [
    ['the default optimiser', crossEntropy(), adamW(), null],
    ['momentum and clipped gradients', crossEntropy(), sgd({ momentum: 0.9 }), 0.05],
    ['weights of classes', crossEntropy({ weight: [1, 5, 0.2] }), sgd({ momentum: 0.9 }), null],
    ['an ignored class', crossEntropy({ ignoreIndex: 1 }), sgd(), null]
  ]
  it.each(cases)('groups of unequal batches step as large ones do, with %s', (_, loss, optimiser, clip) => {
    const start = freshStart(plan, 1)
    const groups = [0, 1, 2].map((seed) => batchOf(plan, 10, seed))
    const how = { loss, optimiser, clip }
    const large = using(engine)(plan, start, how, (program) => {
      const losses = groups.map((batch, step) => right(program.step(batch, { ...input, step })))
      return { ...now(program), losses }
    })
    const small = using(engine)(plan, start, how, (program) => {
      groups.forEach((batch, step) => {
        for (const [from, to] of [
          [0, 4],
          [4, 8],
          [8, 10]
        ] as const)
          right(program.accumulate(slice(batch, from, to), { step }))
        right(program.update(input))
      })
      return now(program)
    })
    expect(largest(small.state, large.state)).toBeLessThan(2e-6)
    expect(largest(small.optimiser.arrays, large.optimiser.arrays)).toBeLessThan(2e-6)
    expect(small.optimiser.t).toBe(3)
    expect(largest(large.state, start.state)).toBeGreaterThan(1e-3)
  })

  it('continues in the middle of a group with the same bits', () => {
    const start = freshStart(plan, 2)
    const how = { loss: crossEntropy(), optimiser: adamW(), clip: 0.1 }
    const batches = [0, 1, 2].map((seed) => batchOf(plan, 4, seed))
    const whole = using(engine)(plan, start, how, (program) => {
      for (const batch of batches) right(program.accumulate(batch, { step: 0 }))
      right(program.update(input))
      return now(program)
    })
    const half = using(engine)(plan, start, how, (program) => {
      for (const batch of batches.slice(0, 2)) right(program.accumulate(batch, { step: 0 }))
      return now(program)
    })
    expect(half.optimiser.accumulated?.weight).toBe(8)
    const rest = using(engine)(plan, half, how, (program) => {
      right(program.accumulate(batches[2]!, { step: 0 }))
      right(program.update(input))
      return now(program)
    })
    for (const [path, values] of whole.state)
      expect([path, sameBits(values, rest.state.get(path)!)]).toEqual([path, true])
    for (const [path, values] of whole.optimiser.arrays)
      expect([path, sameBits(values, rest.optimiser.arrays.get(path)!)]).toEqual([path, true])
    expect(rest.optimiser.accumulated).toBeUndefined()
  })

  it('an update without gradients changes nothing, and a loss that is not finite can be left out', () => {
    const start = freshStart(plan, 3)
    using(engine)(plan, start, {}, (program) => {
      right(program.update(input))
      const batch = batchOf(plan, 4, 1)
      const bad = { ...batch, x: batch.x.map(() => NaN) }
      expect(right(program.accumulate(bad, { step: 0, ifFinite: true }))).toBeNaN()
      const after = now(program)
      expect([after.optimiser.t, after.optimiser.accumulated]).toEqual([0, undefined])
      for (const [path, values] of start.state) expect(sameBits(values, after.state.get(path)!)).toBe(true)
      return E.right(undefined)
    })
  })
})
