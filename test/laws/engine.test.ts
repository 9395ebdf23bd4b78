import * as E from 'fp-ts/lib/Either.js'
import { describe, it } from 'vitest'
import { acquireEngine, type Engine, type EngineName } from '../../src/engine/index.js'
import { agreementLaws, engineLaws, runnerLaws } from '../../laws/index.js'
import { engineOptions } from './options.js'

const acquired = async (name: EngineName): Promise<Engine> => {
  const engine = await acquireEngine(name, name === 'onnxruntime' ? { threads: 1 } : {})()
  if (E.isLeft(engine)) throw new Error(`${engine.left.found}: ${engine.left.hint}`)
  return engine.right
}

const cpu = await acquired('cpu')
const onnxruntime = await acquired('onnxruntime')

for (const engine of [cpu, onnxruntime])
  describe(`the engine ${engine.name}`, () => {
    for (const law of engineLaws(engine)) it(law.name, () => law.check(engineOptions))
  })

for (const engine of [cpu, onnxruntime])
  describe(`training on ${engine.name}`, () => {
    for (const law of runnerLaws(engine)) it(law.name, () => law.check(engineOptions))
  })

describe('onnxruntime beside cpu', () => {
  for (const law of agreementLaws(onnxruntime, cpu)) it(law.name, () => law.check(engineOptions))
})
