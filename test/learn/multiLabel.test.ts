/** Labels from a table, to the end: several an image, one, numbers. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CsvOptions, holdoutByPct, imageCsv, Recipe, withBatchSize } from 'graft-vision'
import {
  getPreds,
  type GraftEnv,
  interpret,
  type Learner,
  loadPredictor,
  openData,
  plotMultiTopLosses,
  plotTopLosses,
  predict,
  predictorOf,
  train,
  validate,
  writeSaved
} from 'graft-vision/node'
import { left, place, right, workplace } from '../io/workplace.js'
import { envWith, tinyLearner } from './tiny.js'

const folder = workplace()
const side = 28
const names = ['left', 'right']

/** White halves. */
const labelsOf = (i: number): ReadonlyArray<string> => names.filter((_, c) => (i >> c) % 2 === 1)

const half = (i: number) => {
  const data = new Uint8Array(side * side * 3).map((_, k) => (k * 31 + i * 17) % 60)
  for (const label of labelsOf(i))
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side / 2; x++) {
        const at = (y * side + x + (label === 'right' ? side / 2 : 0)) * 3
        data.fill(255, at, at + 3)
      }
  return { height: side, width: side, channels: 3, data }
}

const n = 40
let env: GraftEnv

const described = (options: CsvOptions) =>
  withBatchSize(8)(imageCsv(folder, { holdout: holdoutByPct(0.2, 1), suffix: '.png', folder: 'pictures', ...options }))

const trained = async (options: CsvOptions): Promise<Learner> =>
  right(
    await pipe(tinyLearner(described(options), { metrics: [] }), RTE.chainW(train(Recipe.fitOneCycle(2, 1e-2))))(env)()
  )

beforeAll(async () => {
  env = await envWith('cpu')
  mkdirSync(join(folder, 'pictures'))
  for (let i = 0; i < n; i++) place(join(folder, 'pictures', `${i}.png`), right(await env.images.encode(half(i))()))
  const row = (i: number) => `${i},${labelsOf(i).join(' ')},${i % 3},${(i % 5) + 0.5},${i % 4 === 0 ? 1 : 0},${i % 2}`
  const rows = Array.from({ length: n }, (_, i) => row(i))
  place(join(folder, 'labels.csv'), ['name,tags,class,age,held out,odd', ...rows].join('\r\n'))
})

describe('a multi-label data set', () => {
  let l: Learner
  beforeAll(async () => {
    l = await trained({ labelDelim: ' ' })
  })

  it('has targets of zeros and ones', async () => {
    expect(l.data.task).toEqual({ _tag: 'MultiLabel', classes: names })
    expect(l.settings.loss._tag).toBe('BceWithLogits')
    const { targets, preds } = right(await getPreds({ withLoss: true })(l)(env)())
    expect(targets).toEqual(l.data.valid.items.map(({ target }) => target))
    expect(targets.flat().every((t) => t === 0 || t === 1)).toBe(true)
    expect(preds.flat().every((p) => p > 0 && p < 1)).toBe(true)
    expect(right(await validate(l)(env)()).targets).toEqual(targets)
  })

  it('has predictions of all labels at or above a threshold', async () => {
    const [all, none] = await Promise.all(
      [0, 1.1].map(async (thresh) => right(await predict(half(1), { thresh })(predictorOf(l))(env)()))
    )
    expect([all!.labels, all!.class, none!.labels, none!.class]).toEqual([names, 'left;right', [], ''])
  })

  it('has the same predictions from the saved model', async () => {
    const file = join(folder, 'saved.safetensors')
    right(await writeSaved(file, l, null)(env)())
    const again = right(await pipe(loadPredictor(file), RTE.chainW(predict(half(2))))(env)())
    expect(again).toEqual(right(await predict(half(2))(predictorOf(l))(env)()))
  })

  it('has its misclassified images drawn, one per row, and returned', async () => {
    const i = right(await interpret(l)(env)())
    const { grid, misclassified, message } = right(await plotMultiTopLosses(2, { saveMisclassified: true })(i)(env)())
    expect(message).toBe(`${misclassified.length} misclassified samples over 8 samples in the validation set.`)
    expect([grid.columns, grid.cells.length]).toEqual([1, Math.min(2, misclassified.length)])
    // those without a label are always missed
    const bare = l.data.valid.items.filter(({ target }) => !(target as ReadonlyArray<number>).includes(1))
    expect(misclassified.length).toBeGreaterThanOrEqual(bare.length)
    expect(right(await plotMultiTopLosses(2)(i)(env)()).misclassified).toEqual([])
    expect(left(await plotTopLosses(2)(i)(env)())).toMatchObject({ _tag: 'OtherTask' })
  })
})

describe('one class an image', () => {
  it('is a number of the table, by size', async () => {
    const { data } = await trained({ labelCol: 'class' })
    expect(data.task).toEqual({ _tag: 'Classification', classes: ['0', '1', '2'] })
    expect(data.train.items.every(({ label, target }) => label === String(target))).toBe(true)
  })
})

describe('numbers', () => {
  it('are learned as they are, held out by a column', async () => {
    const l = await trained({ labelCol: 'age', validCol: 'held out' })
    expect([l.data.task, l.data.valid.length]).toEqual([{ _tag: 'Regression', outputs: 1 }, 10])
    const i = right(await interpret(l)(env)())
    expect(i.targets[1]).toEqual([4.5])
    const said = right(await predict(half(3))(predictorOf(l))(env)())
    expect([said.labels, Number(said.class)]).toEqual([[], said.probabilities[0]])
    expect(left(await plotMultiTopLosses()(i)(env)())).toMatchObject({ _tag: 'OtherTask' })
  })

  it('of several columns are as many outputs', async () => {
    const data = right(await openData(described({ labelCol: ['class', 'age'] }))(env)())
    expect(data.task).toEqual({ _tag: 'Regression', outputs: 2 })
  })

  it('of columns of 0 and 1 are labels by the names of the columns', async () => {
    const data = right(await openData(described({ labelCol: ['held out', 'odd'] }))(env)())
    expect(data.task).toEqual({ _tag: 'MultiLabel', classes: ['held out', 'odd'] })
  })
})

describe('a table that cannot be used', () => {
  it('is an error that says what to do', async () => {
    const wrong = async (options: CsvOptions, table?: string) => {
      if (table !== undefined) place(join(folder, 'other.csv'), table)
      const csv = table === undefined ? {} : { csv: 'other.csv' }
      return left(await openData(described({ ...csv, ...options }))(env)())._tag
    }
    expect(await wrong({ labelCol: 'no such' })).toBe('BadTable')
    expect(await wrong({ labelCol: 9 })).toBe('BadTable')
    expect(await wrong({ labelCol: 'tags', labels: 'numbers' })).toBe('BadTable')
    expect(await wrong({ csv: 'no-such.csv' })).toBe('NotFound')
    expect(await wrong({ suffix: '.jpg', labelDelim: ' ' })).toBe('MissingFolder')
    expect(await wrong({ delimiter: '' })).toBe('BadSpec')
    expect(await wrong({}, 'name,tags\n')).toBe('NoImages')
    expect(await wrong({}, 'name,tags\n1\n')).toBe('BadTable')
    expect(await wrong({}, 'name,tags\n1,"a\n')).toBe('BadTable')
    expect(await wrong({}, 'name,tags\n../secret,a\n')).toBe('MissingFolder')
  })
})
