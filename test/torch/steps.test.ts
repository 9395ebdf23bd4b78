// Training steps of graft_torch are those of graft's engine, where PYTHON names a Python with torch.
import { beforeAll, describe, expect, it } from 'vitest'
import { cases } from './cases.js'
import { acquireEngine, type Engine } from '../../src/engine/index.js'
import { right } from '../io/workplace.js'
import { type Steps, stepsOf, torchStepsOf } from './stepCase.js'

const python = process.env['PYTHON']

/** Largest relative distance of losses. */
const TOLERANCE = 1e-4

/**
 * Of the evaluation. A batch norm's weight before another one has no gradient but rounding, which Adam takes for a
 * direction; training does not see it, but running statistics follow slowly.
 */
const DRIFT = 1e-2

const distance = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b)

const expectEqual = (theirs: Steps, ours: Steps): void => {
  expect(theirs.losses).toHaveLength(ours.losses.length)
  const distances = ours.losses.map((loss, i) => distance(theirs.losses[i]!, loss))
  expect(Math.max(...distances), distances.map((d) => d.toExponential(1)).join(' ')).toBeLessThan(TOLERANCE)
  expect(distance(theirs.validLoss, ours.validLoss)).toBeLessThan(DRIFT)
}

describe.skipIf(python === undefined)('steps of graft_torch (PYTHON)', () => {
  let engine: Engine
  let alone: Readonly<Record<string, Steps>> = {}

  beforeAll(async () => {
    engine = right(await acquireEngine('onnxruntime', { exactConv: true })())
    alone = torchStepsOf(python!, cases)
  }, 600_000)

  it.for(Object.entries(cases))('%s', { timeout: 120_000 }, ([name, given]) => {
    expectEqual(alone[name]!, stepsOf(engine, given))
  })

  // three processes share batches of 8 images as 2, 3 and 3
  it('are those of one process if three share each batch', { timeout: 600_000 }, () => {
    const shared = Object.fromEntries(Object.entries(cases).filter(([name]) => !/18|121|1_1|\(/.test(name)))
    const made = torchStepsOf(python!, shared, 3)
    for (const name of Object.keys(shared)) expectEqual(made[name]!, alone[name]!)
  })
})
