import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  accuracy,
  crossEntropy,
  customLoss,
  customOptimiser,
  cutBy,
  freezeTo,
  head,
  labelSmoothing,
  Recipe,
  sgd,
  splitBy,
  withHead,
  withSize
} from 'graft-vision'
import { isCombination } from '../../src/model/index.js'
import {
  exportLearner,
  getPreds,
  type GraftEnv,
  Io,
  type Learner,
  loadLearner,
  openData,
  predictAll,
  predictorOf,
  train,
  withData,
  writeSaved
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose } from '../engine/engines.js'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, model, net, tinyLearner } from './tiny.js'

const folder = workplace()
let cpu: GraftEnv
let ort: GraftEnv
let learner: Learner
beforeAll(async () => {
  cpu = await envWith('cpu')
  ort = await envWith('onnxruntime')
  learner = right(await pipe(tinyLearner(drawn(folder)), RTE.chainW(train(Recipe.fitOneCycle(1, 1e-2))))(ort)())
})

const at = (...names: ReadonlyArray<string>): string => join(folder, ...names)
const pictures = (): ReadonlyArray<string> => learner.data.valid.items.map(({ file }) => join(learner.data.root, file))
const probabilities = async (l: Learner, env: GraftEnv) =>
  right(await predictAll(pictures())(predictorOf(l))(env)()).flatMap((p) => p.probabilities)
const host = (values: ReadonlyArray<number>) => [{ shape: [values.length], dtype: 'float32', data: values }]

