/** Losses that are not finite, and what a run ends with however it ends. */
import { join } from 'node:path'
import { drawError, type Event, Recipe, saveBest, Schedule, sgd, terminateOnNaN, type Watcher } from 'graft-vision'
import { type GraftEnv, type Learner, readSaved, train, trainWith } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()

/** One epoch of sensible rates, then one of rates that no parameter survives. */
const divergingAt =
  (factor: number) =>
  (...until: ReadonlyArray<Watcher>): Recipe.Recipe =>
    Recipe.until(...until)(
      Recipe.fitSchedule(2, Schedule.concat([1, Schedule.constant(1)], [1, Schedule.constant(factor)]), 1e-3)
    )

const diverging = divergingAt(1e32)

const isFinite = ({ state }: Learner): boolean => [...state.values()].every((array) => array.every(Number.isFinite))

describe('a training that diverges', () => {
  let env: GraftEnv
  let start: Learner
  let sane: Learner
  const warnings: Array<string> = []
  beforeAll(async () => {
    env = await envWith('onnxruntime', (event: Event) => () => {
      if (event._tag === 'Warning') warnings.push(event.message)
      return 'continue'
    })
    start = right(await tinyLearner(drawn(folder), { path: folder, opt: sgd() })(env)())
    sane = right(await train(Recipe.fit(1, 1e-3))(start)(env)())
  })
  const best = saveBest({ monitor: 'train_loss', mode: 'min', name: 'divergence' })

  it('is an error by default, which says whether a best model was saved', async () => {
    expect(left(await train(diverging())(start)(env)())).toMatchObject({
      _tag: 'Diverged',
      hint: expect.stringContaining('saved files are unaffected') as unknown
    })
    const error = left(await train(diverging(best))(start)(env)())
    expect(drawError(error)).toContain('the best model so far is saved')
    const saved = right(await readSaved(join(folder, 'models', 'divergence.safetensors'))(env)())
    for (const [path, values] of sane.state) expect(saved.tensors.get(path)?.data).toEqual(values)
  })

  it('ends its step with the best parameters under terminateOnNaN, and the recipe goes on', async () => {
    warnings.length = 0
    const ended = right(await train(diverging(best, terminateOnNaN()))(start)(env)())
    expect([...ended.state]).toEqual([...sane.state])
    expect(ended.history.rows).toHaveLength(1)
    expect(ended.history.losses.every(Number.isFinite)).toBe(true)
    expect(warnings).toEqual([
      expect.stringMatching(/^epoch 1, batch \d: the training loss is not finite; the step ends/)
    ])
    const longer = Recipe.sequence(diverging(best, terminateOnNaN()), Recipe.fit(1, 1e-3))
    const went = right(await train(longer)(start)(env)())
    expect(went.history.rows.map(({ epoch }) => epoch)).toEqual([0, 0])
    expect(isFinite(went)).toBe(true)
  })

  it('discards the update of a batch whose loss is not finite', async () => {
    // the loss of the first batch is infinite already
    const broken = { ...start, state: new Map(start.state) }
    const [path] = [...start.state.keys()].filter((key) => key.endsWith('weight')).slice(-1)
    broken.state.set(
      path!,
      start.state.get(path!)!.map(() => 3e38)
    )
    const ended = right(await train(Recipe.until(terminateOnNaN())(Recipe.fit(1, 1e-3)))(broken)(env)())
    expect([...ended.state]).toEqual([...broken.state])
    expect([ended.steps, ended.optimiser.t, ended.history.losses]).toEqual([0, 0, []])
  })

  it('is an error under terminateOnNaN too if the update before diverged and nothing was kept', async () => {
    // a rate that is infinite in single precision
    const error = left(await train(divergingAt(1e43)(terminateOnNaN()))(start)(env)())
    expect(drawError(error)).toContain('expected finite weights')
  })
})

describe('a training that is halted', () => {
  it('gives the best parameters to use, and those of the halt to continue from', async () => {
    const env = await envWith(
      'onnxruntime',
      (event: Event) => () =>
        event._tag === 'BatchEnd' && event.train && event.epoch === 2 && event.batch === 1 ? 'halt' : 'continue'
    )
    const start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
    // the first epoch stays the best
    const recipe = Recipe.until(saveBest({ monitor: 'train_loss', mode: 'max' }))(Recipe.fit(4, 1e-2))
    const first = right(await train(Recipe.fit(1, 1e-2))(start)(await envWith('onnxruntime'))())
    const { learner, model, halted } = right(await trainWith(recipe)(start)(env)())
    expect(halted).not.toBeNull()
    expect([...model.state]).toEqual([...first.state])
    expect(learner.state).not.toEqual(first.state)
    expect([...right(await train(recipe)(start)(env)()).state]).toEqual([...first.state])
    const quiet = await envWith('onnxruntime')
    const whole = right(await trainWith(recipe)(start)(quiet)())
    const resumed = right(await trainWith(recipe, { from: halted! })(learner)(quiet)())
    expect(bitsOf(resumed.learner)).toEqual(bitsOf(whole.learner))
    const again = right(await trainWith(recipe, { from: halted! })(learner)(env)())
    expect([...again.model.state]).toEqual([...first.state])
  })
})
