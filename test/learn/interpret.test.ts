import { existsSync } from 'node:fs'
import { accuracy, confusionMatrix, mostConfused, predictedClasses, Recipe, suggestLr } from 'graft-vision'
import {
  getPreds,
  gradCam,
  type GraftEnv,
  interpret,
  interpretWith,
  type Learner,
  lrFind,
  plotTopLosses,
  predictorOf,
  train,
  validate
} from 'graft-vision/node'
import * as O from 'fp-ts/lib/Option.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
let env: GraftEnv
let l: Learner
beforeAll(async () => {
  env = await envWith('cpu')
  const start = right(await tinyLearner(drawn(folder), { metrics: [accuracy] })(env)())
  l = right(await train(Recipe.fitOneCycle(1, 1e-2))(start)(env)())
})

describe('predictions of a set', () => {
  it('are those of validate, in its order', async () => {
    const { preds, losses, targets, files } = right(await getPreds({ withLoss: true })(l)(env)())
    const validation = right(await validate(l)(env)())
    expect(preds).toEqual(validation.predictions.map((p) => p.probabilities))
    expect([losses, targets, files]).toEqual([
      validation.losses,
      validation.targets,
      validation.predictions.map((p) => p.image)
    ])
    expect(right(await getPreds()(l)(env)()).losses).toBeNull()
  })

  it('of train are shuffled without an incomplete batch, of fix in order and complete', async () => {
    const all = l.data.train.items.map(({ file }) => file)
    expect(right(await getPreds({ set: 'fix' })(l)(env)()).files).toEqual(all)
    const { files } = right(await getPreds({ set: 'train' })(l)(env)())
    expect(files).not.toEqual(all)
    expect(files.length).toBe(all.length - (all.length % l.data.spec.bs))
  })
})

describe('an interpretation of a learner', () => {
  it('has a confusion matrix that adds up to its accuracy, and files that are there', async () => {
    const i = right(await interpret(l)(env)())
    const wrong = right(mostConfused()(i)).reduce((sum, { count }) => sum + count, 0)
    expect(1 - wrong / i.targets.length).toBeCloseTo(l.history.rows[0]!.metrics[0]!)
    expect(i.files.every((file) => existsSync(file))).toBe(true)
    expect(right(confusionMatrix(i)).flat()).toHaveLength(4)
    expect(predictedClasses(right(await interpretWith({ set: 'fix' })(l)(env)()))).toHaveLength(64)
  })

  it('leaves the learner and its history unchanged, where fastai 1 replaces its recorder', async () => {
    const before = bitsOf(l)
    right(await interpret(l)(env)())
    expect(bitsOf(l)).toEqual(before)
  })

  it('draws one picture, and pictures with heat maps', async () => {
    const i = right(await interpret(l)(env)())
    const one = right(await plotTopLosses(1)(i)(env)())
    expect(one.cells[0]!.image).toMatch(/^data:image\/png;base64,/)
    const lit = right(await plotTopLosses(1, { heatmap: predictorOf(l), heatmapThresh: 4 })(i)(env)())
    expect(lit.cells[0]!.image).not.toBe(one.cells[0]!.image)
    expect(left(await plotTopLosses(25)(i)(env)())).toMatchObject({ path: 'k' })
  })
})

describe('heat maps', () => {
  it('use an earlier feature map if the last is too small, and are an error if none is large enough', async () => {
    const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
    const sizes = await Promise.all(
      [1, 36, 37].map(async (least) => {
        const maps = await gradCam([blank], [0], { least })(predictorOf(l))(env)()
        return maps._tag === 'Left' ? maps.left._tag : maps.right[0]!.values.length
      })
    )
    expect(sizes).toEqual([36, 36, 'EngineFailure'])
    expect(left(await gradCam([blank], [2])(predictorOf(l))(env)())).toMatchObject({ path: 'classes' })
  })
})

describe('lrFind', () => {
  it('leaves the learner unchanged and finds the same again, where fastai 1 leaves a file and a changed random state', async () => {
    const before = bitsOf(l)
    const found = right(await lrFind({ numIt: 20 })(l)(env)())
    expect(bitsOf(l)).toEqual(before)
    expect(right(await lrFind({ numIt: 20 })(l)(env)())).toEqual(found)
    const [first, last] = [found.lrs[0]!, found.lrs.at(-1)!]
    expect(first).toBe(1e-7)
    expect(last).toBeLessThan(10)
  })

  it('goes through epochs until it has its batches, and suggests a rate', async () => {
    const found = right(await lrFind({ numIt: 18, endLr: 0.1, stopDiv: false })(l)(env)())
    expect(found.losses).toHaveLength(18)
    expect(O.isSome(suggestLr()(found))).toBe(true)
    expect(left(await lrFind({ numIt: 0 })(l)(env)())).toMatchObject({ path: 'lrFind.numIt' })
  })
})
