// Training steps of graft_torch are those of graft's engine, where PYTHON names a Python with torch.
import { beforeAll, describe, expect, it } from 'vitest'
import { cases } from './cases.js'
import { acquireEngine, type Engine } from '../../src/engine/index.js'
import { right } from '../io/workplace.js'
import { type Steps, stepsOf, torchStepsOf } from './stepCase.js'

const python = process.env['PYTHON']

/** Largest relative distance of losses. */
const TOLERANCE = 1e-4

const expectEqual = (theirs: Steps, ours: Steps): void => {
  const distances = [...ours.losses, ours.validLoss].map(
    (loss, i) => Math.abs(([...theirs.losses, theirs.validLoss][i] ?? NaN) - loss) / Math.abs(loss)
  )
  expect(theirs.losses).toHaveLength(ours.losses.length)
  expect(Math.max(...distances), distances.map((d) => d.toExponential(1)).join(' ')).toBeLessThan(TOLERANCE)
}

describe.skipIf(python === undefined)('steps of graft_torch (PYTHON)', () => {
  let engine: Engine
  let alone: Readonly<Record<string, Steps>> = {}

  beforeAll(async () => {
    engine = right(await acquireEngine('onnxruntime', { exactConv: true })())
    alone = torchStepsOf(python!, cases)
  }, 200_000)

  it.for(Object.entries(cases))('%s', { timeout: 60_000 }, ([name, given]) => {
    expectEqual(alone[name]!, stepsOf(engine, given))
  })

  // three processes share batches of 8 images as 2, 3 and 3
  it('are those of one process if three share each batch', { timeout: 200_000 }, () => {
    const shared = Object.fromEntries(Object.entries(cases).filter(([name]) => !/18|121|1_1|\(/.test(name)))
    const made = torchStepsOf(python!, shared, 3)
    for (const name of Object.keys(shared)) expectEqual(made[name]!, alone[name]!)
  })
})