describe('an exported learner', () => {
  it('is one file in a folder, and has the same predictions, bit for bit', async () => {
    expect(right(await exportLearner(at('plain'))(learner)(ort)())).toEqual([at('plain', 'model.safetensors')])
    const loaded = right(await loadLearner(at('plain'))(ort)())
    expect(await probabilities(loaded, ort)).toEqual(await probabilities(learner, ort))
    expect([loaded.data.train.length, loaded.data.valid.length, loaded.data.test]).toEqual([0, 0, []])
  })

  it('has the same predictions on another engine, within tolerance', async () => {
    right(await exportLearner(at('engines'))(learner)(ort)())
    const loaded = right(await loadLearner(at('engines'))(cpu)())
    expectClose(host(await probabilities(loaded, cpu)), host(await probabilities(learner, ort)), 'sums')
  })

  it('keeps classes, groups, freeze, preprocessing, settings and history', async () => {
    const options = { loss: labelSmoothing(0.2), opt: sgd({ momentum: 0.8 }), wd: 0.1, bnWd: false, clip: 0.5, seed: 7 }
    const frozen = right(await tinyLearner(drawn(folder), { ...options, model: freezeTo(-1)(model) })(ort)())
    const trained = right(await train(Recipe.fit(1, 1e-3))(frozen)(ort)())
    right(await exportLearner(at('settings'))(trained)(ort)())
    const loaded = right(await loadLearner(at('settings'))(ort)())
    expect(loaded.settings).toMatchObject({ ...options, trueWd: true })
    expect(loaded.data).toMatchObject({ task: trained.data.task, shape: trained.data.shape, stats: trained.data.stats })
    expect(loaded.plan.starts).toEqual(trained.plan.starts)
    expect(loaded.plan.parameters.map((p) => [p.path, p.group, p.trainable])).toEqual(
      trained.plan.parameters.map((p) => [p.path, p.group, p.trainable])
    )
    expect(loaded.history).toEqual(trained.history)
    expect([loaded.steps, loaded.epochs]).toEqual([trained.steps, trained.epochs])
  })

  it('made with functions of one’s own - a cut, a split, a loss - exports as well as any', async () => {
    const own = pipe(
      net,
      cutBy('all but the pool', (n) => (isCombination(n) ? { ...n, children: n.children.slice(0, 3) } : n)),
      withHead(head({ linFtrs: [] })),
      splitBy('at bn', () => ['body.bn', 'head'])
    )
    const loss = customLoss('halved', 'softmax', (outputs, targets) =>
      tf.mean(tf.square(tf.sub(tf.softmax(outputs), tf.oneHot(tf.cast(targets, 'int32'), 2))), -1)
    )
    const made = right(await tinyLearner(drawn(folder), { model: own, loss })(ort)())
    right(await exportLearner(at('own'))(made)(ort)())
    const loaded = right(await loadLearner(at('own'))(ort)())
    expect(loaded.plan.starts).toEqual(['body.bn', 'head'])
    expect(await probabilities(loaded, ort)).toEqual(await probabilities(made, ort))
    // what no file holds is asked for before anything runs
    expect(left(withData(made.data)(loaded))).toMatchObject({ _tag: 'SettingError', path: 'loss' })
    const given = right(await loadLearner(at('own'), { loss: crossEntropy() })(ort)())
    expect(right(withData(made.data)(given)).settings.loss).toEqual(crossEntropy())
  })

  it('with an optimiser of one’s own asks for it', async () => {
    const opt = customOptimiser('mine', { init: () => [], update: ({ parameter, state }) => ({ parameter, state }) })
    const made = right(await tinyLearner(drawn(folder), { opt })(ort)())
    right(await exportLearner(at('opt'))(made)(ort)())
    const loaded = right(await loadLearner(at('opt'))(ort)())
    expect(left(withData(made.data)(loaded))).toMatchObject({ _tag: 'SettingError', path: 'opt' })
  })

  it('can be trained with data to the same parameters as the original learner', async () => {
    right(await writeSaved(at('whole.safetensors'), learner, null)(ort)())
    const loaded = right(await loadLearner(at('whole.safetensors'), { metrics: [accuracy] })(ort)())
    const further = train(Recipe.fit(1, 1e-2))
    const [here, there] = [
      right(await further(learner)(ort)()),
      right(await further(right(withData(learner.data)(loaded)))(ort)())
    ]
    expect(there.state).toEqual(here.state)
    expect(there.history).toEqual(here.history)
  })

  it('can be trained on images of another size, but not for another kind of task or without images', async () => {
    right(await exportLearner(at('sizes'))(learner)(ort)())
    const loaded = right(await loadLearner(at('sizes'))(ort)())
    const larger = right(await openData(withSize(40)(drawn(folder)))(ort)())
    const trained = right(await pipe(withData(larger)(loaded), RTE.fromEither, RTE.chainW(train(Recipe.fit(1))))(ort)())
    expect([trained.plan.input, trained.steps]).toEqual([[3, 40, 40], loaded.steps + 4])
    const others = { ...larger, task: { _tag: 'MultiLabel' as const, classes: ['3', '8'] } }
    expect(left(withData(others)(loaded))).toMatchObject({ _tag: 'SavedError', found: expect.stringContaining('8') })
    expect(left(await train(Recipe.fit(1))(loaded)(ort)())).toMatchObject({ _tag: 'TooFewItems' })
  })

  it('predicts a test set that it is loaded with: a folder, or files', async () => {
    right(await exportLearner(at('test'))(learner)(ort)())
    const below = join(learner.data.root, 'valid', '3')
    const asFolder = right(await loadLearner(at('test'), { test: below })(ort)())
    expect(asFolder.data.test.length).toBeGreaterThan(0)
    const asFiles = right(await loadLearner(at('test'), { test: asFolder.data.test.map((f) => join(below, f)) })(ort)())
    const preds = async (l: Learner) => right(await getPreds({ set: 'test' })(l)(ort)()).preds
    expect(await preds(asFiles)).toEqual(await preds(asFolder))
    const all = right(await predictAll(asFiles.data.test)(predictorOf(learner))(ort)())
    expect(await preds(asFiles)).toEqual(all.map((p) => p.probabilities))
    expect(left(await loadLearner(at('test'), { test: at('nowhere') })(ort)())).toMatchObject({ _tag: 'NotFound' })
  })

  it('has its ONNX file beside it when asked for, never an older one', async () => {
    const [file, beside] = right(await exportLearner(at('onnx'), { onnx: true })(learner)(ort)())
    expect([file, beside]).toEqual([at('onnx', 'model.safetensors'), at('onnx', 'model.onnx')])
    expect(existsSync(beside!)).toBe(true)
    right(await exportLearner(at('onnx'))(learner)(ort)())
    expect(existsSync(beside!)).toBe(false)
  })

  it('is unchanged when a new export fails, and does not replace a run', async () => {
    right(await exportLearner(at('kept'))(learner)(ort)())
    const bytes = readFileSync(at('kept', 'model.safetensors'))
    const full: Io.Files = { ...Io.nodeFiles, write: (path) => TE.left(Io.fromSystem(path)({ code: 'ENOSPC' })) }
    const other = { ...learner, state: new Map([...learner.state].map(([k, v]) => [k, v.map((x) => x + 1)])) }
    expect(left(await exportLearner(at('kept'))(other)({ files: full })())).toMatchObject({ _tag: 'DiskFull' })
    expect(readFileSync(at('kept', 'model.safetensors'))).toEqual(bytes)
    writeFileSync(at('kept', 'graft.json'), '{}')
    expect(left(await exportLearner(at('kept'))(other)(ort)())).toMatchObject({ _tag: 'SavedError', path: at('kept') })
    expect(readFileSync(at('kept', 'model.safetensors'))).toEqual(bytes)
  })
})

