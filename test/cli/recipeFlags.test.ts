/** The recipes that flags choose. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { digits, earlyStopping, Recipe, reduceLrOnPlateau, saveBest, slice } from 'graft-vision'
import { beforeAll, describe, expect, it } from 'vitest'
import { modelOf, readTrainFlags, recipeOf, type TrainFlags } from '../../src/cli/flags/TrainFlags.js'
import { workplace } from '../io/workplace.js'
import { type Outcome, placeForRuns } from './graft.js'

const chosen = async (flags: TrainFlags): Promise<E.Either<unknown, Recipe.Recipe>> => {
  const n = readTrainFlags(flags)
  return E.isLeft(n) ? n : recipeOf(flags, n.right)()
}

describe('flags of the recipe', () => {
  it.each([
    [{}, Recipe.fitOneCycle(1, 1e-3)],
    [{ epochs: '3', lr: '1e-4,1e-2' }, Recipe.fitOneCycle(3, slice(1e-4, 1e-2))],
    [{ fineTune: '5' }, Recipe.fineTune(5)],
    [{ fineTune: '5', lr: '1e-3' }, Recipe.fineTune(5, 1e-3)],
    [{ flatCos: true, epochs: '2' }, Recipe.fitFlatCos(2, 1e-3)],
    [{ sgdr: '3', epochs: '2', lr: '1e-2' }, Recipe.fitSgdr(3, 2, 1e-2)],
    [{ accumulate: '4', ema: '0.9' }, Recipe.ema(0.9)(Recipe.accumulate(4)(Recipe.fitOneCycle(1, 1e-3)))],
    [
      { recipe: '[{"step":"fit","epochs":2},{"step":"fit","epochs":3}]', swa: '2' },
      Recipe.sequence(Recipe.fit(2), Recipe.swa(2)(Recipe.fit(3)))
    ],
    [
      { earlyStop: '3', saveBest: true, reduceLr: '2', monitor: 'accuracy' },
      Recipe.until(
        saveBest({ monitor: 'accuracy' }),
        reduceLrOnPlateau({ monitor: 'accuracy', patience: 2, minLr: 0 }),
        earlyStopping({ monitor: 'accuracy', patience: 3 })
      )(Recipe.fitOneCycle(1, 1e-3))
    ],
    [
      { progressive: '128:3, 224:2', lr: '1e-2' },
      Recipe.progressiveResizing(
        [
          [128, 3],
          [224, 2]
        ],
        (epochs) => Recipe.fitOneCycle(epochs, 1e-2)
      )
    ],
    [{ progressive: '32:4', flatCos: true }, Recipe.sequence(Recipe.setSize(32), Recipe.fitFlatCos(4, 1e-3))],
    [
      { progressive: '32:4,64:1', ema: '0.9' },
      Recipe.ema(0.9)(
        Recipe.progressiveResizing(
          [
            [32, 4],
            [64, 1]
          ],
          (epochs) => Recipe.fitOneCycle(epochs, 1e-3)
        )
      )
    ],
    [{ warmup: '0.5', epochs: '2' }, Recipe.fitWarmupCosine(2, 1e-3, { warmupEpochs: 0.5 })]
  ])('%j', async (flags, recipe) => {
    expect(await chosen(flags)).toEqual(E.right(recipe))
  })
  it.each([
    [{ fineTune: '0' }, '--fine-tune'],
    [{ fineTune: '5', lr: '1e-4,1e-2' }, '--lr'],
    [{ sgdr: '1.5' }, '--sgdr'],
    [{ warmup: '2' }, '--warmup'],
    [{ warmup: '2', progressive: '32:2,64:1' }, '--warmup'],
    [{ progressive: '' }, '--progressive'],
    [{ progressive: '128' }, '--progressive'],
    [{ progressive: '128:0' }, '--progressive'],
    [{ progressive: '128:3,' }, '--progressive'],
    [{ progressive: '128x96:3' }, '--progressive'],
    [{ ema: '1' }, '--ema'],
    [{ accumulate: '0' }, '--accumulate'],
    [{ earlyStop: '-1' }, '--early-stop']
  ])('%j is refused, and named', async (flags, path) => {
    expect(await chosen(flags)).toMatchObject({ left: { path } })
  })
})

describe('--batch-norm', () => {
  const policyOf = async (flags: TrainFlags) => {
    const model = await modelOf(flags, digits({ n: 8 }))()
    return E.isLeft(model) ? model : model.right.batchNorm
  }
  it.each(['trains', 'statisticsOnly', 'inference'] as const)('%s is the policy of the model', async (batchNorm) => {
    expect(await policyOf({ batchNorm })).toBe(batchNorm)
    expect(await policyOf({ batchNorm, freeze: false })).toBe(batchNorm)
  })
  it('replaces the policy of a model given as JSON, which is kept without it', async () => {
    const model = join(workplace(), 'model.json')
    writeFileSync(model, '{"arch":"resnet18","head":{},"batchNorm":"statisticsOnly"}')
    expect(await policyOf({ model })).toBe('statisticsOnly')
    expect(await policyOf({ model, batchNorm: 'inference' })).toBe('inference')
  })
  it('is refused with another word', () => {
    expect(readTrainFlags({ batchNorm: 'frozen' })).toMatchObject({ left: { path: '--batch-norm' } })
  })
})

describe('flags of two recipes', () => {
  const { graft } = placeForRuns()
  let both: Outcome
  beforeAll(async () => {
    both = await graft('train', 'digits', '--fine-tune', '2', '--sgdr', '2')
  })
  it('are an error', () => {
    expect(both.stderr).toContain('expected no --fine-tune beside --sgdr')
  })
})
