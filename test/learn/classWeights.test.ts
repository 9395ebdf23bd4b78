/** Weights of classes from the training images, from the description of a run to its model. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  catalogue,
  crossEntropy,
  focal,
  type GraftError,
  holdoutByPct,
  imageFolder,
  mse,
  Recipe,
  withBatchSize
} from 'graft-vision'
import {
  beginRun,
  carryOn,
  describedLearner,
  type GraftEnv,
  loadLearner,
  openData,
  readRun,
  type RunDescription,
  runFiles
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, place, right, workplace } from '../io/workplace.js'
import { envWith, model, net, tinyLearner } from './tiny.js'

const folder = workplace()
const photos = join(folder, 'photos')
// 12 ants and 4 bees, none held out
const spec = withBatchSize(4)(imageFolder(photos, { holdout: holdoutByPct(0) }))
let env: GraftEnv

beforeAll(async () => {
  env = await envWith('cpu')
  for (const [label, n] of [
    ['ant', 12],
    ['bee', 4]
  ] as const) {
    mkdirSync(join(photos, label), { recursive: true })
    for (let i = 0; i < n; i++) {
      const pixels = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3).fill(i * 16 + n) }
      place(join(photos, label, `${i}.png`), right(await env.images.encode(pixels)()))
    }
  }
})

const weights = [16 / (2 * 12), 16 / (2 * 4)]

describe('class weights of a learner', () => {
  it('become numbers in its loss', async () => {
    const by = async (options: object) => right(await tinyLearner(spec, options)(env)()).settings.loss
    expect(await by({ classWeights: 'balanced' })).toEqual(crossEntropy({ weight: weights }))
    expect(await by({ classWeights: 'balanced', loss: focal() })).toEqual(focal({ alpha: weights }))
    expect(await by({ classWeights: [1, 5] })).toEqual(crossEntropy({ weight: [1, 5] }))
  })

  it('are an error for a loss without them, and for another number of classes', async () => {
    const error = async (options: object) => left(await tinyLearner(spec, options)(env)())
    expect(await error({ classWeights: 'balanced', loss: mse })).toMatchObject({ path: 'classWeights', found: 'Mse' })
    expect(await error({ classWeights: [1] })).toMatchObject({ path: 'classWeights', found: '[1]' })
  })

  it('stay in the description of a run as a rule, and in its model as numbers', async () => {
    const description: RunDescription = {
      ...{ data: spec, model, archModule: null, recipe: Recipe.fit(1), classWeights: 'balanced' },
      ...{ seed: 42, wd: 0.01, engine: 'cpu', threads: null }
    }
    const directory = join(folder, 'run')
    right(await beginRun(directory, description)(env)())
    const archs = () => TE.right<GraftError, typeof catalogue>([...catalogue, net])
    const run = right(await readRun(directory, archs)(env)())
    expect(run.description.classWeights).toBe('balanced')
    right(
      await pipe(
        openData(spec),
        RTE.chainW(describedLearner(directory, run.description)),
        RTE.chainW(carryOn(run))
      )(env)()
    )
    const again = right(await loadLearner(runFiles(directory).model)(env)())
    expect(again.settings.loss).toEqual(crossEntropy({ weight: weights }))
  })
})