describe('a file that is not what was exported', () => {
  let bytes: Buffer
  beforeAll(async () => {
    right(await exportLearner(at('good'))(learner)(ort)())
    bytes = readFileSync(at('good', 'model.safetensors'))
  })

  /** Read from memory: a disk would only be slower. */
  const loading = (content: Uint8Array): Promise<E.Either<{ readonly _tag: string }, Learner>> =>
    loadLearner('model.safetensors')({
      files: {
        ...Io.nodeFiles,
        stat: () => TE.right({ kind: 'file', bytes: content.length, modified: 0 }),
        read: () => TE.right(content)
      }
    })()

  const long = process.env['GRAFT_LONG'] !== undefined

  it(`cut short anywhere is a named error (${long ? 'every' : 'some'} length)`, { timeout: 600_000 }, async () => {
    const step = long ? 1 : 97
    for (let length = 0; length < bytes.length; length += step) {
      const error = left(await loading(bytes.subarray(0, length)))
      expect(error._tag, `${length} bytes`).toMatch(/^[A-Z]\w+$/)
      expect(JSON.stringify(error)).toContain('model.safetensors')
    }
    expect(left(await loading(bytes.subarray(0, -1)))._tag).toMatch(/^[A-Z]\w+$/)
    right(await loading(bytes))
  })

  it(`with one byte changed is a named error, or says the same (${long ? 'every' : 'some'} byte)`, async () => {
    const whole = right(await loading(bytes))
    const step = long ? 7 : 211
    for (let i = 0; i < bytes.length; i += step) {
      const edited = Buffer.from(bytes)
      edited[i] = edited[i]! ^ 1
      const read = await loading(edited)
      // white space of the header, where there is any, means nothing
      if (E.isRight(read)) expect(read.right.state, `byte ${i}`).toEqual(whole.state)
    }
  }, 600_000)

  it('with a changed weight is an error that reports the checksum', async () => {
    const edited = Buffer.from(bytes)
    edited[bytes.length - 1]! ^= 1
    expect(left(await loading(edited))).toMatchObject({
      _tag: 'SavedError',
      path: 'model.safetensors',
      expected: 'content that matches its checksum'
    })
  })

  /** safetensors without tensors, with this header (shorter than 256 bytes). */
  const safetensors = (header: string): Buffer =>
    Buffer.concat([Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(header)])

  it.each([
    ['weights alone', () => safetensors('{}')],
    ['something else under our name', () => safetensors('{"__metadata__":{"graft":"{}"}}')],
    ['a picture', () => readFileSync(pictures()[0]!)],
    ['a description', () => Buffer.from('{"arch":"resnet18"}')]
  ])('%s, is a named error', async (_, foreign) => {
    const error = left(await loading(foreign()))
    expect(error._tag).toMatch(/^[A-Z]\w+$/)
    expect(JSON.stringify(error)).toContain('model.safetensors')
  })

  it('a folder without a model is an error that names the missing file', async () => {
    expect(left(await loadLearner(folder)(ort)())).toMatchObject({
      _tag: 'SavedError',
      path: folder,
      expected: expect.stringContaining('model') as string
    })
  })
})
