/**
 * A learner small enough to be trained many times: some images of noise in memory, and a network of three layers with a
 * batch norm and dropout.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as T from 'fp-ts/lib/Task.js'
import {
  type BatchView,
  type ClassWeights,
  classification,
  type DataSpec,
  digits,
  eachOnce,
  type Sampling,
  sidesOf,
  type Transform,
  withBatchSize,
  withSampling,
  withSize,
  withTransforms
} from '../src/data/index.js'
import type { GraftError } from '../src/GraftError.js'
import { accuracy } from '../src/interpret/index.js'
import type { Data, Dataset, Item } from '../src/io/index.js'
import { learner, type Learner, type LearnerEnv } from '../src/learn/index.js'
import {
  arch,
  batchNorm,
  batchNormUnderFreeze,
  conv2d,
  head,
  named,
  relu,
  sequential,
  uncut,
  withHead
} from '../src/model/index.js'
import type { Loss, Optimiser } from '../src/recipe/index.js'
import { generator, type Seed, splitSeed } from '../src/Seed.js'

const side = 5
const classes = ['left', 'right']

type Sides = readonly [height: number, width: number]

/** A third of the images are of the first class. With `weighed`, the loss weighs every second image three times. */
const picture = (seed: Seed, i: number, [height, width]: Sides, weighed: boolean): Item => {
  const { integer } = generator(splitSeed(seed, i))
  const target = i % 3 === 0 ? 0 : 1
  const data = Uint8Array.from({ length: height * width * 3 }, () => integer(256))
  return {
    file: `${i}.png`,
    label: classes[target]!,
    target,
    pixels: { height, width, channels: 3, data },
    ...(weighed ? { weight: i % 2 === 0 ? 1 : 3 } : {})
  }
}

const pictures = (seed: Seed, length: number, sides: Sides, weighed: boolean): Dataset => {
  const items = Array.from({ length }, (_, i) => picture(seed, i, sides, weighed))
  return { length, items, item: (i) => RTE.right(items[i]!) }
}

/** Three training batches of four with one image left over, and two validation batches. */
const dataOf = ({ seed, sampling = eachOnce, transforms = [], sampleWeights = false }: Trainee): Data => {
  const spec: DataSpec = {
    ...pipe(digits({ n: 13, valid: 6 }), withBatchSize(4), withSampling(sampling), withTransforms(transforms)),
    seed
  }
  const sized = (sides: Sides) => ({
    shape: [3, ...sides] as const,
    train: pictures(splitSeed(seed, 'train'), 13, sides, sampleWeights),
    valid: pictures(splitSeed(seed, 'valid'), 6, sides, false)
  })
  return {
    spec,
    resized: (size) => T.of({ spec: withSize(size)(spec), ...sized(sidesOf(size)) }),
    root: '',
    task: classification(classes),
    generated: true,
    ...sized([side, side]),
    test: [],
    stats: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    contents: '',
    warnings: [],
    skipped: []
  }
}

const network = sequential(named('conv', conv2d(3, 3, 3, { stride: 2 })), named('bn', batchNorm(3)), relu)

const model = pipe(arch({ name: 'trainee', network }), uncut, withHead(head({ linFtrs: [4] })))

/** The parts of the learner that may vary; the optional ones default to none. */
export interface Trainee {
  readonly seed: Seed
  readonly opt: Optimiser
  readonly clip: number | null
  readonly batchViews?: ReadonlyArray<BatchView>
  readonly transforms?: ReadonlyArray<Transform.Transform>
  readonly sampling?: Sampling
  readonly sampleWeights?: boolean
  readonly loss?: Loss
  readonly classWeights?: ClassWeights
  /** Frozen batch norms use their stored statistics, so that the features of a frozen body are cached. */
  readonly inference?: boolean
}

export const trainee = (who: Trainee): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> => {
  const { seed, opt, clip, batchViews = [], loss, classWeights, inference = false } = who
  return learner({
    data: dataOf(who),
    model: inference ? batchNormUnderFreeze('inference')(model) : model,
    metrics: [accuracy],
    opt,
    seed,
    batchViews,
    ...(loss === undefined ? {} : { loss }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clip === null ? {} : { clip })
  })
}
