import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import {
  exportLearner,
  getPreds,
  type GraftEnv,
  type Learner,
  openPredictor,
  predict,
  predictAll,
  predictorOf,
  validate
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
let env: GraftEnv
let learner: Learner
let pictures: ReadonlyArray<string>

beforeAll(async () => {
  env = await envWith('onnxruntime')
  learner = right(await tinyLearner(drawn(folder))(env)())
  pictures = learner.data.valid.items.map(({ file }) => join(learner.data.root, file))
})

/** Another learner of the same numbers, which no test has predicted with. */
const fresh = (): Learner => ({ ...learner, state: new Map(learner.state) })

/** What `f` makes the engine count. */
const counted = async (f: () => Promise<unknown>) => {
  const before = env.engine.stats()
  await f()
  const after = env.engine.stats()
  return { compiles: after.compiles - before.compiles, hits: after.hits - before.hits }
}

const broken = Buffer.from('not a picture')

describe('predictions of one learner', () => {
  it('compile once, however often they are asked for', async () => {
    const l = fresh()
    const asked = async () => {
      for (const picture of pictures.slice(0, 3)) right(await predict(picture)(predictorOf(l))(env)())
      right(await predictAll(pictures, { bs: 5 })(predictorOf(l))(env)())
    }
    expect(await counted(asked)).toEqual({ compiles: 1, hits: 2 + Math.ceil(pictures.length / 5) })
  })

  it('share what validate and getPreds compiled', async () => {
    const l = fresh()
    right(await validate(l)(env)())
    right(await getPreds({ withLoss: true })(l)(env)())
    expect(await counted(async () => right(await predict(pictures[0]!)(predictorOf(l))(env)()))).toMatchObject({
      compiles: 0,
      hits: 1
    })
  })

  it('compile nothing for a picture that cannot be decoded', async () => {
    const refused = async () => {
      const predictor = predictorOf(fresh())
      expect(left(await predict(broken)(predictor)(env)())._tag).toBe('UnreadableImage')
      expect(left(await predictAll([pictures[0]!, broken])(predictor)(env)())._tag).toBe('UnreadableImage')
    }
    expect(await counted(refused)).toEqual({ compiles: 0, hits: 0 })
  })

  it('use the current parameters of the learner', async () => {
    const [path, values] = [...learner.state].find(([name]) => name.endsWith('bias'))!
    const other = {
      ...learner,
      state: new Map(learner.state).set(
        path,
        values.map((v) => v + 1)
      )
    }
    const of = async (l: Learner) => right(await predict(pictures[0]!)(predictorOf(l))(env)()).probabilities
    const [first, changed] = [await of(learner), await of(other)]
    expect(changed).not.toEqual(first)
    expect(await of(learner)).toEqual(first)
  })

  it('are kept compiled for the last four networks', async () => {
    const all = Array.from({ length: 5 }, fresh)
    const ask = (l: Learner) => counted(async () => right(await predict(pictures[0]!)(predictorOf(l))(env)()))
    for (const l of all) expect(await ask(l)).toMatchObject({ compiles: 1 })
    for (const l of all.slice(1)) expect(await ask(l)).toMatchObject({ compiles: 0 })
    expect(await ask(all[0]!)).toMatchObject({ compiles: 1 })
  })

  it('that run concurrently do not evict each other’s network', async () => {
    const all = Array.from({ length: 5 }, fresh)
    const alone = right(await predictAll(pictures)(predictorOf(learner))(env)())
    const together = await Promise.all(all.map((l) => predictAll(pictures, { bs: 12 })(predictorOf(l))(env)()))
    together.forEach((result) => expect(right(result).map((p) => p.class)).toEqual(alone.map((p) => p.class)))
  })

  it.each(['onnxruntime', 'cpu'] as const)('are released with the engine: %s', async (name) => {
    const own = await envWith(name)
    own.engine.use(() => undefined)
    const before = tf.memory().numTensors
    const l = fresh()
    const compiles = own.engine.stats().compiles
    const ask = async () => right(await predict(pictures[0]!)(predictorOf(l))(own)())
    const first = await ask()
    own.engine.dispose()
    expect(tf.memory().numTensors).toBe(before)
    expect(await ask()).toEqual(first)
    if (name === 'onnxruntime') expect(own.engine.stats().compiles).toBe(compiles + 2)
    own.engine.dispose()
  })
})

describe('openPredictor', () => {
  it('opens a saved folder, compiled before the first prediction', async () => {
    const out = join(folder, 'exported')
    right(await exportLearner(out)(learner)(env)())
    const expected = right(await predict(pictures[0]!)(predictorOf(learner))(env)())
    expect(
      await counted(async () => {
        const open = right(await openPredictor(out)(env)())
        expect(open.predictor.task).toEqual(learner.data.task)
        const { compiles } = env.engine.stats()
        expect(right(await open.predict(pictures[0]!)()).class).toBe(expected.class)
        expect(right(await open.predictAll(pictures)()).length).toBe(pictures.length)
        expect(left(await open.predict(broken)())._tag).toBe('UnreadableImage')
        expect(env.engine.stats().compiles).toBe(compiles)
        open.close()
      })
    ).toEqual({ compiles: 1, hits: 2 })
  })

  it('keeps its network compiled whatever else is predicted', async () => {
    const open = right(await openPredictor(predictorOf(fresh()))(env)())
    right(await open.predict(pictures[0]!)())
    for (const l of Array.from({ length: 5 }, fresh)) right(await predict(pictures[0]!)(predictorOf(l))(env)())
    expect(await counted(async () => right(await open.predict(pictures[0]!)()))).toEqual({ compiles: 0, hits: 1 })
    open.close()
  })

  it('refuses methods that do not apply to the task, as the functions of the same names do', async () => {
    const open = right(await openPredictor(predictorOf(learner))(env)())
    const refused = { _tag: 'SettingError', hint: 'use predict' }
    expect(left(await open.segment(pictures[0]!)())).toMatchObject(refused)
    expect(left(await open.predictImage(pictures[0]!)())).toMatchObject(refused)
    open.close()
  })

  it('finishes pending predictions when closed, frees every tensor, and refuses new ones', async () => {
    const cpu = await envWith('cpu')
    cpu.engine.use(() => undefined)
    const before = tf.memory().numTensors
    const open = right(await openPredictor(predictorOf(fresh()))(cpu)())
    expect(tf.memory().numTensors).toBeGreaterThan(before)
    const underWay = open.predict(pictures[0]!)()
    open.close()
    open.close()
    expect(right(await underWay).class).toBeDefined()
    expect(tf.memory().numTensors).toBe(before)
    expect(left(await open.predict(pictures[0]!)())).toMatchObject({ _tag: 'SettingError', hint: 'open it again' })
  })

  it('is an error for a folder without a model', async () => {
    writeFileSync(join(folder, 'model.safetensors'), 'nothing')
    expect((await openPredictor(folder)(env)())._tag).toBe('Left')
  })
})
