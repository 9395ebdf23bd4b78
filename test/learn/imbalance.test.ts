/** Balanced sampling and weights of images, to the end: what is trained on, resumed to the bit. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  balancedSampling,
  type DataSpec,
  type Handler,
  holdoutByPct,
  imageCsv,
  mixup,
  Recipe,
  Transform,
  withBatchSize,
  withSampling,
  withTransforms
} from 'graft-vision'
import {
  beginRun,
  carryOn,
  describedLearner,
  type GraftEnv,
  openData,
  type Run,
  type RunDescription,
  runFiles,
  train
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, place, right, workplace } from '../io/workplace.js'
import { envWith, model, tinyLearner } from './tiny.js'

const folder = workplace()
const labels = ['ant', 'ant', 'ant', 'ant', 'ant', 'ant', 'ant', 'bee']
const n = 16
let env: GraftEnv

beforeAll(async () => {
  env = await envWith('cpu')
  for (let i = 0; i < n; i++) {
    const data = new Uint8Array(28 * 28 * 3).map((_, k) => (k * (7 + i)) % 251)
    place(join(folder, `${i}.png`), right(await env.images.encode({ height: 28, width: 28, channels: 3, data })()))
  }
  const rows = Array.from({ length: n }, (_, i) => `${i}.png,${labels[i % 8]!},${i % 4},2`)
  place(join(folder, 'labels.csv'), ['file,label,trust,even', ...rows].join('\n'))
})

const weighedBy = (weightCol?: string): DataSpec =>
  withBatchSize(4)(
    imageCsv(folder, {
      ...{ fnCol: 'file', labelCol: 'label', holdout: holdoutByPct(0) },
      ...(weightCol === undefined ? {} : { weightCol })
    })
  )

const losses = async (spec: DataSpec): Promise<ReadonlyArray<number>> =>
  right(await pipe(tinyLearner(spec, { metrics: [] }), RTE.chainW(train(Recipe.fit(1))))(env)()).history.losses

describe('weights of images', () => {
  it('change nothing if they are equal, and the training loss if they are not', async () => {
    const [plain, even, uneven] = [
      await losses(weighedBy()),
      await losses(weighedBy('even')),
      await losses(weighedBy('trust'))
    ]
    for (const [i, loss] of plain.entries()) expect(even[i]).toBeCloseTo(loss, 4)
    expect(Math.abs(uneven[0]! - plain[0]!)).toBeGreaterThan(1e-3)
  })
  it('cannot be combined with mixup', async () => {
    expect(left(await tinyLearner(weighedBy('trust'), { batchViews: [mixup()] })(env)())).toMatchObject({
      path: 'batchViews'
    })
  })
})

const haltingAt = (k: number): Handler => {
  let seen = 0
  return (event) => () => (event._tag === 'BatchEnd' && event.train && seen++ === k ? 'halt' : 'continue')
}

describe('a run with balanced sampling, augmentation and weights', () => {
  it('ends with the same bytes wherever it was halted', async () => {
    const data = pipe(
      weighedBy('trust'),
      withSampling(balancedSampling()),
      withTransforms([Transform.rotate([-30, 30], 1)])
    )
    const description: RunDescription = {
      ...{ data, model, archModule: null, recipe: Recipe.fit(2), classWeights: 'effective' },
      ...{ seed: 42, wd: 0.01, engine: 'cpu', threads: null }
    }
    const begun = async (name: string): Promise<Run> => right(await beginRun(join(folder, name), description)(env)())
    const go = async (run: Run, on: GraftEnv) =>
      right(
        await pipe(
          openData(data),
          RTE.chainW(describedLearner(run.directory, description)),
          RTE.chainW(carryOn(run, { everyBatches: 1 }))
        )(on)()
      )
    const bytes = (run: Run): Buffer => readFileSync(runFiles(run.directory).model)
    const whole = await begun('whole')
    const { learner } = await go(whole, env)
    expect(learner.data.train.items.filter(({ label }) => label === 'bee')).toHaveLength(2)
    for (const k of [1, 5]) {
      const run = await begun(`halted-${k}`)
      expect((await go(run, { ...env, onEvent: haltingAt(k) })).halted).toBe(true)
      await go(run, env)
      expect(bytes(run).equals(bytes(whole))).toBe(true)
    }
  })
})
