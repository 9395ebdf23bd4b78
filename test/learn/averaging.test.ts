/** Averaged parameters and accumulated gradients in training. */
import { join } from 'node:path'
import { adamW, type Event, Recipe, saveBest } from 'graft-vision'
import {
  type Callback,
  type GraftEnv,
  type Learner,
  lrFind,
  readSaved,
  resumeFrom,
  train,
  trainWith,
  validate
} from 'graft-vision/node'
import { settled } from '../../src/engine/index.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()

type State = Learner['state']

/** The parameters and buffers after every training batch. */
const statesOf = async (env: GraftEnv, start: Learner, recipe: Recipe.Recipe): Promise<ReadonlyArray<State>> => {
  const states: Array<State> = []
  const record: Callback = (event, now) => () => {
    if (event._tag === 'BatchEnd' && event.train) states.push(right(now()).state)
    return 'continue'
  }
  right(await train(recipe)({ ...start, settings: { ...start.settings, callbacks: [record] } })(env)())
  return states
}

const mean = (a: Float32Array, b: Float32Array, weight: number): Float32Array =>
  a.map((v, i) => (1 - weight) * v + weight * b[i]!)

const close = (found: State, expected: State): void => {
  for (const [path, values] of found)
    values.forEach((v, i) => expect(Math.abs(v - expected.get(path)![i]!)).toBeLessThan(1e-6))
}

describe('averaged parameters', () => {
  let env: GraftEnv
  let start: Learner
  beforeAll(async () => {
    env = await envWith('onnxruntime')
    start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
  })

  it('of ema follow each step of the optimiser, and are what a step ends with, validates and saves', async () => {
    const states = await statesOf(env, start, Recipe.fit(2, 1e-2))
    const expected = states.reduce<State>(
      (average, now) => new Map([...average].map(([path, a]) => [path, mean(a, now.get(path)!, 0.1)])),
      start.state
    )
    const recipe = Recipe.until(saveBest({ monitor: 'train_loss', name: 'ema' }))(Recipe.fit(2, 1e-2))
    const trained = right(await train(Recipe.ema(0.9)(recipe))(start)(env)())
    close(trained.state, expected)
    const { loss } = right(await validate(trained)(env)())
    expect(trained.history.rows[1]!.validLoss).toBeCloseTo(loss, 6)
    const saved = right(await readSaved(join(folder, 'models', 'ema.safetensors'))(env)())
    for (const [path, values] of trained.state) expect(saved.tensors.get(path)?.data).toEqual(values)
    // the optimiser's own parameters are not changed by the average
    const plain = right(await train(Recipe.fit(2, 1e-2))(start)(env)())
    expect(trained.history.losses).toEqual(plain.history.losses)
  })

  it('of swa are the mean over epochs from the first that counts', async () => {
    const states = await statesOf(env, start, Recipe.fit(3, 1e-2))
    const [second, third] = [states[7]!, states[11]!]
    const trained = right(await train(Recipe.swa(1)(Recipe.fit(3, 1e-2)))(start)(env)())
    close(trained.state, new Map([...second].map(([path, a]) => [path, mean(a, third.get(path)!, 0.5)])))
    const last = right(await train(Recipe.swa(2)(Recipe.fit(3, 1e-2)))(start)(env)())
    expect([...last.state]).toEqual([...third])
  })

  it('of swa include an epoch that a handler halted at its end', async () => {
    const recipe = Recipe.swa(0)(Recipe.fit(3, 1e-2))
    const whole = right(await trainWith(recipe)(start)(env)())
    const onEvent = (event: Event) => () =>
      event._tag === 'EpochEnd' && event.epoch === 1 ? ('halt' as const) : ('continue' as const)
    const part = right(await trainWith(recipe)(start)({ ...env, onEvent })())
    const rest = right(await trainWith(recipe, { from: part.halted! })(part.learner)(env)())
    expect(bitsOf(rest.learner)).toEqual(bitsOf(whole.learner))
    // what a halted training ends with, too
    const two = right(await train(Recipe.swa(0)(Recipe.fit(2, 1e-2)))(start)(env)())
    expect([...part.model.state]).toEqual([...two.state])
  })

  it('are refused for a decay of 1, and for epochs that are never reached', async () => {
    const wrong = async (recipe: Recipe.Recipe) => left(await train(recipe)(start)(env)())
    expect(await wrong(Recipe.ema(1)(Recipe.fit(1)))).toMatchObject({ path: 'recipe[0].average.decay' })
    expect(await wrong(Recipe.swa(2)(Recipe.fit(2)))).toMatchObject({ path: 'recipe[0].average.from' })
    expect(await wrong(Recipe.accumulate(0)(Recipe.fit(2)))).toMatchObject({ path: 'recipe[0].accumulate' })
  })
})

