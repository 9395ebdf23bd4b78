/** Averaged and best parameters in everything that a trained model is used for. */
import { join } from 'node:path'
import { type Event, Recipe, saveBest, Schedule, withWeights } from 'graft-vision'
import {
  exportLearner,
  exportOnnx,
  getPreds,
  type GraftEnv,
  type Learner,
  loadLearner,
  loadPredictor,
  predictAll,
  predictorOf,
  type Predictor,
  train,
  trainWith
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { images, predicted, runOnnx } from '../emit/session.js'
import { expectClose } from '../engine/engines.js'
import { right, workplace } from '../io/workplace.js'
import { drawn, envWith, model as tinyModel, tinyLearner } from './tiny.js'

const folder = workplace()
const fit = Recipe.fit(2, 1e-2)
const host = (values: ReadonlyArray<number> | Float32Array) => [
  { shape: [values.length], dtype: 'float32', data: [...values] }
]

/** Halts after the given number of training batches, from 0. */
const halting = (iteration: number) => (event: Event) => () =>
  event._tag === 'BatchEnd' && event.train && event.iteration === iteration ? ('halt' as const) : ('continue' as const)

describe.each([
  ['ema', Recipe.ema(0.9)(fit)],
  ['swa', Recipe.swa(0)(fit)]
] as const)('a learner trained with %s', (name, recipe) => {
  let env: GraftEnv
  let start: Learner
  let averaged: Learner
  /** The same training without an average: its parameters are the optimiser's own. */
  let own: Learner
  beforeAll(async () => {
    env = await envWith('onnxruntime')
    start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
    averaged = right(await train(recipe)(start)(env)())
    own = right(await train(fit)(start)(env)())
  })
  const files = (): ReadonlyArray<string> => averaged.data.valid.items.map(({ file }) => join(averaged.data.root, file))
  const probabilities = async (p: Predictor) =>
    right(await predictAll(files())(p)(env)()).flatMap((prediction) => prediction.probabilities)

  it('predicts with the average', async () => {
    expect(averaged.history.losses).toEqual(own.history.losses)
    expect([...averaged.state]).not.toEqual([...own.state])
    const found = await probabilities(predictorOf(averaged))
    expect(found).not.toEqual(await probabilities(predictorOf(own)))
    const { preds: whole } = right(await getPreds()(averaged)(env)())
    expectClose(host(found), host(whole.flat()), 'sums')
  })

  it('exports the average, as a learner', async () => {
    const exported = join(folder, `exported-${name}`)
    right(await exportLearner(exported)(averaged)(env)())
    const again = right(await loadLearner(exported)(env)())
    for (const [path, values] of averaged.state) expect(again.state.get(path)).toEqual(values)
  })

  it('exports the average, as ONNX', async () => {
    const file = join(folder, `${name}.onnx`)
    right(await exportOnnx(file)(predictorOf(averaged))(env)())
    const { input } = averaged.plan
    const x = images(input, 2)
    const { data } = await runOnnx(file, input, x, 2)
    expectClose(host(data), host(predicted(env.engine, averaged.plan, averaged.state, x, 2)), 'sums')
    const without = predicted(env.engine, own.plan, own.state, x, 2)
    expect(Math.max(...data.map((v, i) => Math.abs(v - without[i]!)))).toBeGreaterThan(1e-3)
  })

  it('is read from a checkpoint with the average', async () => {
    const file = join(folder, `halted-${name}.safetensors`)
    const run = trainWith(recipe, { checkpoint: { file } })(start)
    const { learner, model } = right(await run({ ...env, onEvent: halting(5) })())
    const { state } = right(await loadPredictor(file)(env)())
    for (const [path, values] of model.state) expect(state.get(path)).toEqual(values)
    expect([...model.state]).not.toEqual([...learner.state])
    const loaded = right(await loadLearner(file)(env)())
    for (const [path, values] of model.state) expect(loaded.state.get(path)).toEqual(values)
  })
})

describe('a checkpoint', () => {
  // the first epoch is the best one: the second trains with a rate that ruins the parameters
  const best = Recipe.until(saveBest(), saveBest({ monitor: 'accuracy', name: 'most' }))
  const ruining = Recipe.fitSchedule(3, Schedule.exponential(1e-3, 1), 1)
  it.each([
    ['saveBest', best(ruining), 9],
    ['saveBest before the end of the first epoch', best(ruining), 2],
    ['saveBest and ema', best(Recipe.ema(0.5)(ruining)), 9],
    ['saveBest of every epoch', Recipe.until(saveBest({ every: 'epoch' }))(ruining), 9],
    ['ema', Recipe.ema(0.9)(fit), 5],
    ['swa before its first epoch', Recipe.swa(1)(fit), 2]
  ] as const)('within %s is opened as the model that the run would return', async (name, recipe, iteration) => {
    const env = await envWith('onnxruntime')
    const path = join(folder, name)
    const start = right(await tinyLearner(drawn(folder), { path })(env)())
    const file = join(path, 'checkpoint.safetensors')
    const run = trainWith(recipe, { checkpoint: { file } })(start)
    const { learner, model } = right(await run({ ...env, onEvent: halting(iteration) })())
    const opened = {
      predictor: right(await loadPredictor(file)(env)()).state,
      loaded: right(await loadLearner(file)(env)()).state,
      weights: right(await tinyLearner(drawn(folder), { model: withWeights(file)(tinyModel) })(env)()).state
    }
    for (const [path, values] of model.state)
      for (const state of Object.values(opened)) expect(state.get(path)).toEqual(values)
    const differs = name.startsWith('saveBest') && iteration === 9 && !name.includes('every')
    expect(JSON.stringify([...model.state]) !== JSON.stringify([...learner.state])).toBe(differs || name === 'ema')
  })
})
