import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import { getTransforms, Recipe, Transform, withTransforms } from 'graft-vision'
import { blendTta } from '../../src/interpret/index.js'
import { ttaViews } from '../../src/data/index.js'
import {
  getPreds,
  type GraftEnv,
  interpretWith,
  Io,
  type Learner,
  predictAll,
  predictorOf,
  train,
  tta
} from 'graft-vision/node'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
let env: GraftEnv
let l: Learner
beforeAll(async () => {
  env = await envWith('cpu')
  l = right(await tinyLearner(drawn(folder))(env)())
})

const augmented = (learned: Learner): Learner => ({
  ...learned,
  data: { ...learned.data, spec: withTransforms(getTransforms())(learned.data.spec) }
})

describe('training with transforms', () => {
  it('changes what is trained on, and is the same run every time', async () => {
    const fit = (start: Learner) => train(Recipe.fit(1, 1e-2))(start)(env)()
    const [plain, first, second] = [right(await fit(l)), right(await fit(augmented(l))), right(await fit(augmented(l)))]
    expect(first.state).not.toEqual(plain.state)
    expect(bitsOf(second)).toEqual(bitsOf(first))
  })

  it('does not transform validation images', async () => {
    const of = async (learned: Learner) => right(await getPreds()(learned)(env)()).preds
    expect(await of(augmented(l))).toEqual(await of(l))
  })

  it('gives the reader of batches the pixels of applyTransforms, whatever was read before', async () => {
    const { train: dataset, stats } = l.data
    const view = Transform.drawAll(7, 3)(getTransforms({ maxLighting: 0.4 }))
    const read = async (indices: ReadonlyArray<number>, views?: () => typeof view) => {
      const reader = Io.openBatches({ dataset, batches: [indices], stats, ...(views === undefined ? {} : { views }) })(
        env
      )()
      const batch = right(await reader.next())
      await reader.close()
      return O.isSome(batch) ? batch.value.x : new Float32Array()
    }
    const x = await read([3], () => view)
    const whole = right(await dataset.item(3)(env)()).pixels
    const mine = Transform.apply(view, { size: O.some([28, 28]), resize: 'crop' })(whole)
    expect(right(await dataset.item(3, view)(env)()).pixels).toEqual(mine)
    expect(x).not.toEqual(await read([3]))
    expect(x).toEqual((await read([5, 3], () => view)).slice(x.length))
  })
})

describe('test-time augmentation', () => {
  it('blends plain predictions with the average of eight views', async () => {
    const { preds, plain, average, targets, losses } = right(await tta({ withLoss: true })(l)(env)())
    expect(plain).toEqual(right(await getPreds()(l)(env)()).preds)
    expect(average).not.toEqual(plain)
    expect(preds).toEqual(blendTta(0.4)(plain, average))
    expect(losses).toEqual(preds.map((row, i) => -Math.log(row[targets[i] as number]!)))
  })

  it('is what an interpretation shows when asked to', async () => {
    const { preds } = right(await tta({ set: 'fix' })(l)(env)())
    expect(right(await interpretWith({ set: 'fix', tta: true })(l)(env)()).predictions).toEqual(preds)
  })

  it('applies the training transforms other than crops, flips and zooms, deterministically', async () => {
    const [plain, first, second] = [
      right(await tta()(l)(env)()),
      right(await tta()(augmented(l))(env)()),
      right(await tta()(augmented(l))(env)())
    ]
    expect(first.average).not.toEqual(plain.average)
    expect(second).toEqual(first)
    expect(ttaViews({ transforms: getTransforms() })[7]!.map(({ _tag }) => _tag)).toEqual([
      ...['SymmetricWarp', 'Rotate', 'Brightness', 'Contrast'],
      ...['Zoom', 'CropPad', 'FlipLr']
    ])
  })

  it('of a saved network on files is that of its learner', async () => {
    const files = l.data.valid.items.map(({ file }) => join(l.data.root, file))
    const predicted = right(await pipe(predictorOf(l), predictAll(files, { tta: { scale: 1.2 }, bs: 5 }))(env)())
    const { preds } = right(await tta({ scale: 1.2 })(l)(env)())
    predicted.forEach(({ probabilities }, i) =>
      probabilities.forEach((p, j) => expect(p).toBeCloseTo(preds[i]![j]!, 6))
    )
  })

  it.each([
    [{ beta: 1.5 }, 'tta.beta'],
    [{ scale: 0.5 }, 'tta.scale']
  ])('refuses %o', async (options, path) => {
    expect(left(await tta(options)(l)(env)())).toMatchObject({ _tag: 'SettingError', path })
  })
})
