import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Event, freeze, Recipe, slice, type Verdict, withDropLast, withBatchSize } from 'graft-vision'
import { type Callback, type GraftEnv, type Learner, parameterAt, train, trainWith, validate } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, model, tinyLearner } from './tiny.js'

const folder = workplace()
const bytesOf = (path: string, l: Learner): Buffer =>
  pipe(
    parameterAt(path)(l),
    O.match(
      () => Buffer.alloc(0),
      (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    )
  )
const recipe = Recipe.fitOneCycle(2, 1e-2)

describe.each(['cpu', 'onnxruntime'] as const)('training on %s', (engine) => {
  let env: GraftEnv
  let start: Learner
  beforeAll(async () => {
    env = await envWith(engine)
    start = right(await tinyLearner(drawn(folder))(env)())
  })

  it('gives the same bits for the same seed, and others for another', async () => {
    const once = right(await train(recipe)(start)(env)())
    const again = right(await train(recipe)(right(await tinyLearner(drawn(folder))(env)()))(env)())
    const other = right(await train(recipe)(right(await tinyLearner(drawn(folder), { seed: 7 })(env)()))(env)())
    expect(bitsOf(again)).toEqual(bitsOf(once))
    expect(bitsOf(other)).not.toEqual(bitsOf(once))
  })

  it('does not change the original learner', async () => {
    const before = bitsOf(start)
    right(await train(recipe)(start)(env)())
    expect(bitsOf(start)).toEqual(before)
  })

  it('lowers the loss', async () => {
    const { history } = right(await train(Recipe.fitOneCycle(4, 1e-2))(start)(env)())
    expect(history.rows.map((row) => row.epoch)).toEqual([0, 1, 2, 3])
    expect(history.rows.at(-1)!.trainLoss).toBeLessThan(history.losses[0]!)
  })

  it('frees every tensor it made, but for the last four compiled networks that the engine keeps', async () => {
    const trainedAndValidated = async (): Promise<void> => {
      const trained = right(await train(recipe)(start)(env)())
      right(await validate(trained)(env)())
    }
    for (let i = 0; i < 4; i++) await trainedAndValidated()
    const before = tf.memory()
    await trainedAndValidated()
    const after = tf.memory()
    expect(after.numTensors).toBe(before.numTensors)
    expect(after.numBytes).toBe(before.numBytes)
  })

  it('waits for callbacks, gives them the current learner, and follows their verdicts', async () => {
    const seen: Array<readonly [tag: string, steps: number, moved: boolean]> = []
    const [weight, before] = ['head.4.weight', bytesOf('head.4.weight', start)]
    const watching: Callback = (event, now) => async () => {
      await setImmediate()
      if (event._tag !== 'StepBegin' && event._tag !== 'EpochEnd') return 'continue'
      const l = right(now())
      seen.push([event._tag, l.steps, !bytesOf(weight, l).equals(before)])
      return event._tag === 'EpochEnd' ? 'halt' : 'continue'
    }
    const watched = { ...start, settings: { ...start.settings, callbacks: [watching] } }
    const { learner, halted } = right(await trainWith(recipe)(watched)(env)())
    expect(seen).toEqual([
      ['StepBegin', 0, false],
      ['EpochEnd', 4, true]
    ])
    expect([learner.steps, halted?.within?.epoch]).toEqual([4, 1])
  })

  it('is an error where a callback rejects', async () => {
    const rejecting: Callback = () => () => Promise.reject(new Error('no'))
    const result = await train(recipe)(start)({ ...env, onEvent: rejecting })()
    expect(result).toMatchObject({ _tag: 'Left', left: { path: 'handler of StepBegin', found: 'Error: no' } })
  })

  it('holds as many tensors after each epoch as after the one before', async () => {
    const counts: Array<number> = []
    const watched: GraftEnv = {
      ...env,
      onEvent: (event) => () => {
        if (event._tag === 'EpochEnd') counts.push(tf.memory().numTensors)
        return 'continue'
      }
    }
    right(await train(Recipe.fit(5, 1e-3))(start)(watched)())
    expect(new Set(counts).size).toBe(1)
  })

  it('leaves frozen parameters bit for bit, and trains the head and the batch norms', async () => {
    const frozen = right(await tinyLearner(drawn(folder), { model: freeze(model) })(env)())
    const trained = right(await train(recipe)(frozen)(env)())
    const same = (path: string): boolean => bytesOf(path, frozen).equals(bytesOf(path, trained))
    expect(same('body.conv.weight')).toBe(true)
    expect(same('body.bn.weight')).toBe(false)
    expect(same('head.4.weight')).toBe(false)
  })

  it('trains in phases, with a rate for each group', async () => {
    const rates: Array<ReadonlyArray<number>> = []
    const watched: GraftEnv = {
      ...env,
      onEvent: (event) => () => {
        if (event._tag === 'BatchEnd' && event.train) rates.push(event.lrs)
        return 'continue'
      }
    }
    const phases = Recipe.sequence(
      Recipe.freeze,
      Recipe.fit(1, 1e-2),
      Recipe.unfreeze,
      Recipe.fit(1, slice(1e-4, 1e-2))
    )
    const trained = right(await train(phases)(start)(watched)())
    expect(rates[0]).toEqual([1e-2, 1e-2])
    expect(rates.at(-1)).toEqual([1e-4, 1e-2])
    expect(trained.history.rows).toHaveLength(2)
    expect(trained.optimiser.t).toBe(4) // a fresh optimiser after unfreezing
  })
})

describe('a run that is halted', () => {
  it('is resumed from any batch with the same bits', async () => {
    const engine = await envWith('onnxruntime')
    const start = right(await tinyLearner(drawn(folder), { path: folder })(engine)())
    const phases = Recipe.sequence(recipe, Recipe.unfreeze, Recipe.save('phase'), Recipe.fit(1, 1e-3))
    const unbroken = right(await train(phases)(start)(engine)())
    const batches = 3 * 4
    for (let k = 0; k < batches; k += 3) {
      let seen = 0
      const halting: GraftEnv = {
        ...engine,
        onEvent: (event) => () => (event._tag === 'BatchEnd' && event.train && seen++ === k ? 'halt' : 'continue')
      }
      const { learner, halted } = right(await trainWith(phases)(start)(halting)())
      expect(halted).not.toBeNull()
      const { learner: ended } = right(await trainWith(phases, { from: halted! })(learner)(engine)())
      expect(bitsOf(ended)).toEqual(bitsOf(unbroken))
    }
  })

  it('is resumed with the same bits when halted during validation, or between steps', async () => {
    const engine = await envWith('onnxruntime')
    const start = right(await tinyLearner(drawn(folder))(engine)())
    const phases = Recipe.sequence(Recipe.fit(1, 1e-2), Recipe.fit(1, 1e-3))
    const unbroken = right(await train(phases)(start)(engine)())
    const places: ReadonlyArray<(event: Event) => boolean> = [
      (event) => event._tag === 'BatchEnd' && !event.train,
      (event) => event._tag === 'EpochEnd',
      (event) => event._tag === 'StepEnd',
      (event) => event._tag === 'TrainBegin',
      (event) => event._tag === 'StepBegin'
    ]
    for (const place of places) {
      const checkpoint = { file: join(folder, 'halted.safetensors') }
      let saved = 0
      const halting: GraftEnv = {
        ...engine,
        onEvent: (event) => () => {
          if (event._tag === 'Saved') saved++
          return place(event) ? 'halt' : 'continue'
        }
      }
      const { learner, halted } = right(await trainWith(phases, { checkpoint })(start)(halting)())
      expect(halted).not.toBeNull()
      expect(saved).toBe(1)
      const { learner: ended } = right(await trainWith(phases, { from: halted! })(learner)(engine)())
      expect(bitsOf(ended)).toEqual(bitsOf(unbroken))
    }
  })

  it('can end an epoch early: validation and the next epoch follow', async () => {
    const verdicts: Array<Verdict> = []
    const env = await envWith('cpu', (event) => () => {
      const verdict: Verdict = event._tag === 'BatchEnd' && event.train && event.batch === 0 ? 'haltEpoch' : 'continue'
      verdicts.push(verdict)
      return verdict
    })
    const start = right(await tinyLearner(drawn(folder))(env)())
    const { history, steps } = right(await train(Recipe.fit(2, 1e-3))(start)(env)())
    expect(history.rows).toHaveLength(2)
    expect(steps).toBe(2)
  })
})

it('trains on a last, smaller batch when told to keep it', async () => {
  const env = await envWith('onnxruntime')
  const start = right(await tinyLearner(pipe(drawn(folder), withBatchSize(24), withDropLast(false)))(env)())
  expect(right(await train(Recipe.fit(1, 1e-3))(start)(env)()).steps).toBe(3)
})
