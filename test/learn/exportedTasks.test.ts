// Exports of learners of every task but one class an image, which exportLearner.test.ts has.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  type DataSpec,
  holdoutByPct,
  imageCsv,
  imageMasks,
  masksByPattern,
  multiLabel,
  Recipe,
  regression,
  segmentation,
  type Task,
  withBatchSize
} from 'graft-vision'
import {
  exportLearner,
  getPreds,
  type GraftEnv,
  type Learner,
  loadLearner,
  openData,
  predictAll,
  predictMask,
  predictorOf,
  train,
  unetLearner,
  withData
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectNear } from '../engine/engines.js'
import { place, right, workplace } from '../io/workplace.js'
import { envWith, net, tinyLearner } from './tiny.js'

const folder = workplace()
const side = 28
const n = 20
let ort: GraftEnv
let cpu: GraftEnv

const at = (...names: ReadonlyArray<string>): string => join(folder, ...names)
const picture = (i: number): string => at('pictures', `${i}.png`)

beforeAll(async () => {
  ort = await envWith('onnxruntime')
  cpu = await envWith('cpu')
  for (const name of ['pictures', 'masks']) mkdirSync(at(name))
  const png = (channels: number, value: (k: number) => number) => {
    const data = Uint8Array.from({ length: side * side * channels }, (_, k) => value(k))
    return ort.images.encode({ height: side, width: side, channels, data })()
  }
  for (let i = 0; i < n; i++) {
    place(picture(i), right(await png(3, (k) => (k * (31 + i) + i * 17) % 256)))
    place(at('masks', `${i}.png`), right(await png(1, (k) => Number(k % side > i))))
  }
  place(at('codes.txt'), 'left\nright\n')
  const rows = Array.from({ length: n }, (_, i) => `${i},${['', 'odd', 'few', 'odd few'][i % 4]},${i / 7},${n - i}`)
  place(at('labels.csv'), ['name,tags,age,size', ...rows].join('\n'))
})

const table = (options: Parameters<typeof imageCsv>[1]): DataSpec =>
  imageCsv(folder, { holdout: holdoutByPct(0.3, 1), suffix: '.png', folder: 'pictures', ...options })
const masks = (): DataSpec =>
  imageMasks(folder, {
    images: 'pictures',
    masks: masksByPattern('^pictures/(.*)[.]png$', 'masks/$1.png'),
    holdout: holdoutByPct(0.3, 1)
  })

const single = (spec: DataSpec) => tinyLearner(spec, { metrics: [] })
const picturewise = (spec: DataSpec) =>
  pipe(
    openData(spec),
    RTE.chainW((data) => unetLearner(data, net, { normType: 'batch', pretrained: false }))
  )

/** What is asked of a predictor for a picture: of a U-Net its mask, of any other its numbers and labels. */
const asked = async (l: Learner, env: GraftEnv): Promise<unknown> =>
  l.data.task._tag === 'Segmentation'
    ? right(await pipe(predictorOf(l), predictMask(picture(3)))(env)())
    : right(await predictAll([3, 4].map(picture))(predictorOf(l))(env)())

const predictions = async (l: Learner, env: GraftEnv): Promise<ReadonlyArray<number>> =>
  right(await getPreds()(l)(env)()).preds.flat()

describe.each<
  [string, Task, () => DataSpec, (spec: DataSpec) => (env: GraftEnv) => ReturnType<ReturnType<typeof single>>]
>([
  ['several labels', multiLabel(['few', 'odd']), () => table({ labelCol: 'tags', labelDelim: ' ' }), single],
  ['numbers', regression(2), () => table({ labelCol: ['age', 'size'], labels: 'numbers' }), single],
  ['a class for each pixel', segmentation(['left', 'right']), masks, picturewise]
])('an exported learner of %s', (name, task, spec, made) => {
  let fresh: Learner
  let trained: Learner
  let loaded: Learner
  beforeAll(async () => {
    fresh = right(await made(withBatchSize(7)(spec()))(ort)())
    trained = right(await train(Recipe.fitOneCycle(2, 1e-2))(fresh)(ort)())
    right(await exportLearner(at(name))(trained)(ort)())
    loaded = right(await loadLearner(at(name))(ort)())
  })

  it('keeps its task and predicts pictures as before, to the bit', async () => {
    expect(loaded.data.task).toEqual(task)
    expect(predictorOf(loaded).activation).toEqual(predictorOf(trained).activation)
    expect(await asked(loaded, ort)).toEqual(await asked(trained, ort))
  })

  it('predicts a set that it is given as before: not as untrained, and alike on another engine', async () => {
    const given = right(withData(trained.data)(loaded))
    const before = await predictions(trained, ort)
    expect(await predictions(given, ort)).toEqual(before)
    expect(await predictions(fresh, ort)).not.toEqual(before)
    expectNear(await predictions(given, cpu), before, 'sums')
  })
})
