/**
 * A learner small enough to be trained many times: some images of noise in memory, and a network of three layers with a
 * batch norm and dropout.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as T from 'fp-ts/lib/Task.js'
import {
  type BatchView,
  type ClassWeights,
  classification,
  type DataSpec,
  digits,
  eachOnce,
  points,
  type Sampling,
  sidesOf,
  type Transform,
  withBatchSize,
  withSampling,
  withSize,
  withTransforms
} from '../src/data/index.js'
import { applyTransforms, framedPoints, pointFrame } from '../src/data/pixel/index.js'
import type { GraftError } from '../src/GraftError.js'
import { accuracy, pointDistance } from '../src/interpret/index.js'
import type { Data, Dataset, Item, View } from '../src/io/index.js'
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

const places = points(classes)

/** Pixels of noise, and the places of two points in them; every fourth image has one point only. */
const drawn = (seed: Seed, i: number, [height, width]: Sides) => {
  const { integer } = generator(splitSeed(seed, i))
  const data = Uint8Array.from({ length: height * width * 3 }, () => integer(256))
  const xy = [integer(width), integer(height), ...(i % 4 === 0 ? [NaN, NaN] : [integer(width), integer(height)])]
  return { pixels: { height, width, channels: 3, data }, xy }
}

/** A third of the images are of the first class. With `sampleWeights`, the loss weighs every second image three times. */
const picture = (seed: Seed, i: number, sides: Sides, { sampleWeights, findsPoints }: Partial<Trainee>): Item => {
  const { pixels, xy } = drawn(seed, i, sides)
  const target = i % 3 === 0 ? 0 : 1
  return {
    file: `${i}.png`,
    ...(findsPoints === true ? { label: xy.join(), target: xy } : { label: classes[target]!, target }),
    pixels,
    ...(sampleWeights === true ? { weight: i % 2 === 0 ? 1 : 3 } : {})
  }
}

/** An item as a view of its image shows it. */
const seen = (item: Item, view: View, sides: Sides, findsPoints: boolean): Item => {
  const pixels = applyTransforms(view, { size: O.some(sides), resize: 'crop' })(item.pixels)
  if (!findsPoints || places._tag !== 'Points') return { ...item, pixels }
  const decoded = { size: O.none, resize: 'crop' } as const
  const frame = pointFrame({ own: sides, decoded, transforms: view, sides, resize: 'crop' })
  return { ...item, pixels, points: { xy: framedPoints(places, frame)([item.target].flat()), frame } }
}

const pictures = (seed: Seed, length: number, sides: Sides, who: Partial<Trainee>): Dataset => {
  const items = Array.from({ length }, (_, i) => picture(seed, i, sides, who))
  return { length, items, item: (i, view = []) => RTE.right(seen(items[i]!, view, sides, who.findsPoints === true)) }
}

/** Three training batches of four with one image left over, and two validation batches. */
const dataOf = (who: Trainee): Data => {
  const { seed, sampling = eachOnce, transforms = [] } = who
  const spec: DataSpec = {
    ...pipe(digits({ n: 13, valid: 6 }), withBatchSize(4), withSampling(sampling), withTransforms(transforms)),
    seed
  }
  const sized = (sides: Sides) => ({
    shape: [3, ...sides] as const,
    train: pictures(splitSeed(seed, 'train'), 13, sides, who),
    valid: pictures(splitSeed(seed, 'valid'), 6, sides, { ...who, sampleWeights: false })
  })
  return {
    spec,
    resized: (size) => T.of({ spec: withSize(size)(spec), ...sized(sidesOf(size)) }),
    root: '',
    task: who.findsPoints === true ? places : classification(classes),
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
  /** Whether it finds two points instead of a class. */
  readonly findsPoints?: boolean
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
    metrics: [who.findsPoints === true ? pointDistance : accuracy],
    opt,
    seed,
    batchViews,
    ...(loss === undefined ? {} : { loss }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clip === null ? {} : { clip })
  })
}
