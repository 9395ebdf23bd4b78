/**
 * A learner small enough to be trained many times: some images of noise in memory, and a network of three layers with a
 * batch norm and dropout.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type BatchView, classification, digits, sidesOf, withBatchSize, withSize } from '../src/data/index.js'
import * as T from 'fp-ts/lib/Task.js'
import type { GraftError } from '../src/GraftError.js'
import { accuracy } from '../src/interpret/index.js'
import type { Data, Dataset, Item } from '../src/io/index.js'
import { learner, type Learner, type LearnerEnv } from '../src/learn/index.js'
import { arch, batchNorm, conv2d, head, named, relu, sequential, uncut, withHead } from '../src/model/index.js'
import type { Optimiser } from '../src/recipe/index.js'
import { generator, type Seed, splitSeed } from '../src/Seed.js'

const side = 5
const classes = ['left', 'right']

const picture = (seed: Seed, i: number, [height, width]: readonly [number, number]): Item => {
  const { integer } = generator(splitSeed(seed, i))
  const target = i % classes.length
  const data = Uint8Array.from({ length: height * width * 3 }, () => integer(256))
  return { file: `${i}.png`, label: classes[target]!, target, pixels: { height, width, channels: 3, data } }
}

const pictures = (seed: Seed, length: number, sides: readonly [number, number] = [side, side]): Dataset => {
  const items = Array.from({ length }, (_, i) => picture(seed, i, sides))
  return { length, items, item: (i) => RTE.right(items[i]!) }
}

/** Three training batches of four with one image left over, and two validation batches. */
const dataOf = (seed: Seed): Data => ({
  spec: { ...withBatchSize(4)(digits({ n: 13, valid: 6 })), seed },
  resized: (size) => {
    const sides = sidesOf(size)
    return T.of({
      spec: withSize(size)({ ...withBatchSize(4)(digits({ n: 13, valid: 6 })), seed }),
      shape: [3, ...sides] as const,
      train: pictures(splitSeed(seed, 'train'), 13, sides),
      valid: pictures(splitSeed(seed, 'valid'), 6, sides)
    })
  },
  root: '',
  task: classification(classes),
  generated: true,
  shape: [3, side, side],
  train: pictures(splitSeed(seed, 'train'), 13),
  valid: pictures(splitSeed(seed, 'valid'), 6),
  test: [],
  stats: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  contents: '',
  warnings: [],
  skipped: []
})

const network = sequential(named('conv', conv2d(3, 3, 3, { stride: 2 })), named('bn', batchNorm(3)), relu)

const model = pipe(arch({ name: 'trainee', network }), uncut, withHead(head({ linFtrs: [4] })))

/** The parts of the learner that may vary. */
export interface Trainee {
  readonly seed: Seed
  readonly opt: Optimiser
  readonly clip: number | null
  readonly batchViews?: ReadonlyArray<BatchView>
}

export const trainee = ({
  seed,
  opt,
  clip,
  batchViews = []
}: Trainee): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> =>
  learner({
    data: dataOf(seed),
    model,
    metrics: [accuracy],
    opt,
    seed,
    batchViews,
    ...(clip === null ? {} : { clip })
  })
