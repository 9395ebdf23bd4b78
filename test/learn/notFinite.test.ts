// Numbers that are none, batches too small and losses of a wrong shape are errors that say where, before or when they appear.
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import {
  customLoss,
  drawError,
  type Event,
  type GraftError,
  Recipe,
  regression,
  withBatchSize,
  withDropLast
} from 'graft-vision'
import {
  type Data,
  exportLearner,
  exportOnnx,
  getPreds,
  type GraftEnv,
  interpret,
  learner,
  type Learner,
  loadPredictor,
  openData,
  predict,
  predictorOf,
  train,
  tta,
  validate,
  writeSaved
} from 'graft-vision/node'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, model, tinyLearner } from './tiny.js'

const folder = workplace()
const spec = drawn(folder)
let env: GraftEnv
let data: Data
let start: Learner
beforeAll(async () => {
  env = await envWith('cpu')
  data = right(await openData(spec)(env)())
  start = right(await tinyLearner(spec)(env)())
})

const errorOf = async (task: TaskEither<GraftError, unknown>): Promise<GraftError> => left(await task())

const withWeight = (l: Learner, path: string, value: number): Learner => {
  const values = l.state.get(path)!.slice()
  values[3] = value
  return { ...l, state: new Map(l.state).set(path, values) }
}

describe('weights that are not finite', () => {
  it.each([
    ['body.conv.weight', NaN],
    ['body.bn.running_var', NaN],
    ['head.4.bias', Infinity]
  ])('are found before they train: %s', async (path, value) => {
    const error = await errorOf(train(Recipe.fit(1, 1e-3))(withWeight(start, path, value))(env))
    expect(error).toMatchObject({ _tag: 'WeightsError', path, found: expect.stringContaining(`${value} in 1 of `) })
  })

  it.each([
    ['body.bn.running_var', -1],
    ['head.2.running_var', -1e-3]
  ])('and negative variances are found before they train: %s', async (path, value) => {
    const error = await errorOf(train(Recipe.fit(1, 1e-3))(withWeight(start, path, value))(env))
    expect(error).toMatchObject({ _tag: 'WeightsError', path, expected: 'variances of at least 0' })
    const mean = path.replace('_var', '_mean')
    expect(right(await train(Recipe.fit(1, 1e-3))(withWeight(start, mean, value))(env)()).history).toBeDefined()
  })

  it('are not exported', async () => {
    const broken = withWeight(start, 'body.conv.weight', NaN)
    for (const program of [
      exportLearner(join(folder, 'exported'))(broken),
      exportOnnx(join(folder, 'model.onnx'))(predictorOf(broken))
    ])
      expect(await errorOf(program(env))).toMatchObject({ _tag: 'WeightsError', path: 'body.conv.weight' })
  })

  it('of a saved model are found when it is loaded', async () => {
    const file = join(folder, 'broken.safetensors')
    right(await writeSaved(file, withWeight(start, 'head.8.weight', NaN), null)(env)())
    expect(drawError(await errorOf(loadPredictor(file)(env)))).toContain('head.8.weight')
  })
})

describe('outputs that are not finite', () => {
  const first = () => data.valid.items[0]!.file

  it('end an evaluation with the name of the first image', async () => {
    const broken = withWeight(start, 'body.conv.bias', NaN)
    for (const program of [getPreds()(broken), validate(broken), interpret(broken), tta()(broken)]) {
      const error = await errorOf(program(env))
      expect(error).toMatchObject({ _tag: 'Diverged', found: 'NaN' })
      expect('path' in error && error.path).toContain(first())
    }
  })

  it('end a prediction with the name of the picture', async () => {
    const picture = join(data.root, first())
    const program = predict(picture)(predictorOf(withWeight(start, 'body.conv.bias', NaN)))
    expect(await errorOf(program(env))).toMatchObject({ _tag: 'Diverged', path: picture })
  })

  it('end a training at the validation of its epoch', async () => {
    const oneBatch = { ...start, data: right(await openData(withBatchSize(64)(spec))(env)()) }
    const error = await errorOf(train(Recipe.fit(1, 1e30))(oneBatch)(env))
    expect(error).toMatchObject({ _tag: 'Diverged', path: `epoch 0, validation: ${first()}` })
  })
})

describe('a training loss that is not finite', () => {
  it.each([Infinity, 1e39])('is reported as the target %d before training', async (huge) => {
    const items = data.train.items.map((item, i) => ({ ...item, target: [i === 5 ? huge : 1] }))
    const numbers: Data = { ...data, task: regression(1), train: { ...data.train, items } }
    expect(await errorOf(learner({ data: numbers, model })(env))).toMatchObject({
      _tag: 'SettingError',
      path: join(data.root, data.train.items[5]!.file),
      expected: 'a target that is finite in float32',
      found: String(huge)
    })
  })

  it('is reported as the pixels of an image, not as the learning rate', async () => {
    const broken = { ...start, data: { ...data, stats: { mean: [0, 0, 0], std: [0, 1, 1] } } }
    expect(await errorOf(train(Recipe.fit(1, 1e-3))(broken)(env))).toMatchObject({
      _tag: 'Diverged',
      expected: 'finite pixels',
      path: expect.stringMatching(/\.png$/)
    })
  })

  it('is reported as too high a learning rate if nothing else is wrong', async () => {
    const error = await errorOf(train(Recipe.fit(2, 1e30))(start)(env))
    expect(error).toMatchObject({ _tag: 'Diverged', path: 'epoch 0, batch 1' })
  })
})

describe('a last batch of one', () => {
  it('is rejected before training if a batch norm would see one value per channel', async () => {
    const uneven = withDropLast(false)(withBatchSize(21)(spec))
    const l = right(await tinyLearner(uneven)(env)())
    const events: Array<Event['_tag']> = []
    const watched: GraftEnv = {
      ...env,
      onEvent:
        ({ _tag }) =>
        () => {
          events.push(_tag)
          return 'continue'
        }
    }
    const error = await errorOf(train(Recipe.fit(1, 1e-3))(l)(watched))
    expect(error).toMatchObject({ _tag: 'EngineFailure', path: 'head.2', found: 'a batch of 1' })
    expect(events).toEqual([])
  })
})

describe('a user-defined loss', () => {
  const each = (outputs: tf.Tensor): tf.Tensor => tf.mean(tf.square(outputs), -1)

  it.each<readonly [string, (outputs: tf.Tensor) => tf.Tensor, string]>([
    ['one number for all', (o) => tf.mean(each(o)), '[]'],
    ['a row for each', (o) => tf.square(o), '[16, 2]'],
    ['too few', (o) => tf.slice(each(o), 0, 6), '[6]'],
    ['nothing', () => undefined as unknown as tf.Tensor, 'undefined']
  ])('that gives %s is an error at the first batch', async (_name, f, shape) => {
    const l = { ...start, settings: { ...start.settings, loss: customLoss('mine', 'softmax', f) } }
    const error = await errorOf(train(Recipe.fit(1, 1e-3))(l)(env))
    expect(error).toMatchObject({
      _tag: 'EngineFailure',
      found: `the loss 'mine' returns ${shape} for 16 samples: expected one number for each, [16]`
    })
    expect('hint' in error && error.hint).toContain('tf.mean')
    expect(await errorOf(getPreds({ withLoss: true })(l)(env))).toMatchObject({ _tag: 'EngineFailure' })
  })

  it('that returns one number per sample is accepted', async () => {
    const l = { ...start, settings: { ...start.settings, loss: customLoss('mine', 'softmax', each) } }
    expect(right(await getPreds({ withLoss: true })(l)(env)()).losses).toHaveLength(24)
  })
})
