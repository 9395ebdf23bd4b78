import { join } from 'node:path'
import { customWatcher, earlyStopping, type Event, Recipe, reduceLrOnPlateau, saveBest } from 'graft-vision'
import { type GraftEnv, type Learner, readSaved, resumeFrom, trainWith } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowOfModel } from '../../src/learn/index.js'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
/** Never satisfied after the first epoch. */
const unattainable = { monitor: 'accuracy', mode: 'max', minDelta: 2 } as const

describe('a watched training', () => {
  let env: GraftEnv
  let start: Learner
  beforeAll(async () => {
    env = await envWith('onnxruntime')
    start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
  })
  const trained = async (recipe: Recipe.Recipe, from = start): Promise<Learner> =>
    right(await trainWith(recipe)(from)(env)()).learner

  it('ends its step early, and the recipe continues with the next', async () => {
    const recipe = Recipe.until(earlyStopping({ ...unattainable, patience: 1 }))(Recipe.fit(9, 1e-3))
    const { history } = await trained(Recipe.sequence(recipe, Recipe.fit(1, 1e-3)))
    expect(history.rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 0])
  })

  it('lowers its rates only for the rest of the step', async () => {
    const lowered = Recipe.until(reduceLrOnPlateau({ ...unattainable, factor: 0.5, minLr: 0 }))(Recipe.fit(3, 1e-2))
    const { history } = await trained(Recipe.sequence(lowered, Recipe.fit(1, 1e-2)))
    const perEpoch = [0, 1, 2, 3].map((epoch) => history.lrs[epoch * 4])
    expect(perEpoch).toEqual([1e-2, 1e-2, 5e-3, 1e-2])
  })

  it('ends with the best parameters and buffers, and saves them in a file', async () => {
    const best = await trained(Recipe.fit(1, 1e-2))
    const first = customWatcher('first', {
      start: 0,
      monitor: null,
      onEpoch: (epochs) => [Number(epochs) + 1, epochs === 0 ? [{ _tag: 'Keep', name: 'first' }] : []],
      onEnd: () => [{ _tag: 'Restore', name: 'first' }]
    })
    const restored = await trained(Recipe.until(first)(Recipe.fit(3, 1e-2)))
    expect([...restored.state]).toEqual([...best.state])
    expect(restored.steps).toBe(12)

    const saving = saveBest({ monitor: 'train_loss', name: 'top' })
    const saved = await trained(Recipe.until(saving)(Recipe.fit(3, 1e-2)))
    const file = right(await readSaved(join(folder, 'models', 'top.safetensors'))(env)())
    for (const [path, values] of saved.state) expect(file.tensors.get(path)?.data).toEqual(values)
  })

  it('names the epoch whose parameters it ended with', () => {
    const rows = [0.5, 0.9, 0.7].map((accuracy, epoch) => ({ epoch, trainLoss: 1, validLoss: 1, metrics: [accuracy] }))
    const [plain, saving] = [
      Recipe.fit(3),
      Recipe.until(saveBest({ monitor: 'accuracy' }))(Recipe.fit(3))
    ] as unknown as readonly [readonly [Recipe.Fit], readonly [Recipe.Fit]]
    expect(rowOfModel(plain[0], ['accuracy'], rows)?.epoch).toBe(2)
    expect(rowOfModel(saving[0], ['accuracy'], rows)?.epoch).toBe(1)
  })

  it('is resumed with the same bits from any epoch, whatever was kept since the checkpoint', async () => {
    const watchers = [
      saveBest({ monitor: 'train_loss' }),
      reduceLrOnPlateau({ ...unattainable, factor: 0.5, minLr: 0 }),
      earlyStopping({ ...unattainable, patience: 2 })
    ]
    const recipe = Recipe.until(...watchers)(Recipe.fit(6, 1e-2))
    const whole = await trained(recipe)
    expect(whole.history.rows).toHaveLength(4)
    for (const haltAfter of [0, 1, 2, 3]) {
      const file = join(folder, `halted-${haltAfter}.safetensors`)
      const halt = (event: Event) => () =>
        event._tag === 'EpochEnd' && event.epoch === haltAfter ? ('halt' as const) : ('continue' as const)
      const halted = await trainWith(recipe, { checkpoint: { file } })(start)({ ...env, onEvent: halt })()
      expect(right(halted).halted).not.toBeNull()
      const { learner, cursor } = right(resumeFrom(file, right(await readSaved(file)(env)()))(start))
      const resumed = right(await trainWith(recipe, { from: cursor })(learner)(env)())
      expect(bitsOf(resumed.learner)).toEqual(bitsOf(whole))
    }
  })

  it('is rejected before it begins if the learner does not measure the monitored quantity', async () => {
    const recipe = Recipe.until(saveBest(), earlyStopping({ monitor: 'error_rate' }))(Recipe.fit(1))
    expect(left(await trainWith(recipe)(start)(env)())).toMatchObject({
      _tag: 'RecipeError',
      path: 'recipe[0].until[1].monitor',
      expected: 'one of train_loss, valid_loss, accuracy',
      found: 'error_rate'
    })
  })

  it('is refused when an option is out of range, or two watchers save under one name', async () => {
    const outOfRange = Recipe.until(reduceLrOnPlateau({ factor: 1.5 }))(Recipe.fit(1))
    expect(left(await trainWith(outOfRange)(start)(env)())).toMatchObject({
      path: 'recipe[0].until[0].factor',
      expected: 'a number above 0 and below 1',
      found: '1.5'
    })
    const twice = Recipe.until(saveBest(), saveBest({ monitor: 'accuracy' }))(Recipe.fit(1))
    expect(left(await trainWith(twice)(start)(env)())).toMatchObject({ path: 'recipe[0].until[1].name' })
  })

  it('names a watcher that throws, and one whose state no checkpoint can hold', async () => {
    const throwing = customWatcher('throwing', {
      start: null,
      monitor: null,
      onEpoch: () => {
        throw new Error('out of order')
      },
      onEnd: () => []
    })
    const thrown = left(await trainWith(Recipe.until(throwing)(Recipe.fit(1)))(start)(env)())
    expect(thrown).toMatchObject({ path: 'until[0]', found: 'Error: out of order' })
    const infinite = customWatcher('infinite', {
      start: null,
      monitor: null,
      onEpoch: () => [Infinity, []],
      onEnd: () => []
    })
    const refused = left(await trainWith(Recipe.until(infinite)(Recipe.fit(1)))(start)(env)())
    expect(refused).toMatchObject({ path: 'until[0]', expected: 'a state that JSON can represent', found: 'Infinity' })
  })
})
