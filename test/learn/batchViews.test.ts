// Trainings on batches that are mixed or erased.
import { type BatchView, cutmix, labelSmoothing, type Loss, mixup, randomErasing, Recipe } from 'graft-vision'
import { trainWith } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()

describe('a training on mixed batches', () => {
  const losses = async (batchViews: ReadonlyArray<BatchView>, loss?: Loss): Promise<ReadonlyArray<number>> => {
    const env = await envWith('onnxruntime')
    const l = right(await tinyLearner(drawn(folder), { batchViews, ...(loss && { loss }) })(env)())
    return right(await trainWith(Recipe.fit(1, 1e-3))(l)(env)()).learner.history.losses
  }

  const views: ReadonlyArray<readonly [string, ReadonlyArray<BatchView>]> = [
    ['mixup', [mixup()]],
    ['cutmix', [cutmix()]],
    ['random erasing', [randomErasing({ p: 1 })]],
    ['erasing after cutmix', [cutmix(), randomErasing({ p: 1, fill: 'noise' })]]
  ]

  it.each(views)('differs from one on plain batches, and is the same for the same seed: %s', async (_, of) => {
    const mixed = await losses(of)
    expect(mixed).not.toEqual(await losses([]))
    expect(await losses(of)).toEqual(mixed)
  })

  it('smooths labels if the loss does', async () => {
    const [smooth, plain] = [await losses([cutmix()], labelSmoothing(0.2)), await losses([cutmix()])]
    expect(smooth.every(Number.isFinite)).toBe(true)
    expect(smooth).not.toEqual(plain)
  })

  it('is refused for wrong parameters, and for two views that mix', async () => {
    const env = await envWith('onnxruntime')
    const wrong = async (...batchViews: ReadonlyArray<BatchView>) =>
      left(await tinyLearner(drawn(folder), { batchViews })(env)())
    expect(await wrong(mixup(0))).toMatchObject({ path: 'batchViews.mixup', expected: 'a positive alpha', found: '0' })
    expect(await wrong(cutmix(-1))).toMatchObject({ path: 'batchViews.cutmix', found: '-1' })
    expect(await wrong(randomErasing({ p: 2 }))).toMatchObject({
      path: 'batchViews.randomErasing',
      expected: 'p from 0 to 1'
    })
    const two = { path: 'batchViews', expected: 'at most one batch view that mixes images', found: 'mixup, cutmix' }
    expect(await wrong(mixup(), cutmix())).toMatchObject(two)
  })
})
