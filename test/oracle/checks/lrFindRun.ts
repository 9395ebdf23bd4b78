/** A sweep of learning rates over a small network, to see what it leaves behind. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classification, imageFolder, withBatchSize, withoutNormalisation } from '../../../src/data/index.js'
import { drawError } from '../../../src/GraftError.js'
import { type Data, type Dataset, nodeIo } from '../../../src/io/index.js'
import { learner, type Learner, lrFind } from '../../../src/learn/index.js'
import {
  arch,
  conv2d,
  head,
  type Model,
  named,
  relu,
  sequential,
  splitOn,
  uncut,
  withHead
} from '../../../src/model/index.js'
import type { LrFindOptions } from '../../../src/recipe/index.js'
import { engine } from './engine.js'

const batchSize = 2

const datasetOf = (length: number): Dataset => {
  const items = Array.from({ length }, (_, i) => ({ file: `${i}`, label: `${i % 2}`, target: i % 2 }))
  const pixels = { height: 2, width: 2, channels: 3 }
  return {
    length,
    items,
    item: (i) => () => TE.right({ ...items[i]!, pixels: { ...pixels, data: new Uint8Array(12).fill(31 * i) } })
  }
}

const dataOf = (batches: number): Data => ({
  spec: pipe(imageFolder('.'), withBatchSize(batchSize), withoutNormalisation),
  root: '.',
  task: classification(['0', '1']),
  generated: true,
  shape: [3, 2, 2],
  train: datasetOf(batches * batchSize),
  valid: datasetOf(0),
  test: [],
  stats: { mean: [0, 0, 0], std: [1, 1, 1] },
  contents: '',
  warnings: [],
  skipped: []
})

/** A layer for each group but the last, which is the head. */
const modelOf = (groups: number): Model => {
  const layers = Array.from({ length: Math.max(1, groups - 1) }, (_, i) => named(`${i}`, conv2d(3, 3, 1)))
  const model = pipe(
    arch({ name: 'swept', network: sequential(...layers, named('last', relu)) }),
    uncut,
    withHead(head({ linFtrs: [], ps: 0 }))
  )
  return groups === 1 ? model : splitOn([...layers.slice(1).map((_, i) => `body.${i + 1}`), 'head'])(model)
}

const numbersOf = ({ state, optimiser, steps, epochs }: Learner): string =>
  JSON.stringify([[...state].map(([path, values]) => [path, [...values]]), optimiser, steps, epochs])

/** Whether a learner has the same weights, optimiser and counts after a sweep. */
export const restoresWeights = async (options: LrFindOptions, groups: number, batches: number): Promise<boolean> => {
  const run = pipe(
    learner({ data: dataOf(batches), model: modelOf(groups) }),
    RTE.chainW((l) => {
      const before = numbersOf(l)
      return pipe(
        lrFind(options)(l),
        RTE.map(() => numbersOf(l) === before)
      )
    })
  )
  const result = await run({ ...nodeIo(), engine: await engine() })()
  if (E.isLeft(result)) throw new Error(drawError(result.left))
  return result.right
}