describe('accumulated gradients', () => {
  const halting = (batch: number) =>
    envWith(
      'onnxruntime',
      (event: Event) => () =>
        event._tag === 'BatchEnd' && event.train && event.iteration === batch ? 'halt' : 'continue'
    )
  it('advance schedule and optimiser once for each group, and for the rest of an epoch', async () => {
    const env = await envWith('onnxruntime')
    const start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
    const trained = right(await train(Recipe.accumulate(3)(Recipe.fitOneCycle(2, 1e-2)))(start)(env)())
    // four batches an epoch: groups of three and of one
    expect([trained.steps, trained.optimiser.t]).toEqual([8, 4])
    const { lrs } = trained.history
    expect([0, 1, 2].map((i) => lrs[i])).toEqual([lrs[0], lrs[0], lrs[0]])
    expect(new Set(lrs).size).toBe(4)
    expect(lrs[3]).toBe(1e-2)
    const rest = await envWith(
      'onnxruntime',
      (event: Event) => () => (event._tag === 'BatchEnd' && event.train && event.batch === 1 ? 'haltEpoch' : 'continue')
    )
    const short = right(await train(Recipe.accumulate(4)(Recipe.fit(2, 1e-2)))(start)(rest)())
    expect([short.steps, short.optimiser.t, short.optimiser.accumulated]).toEqual([4, 2, undefined])
  })

  it('are in the checkpoint: a run halted within a group ends in the same bits', async () => {
    const env = await envWith('onnxruntime')
    const start = right(await tinyLearner(drawn(folder), { path: folder, opt: adamW() })(env)())
    const recipe = Recipe.ema(0.5)(Recipe.accumulate(3)(Recipe.fitOneCycle(2, 1e-2)))
    const whole = right(await train(recipe)(start)(env)())
    for (const batch of [0, 1, 2, 5]) {
      const file = join(folder, `group-${batch}.safetensors`)
      const halted = right(await trainWith(recipe, { checkpoint: { file } })(start)(await halting(batch))())
      expect(halted.halted).not.toBeNull()
      const { learner, cursor } = right(resumeFrom(file, right(await readSaved(file)(env)()))(start))
      expect(learner.optimiser.accumulated?.weight).toBe(halted.learner.optimiser.accumulated?.weight)
      expect(bitsOf(right(await trainWith(recipe, { from: cursor })(learner)(env)()).learner)).toEqual(bitsOf(whole))
      expect(bitsOf(right(await trainWith(recipe, { from: halted.halted! })(halted.learner)(env)()).learner)).toEqual(
        bitsOf(whole)
      )
    }
  })

  it('are left out of lrFind and of another training, which change nothing', async () => {
    const env = await envWith('onnxruntime')
    const start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
    const recipe = Recipe.ema(0.5)(Recipe.accumulate(3)(Recipe.fit(1, 1e-2)))
    const { learner } = right(await trainWith(recipe)(start)(await halting(0))())
    expect(learner.optimiser.accumulated).toBeDefined()
    const without: Learner = { ...learner, optimiser: settled(learner.optimiser) }
    const before = bitsOf(learner)
    const find = lrFind({ numIt: 6, stopDiv: false })
    expect(right(await find(learner)(env)())).toEqual(right(await find(without)(env)()))
    expect(bitsOf(learner)).toEqual(before)
    const other = async (l: Learner) => bitsOf(right(await train(Recipe.accumulate(2)(Recipe.fit(1, 1e-3)))(l)(env)()))
    expect(await other(learner)).toEqual(await other(without))
  })
})
