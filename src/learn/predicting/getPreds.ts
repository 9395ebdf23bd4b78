/**
 * `getPreds`: a learner's predictions for a whole set, with targets and, if asked for, losses.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Batches, repeatsIn, type Stats, trainOrder, validOrder } from '../../data/index.js'
import { type Evaluation, readyInference, type StateDict } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { activate } from '../../interpret/index.js'
import {
  type Batch,
  type Dataset,
  type HasFiles,
  type HasImages,
  openBatches,
  type View,
  withImagesOf
} from '../../io/index.js'
import { type PointFrame, unframedPoints } from '../../data/pixel/index.js'
import type { Plan } from '../../plan/index.js'
import { activationOf, type Loss, type OutputActivation } from '../../recipe/index.js'
import type { HasEngine } from '../Env.js'
import { breathe } from '../loop/evaluation.js'
import { finiteEvaluation } from '../loop/finite.js'
import { calibrationOf, type Learner } from '../learner/Learner.js'
import { settingError } from '../LearnError.js'
import { batchingOf, trainViews } from '../loop/training.js'
import { cooled, temperatureOf } from './certainty.js'
import { predictAll } from './predict.js'
import { predictorOf } from './Predictor.js'

/**
 * Which images to predict. `valid`: the validation set in order. `fix`: the whole training set in order. `train`: the
 * training set as in the next epoch: shuffled, augmented, without an incomplete last batch. `test`: the unlabelled
 * images of `data.test`.
 *
 * @category prediction
 * @since 0.1.0
 */
export type PredictedSet = 'valid' | 'fix' | 'train' | 'test'

/**
 * Predictions of a set.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Predictions {
  /** One row per image, after the loss's activation; for points, x and y of each in pixels of the image. */
  readonly preds: ReadonlyArray<ReadonlyArray<number>>
  /** Empty for the test set. NaN for coordinates of missing points. */
  readonly targets: ReadonlyArray<number | ReadonlyArray<number>>
  /** One per image; null if not asked for. */
  readonly losses: ReadonlyArray<number> | null
  /** Relative to the data's root. */
  readonly files: ReadonlyArray<string>
}

/**
 * Options of `getPreds`.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface GetPredsOptions {
  /** Default `valid`. */
  readonly set?: PredictedSet
  /** Default false. */
  readonly withLoss?: boolean
}

/** The labelled images of a set, and their order. */
export const setOf = (
  l: Learner,
  set: Exclude<PredictedSet, 'test'>
): E.Either<GraftError, readonly [Dataset, Batches]> => {
  const { spec, train, valid } = l.data
  switch (set) {
    case 'valid':
      return E.right([valid, validOrder(spec, valid.length)])
    case 'fix':
      return E.right([train, validOrder(spec, train.length)])
    case 'train':
      return pipe(
        trainOrder(batchingOf(l), train.length)(l.epochs),
        E.map((batches) => [train, batches] as const)
      )
  }
}

const rowsOf = (values: ArrayLike<number>, n: number): ReadonlyArray<ReadonlyArray<number>> => {
  const flat = Array.from(values)
  const width = flat.length / n
  return Array.from({ length: n }, (_, i) => flat.slice(i * width, (i + 1) * width))
}

/** One class per image; or rows with a class per pixel, labels, numbers, or points in pixels. */
export const targetsOf = ({ items }: Dataset, { y, n, frames, indices }: Batch): Predictions['targets'] =>
  frames !== undefined
    ? indices.map((i) => items[i]!.target)
    : y instanceof Int32Array && y.length === n
      ? Array.from(y)
      : rowsOf(y, n)

/** The network and the images to predict. */
interface Asked {
  readonly plan: Plan
  readonly state: StateDict
  readonly loss: Loss
  readonly activation: OutputActivation
  /** Divides raw outputs before the activation; default 1. */
  readonly temperature?: number
  readonly stats: Stats
  readonly dataset: Dataset
  readonly batches: Batches
}

/** The transforms of each image; undefined: none. */
export type Views = ((i: number, repeat: number) => View) | undefined

type Env = HasEngine & HasFiles & HasImages
type WithLosses = Predictions & {
  readonly losses: ReadonlyArray<number>
  /** For points, the way back to the pixels of each image. */
  readonly frames: ReadonlyArray<PointFrame>
}

/** Predicts all batches once. */
const pass = async (of: Asked, views: Views, env: Env): Promise<E.Either<GraftError, WithLosses>> => {
  const { plan, state, loss, activation, temperature, stats, dataset, batches } = of
  const evaluate = (batch: Batch): E.Either<GraftError, Evaluation> =>
    pipe(
      readyInference(env.engine)(plan, state),
      E.chainW((network) => network.evaluate(loss)(batch)),
      E.chainW(finiteEvaluation('predictions', batch))
    )
  const activated = flow(cooled(temperature), activate(activation, plan.output[0]!))
  const preds: Array<ReadonlyArray<number>> = []
  const targets: Array<number | ReadonlyArray<number>> = []
  const losses: Array<number> = []
  const files: Array<string> = []
  const frames: Array<PointFrame> = []
  const { task } = plan
  const add = (batch: Batch, { outputs, losses: each }: Evaluation): void => {
    const rows = rowsOf(activated(outputs), batch.n)
    const framed = batch.frames ?? []
    preds.push(...(task?._tag === 'Points' ? rows.map((row, i) => unframedPoints(task, framed[i]!)(row)) : rows))
    frames.push(...framed)
    targets.push(...targetsOf(dataset, batch))
    losses.push(...each)
    files.push(...batch.files)
  }
  const reader = openBatches({
    dataset,
    batches,
    stats,
    ...(views === undefined ? {} : { views, repeats: repeatsIn(batches) })
  })(env)()
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right)) return E.right({ preds, targets, losses, files, frames })
      const batch = next.right.value
      const result = evaluate(batch)
      if (E.isLeft(result)) return result
      add(batch, result.right)
      reader.recycle(batch)()
      await breathe()
    }
  } finally {
    await reader.close()
  }
}

/** Predicts all batches once for each view. */
export const predictViews =
  (of: Asked, ways: ReadonlyArray<Views>): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<WithLosses>> =>
  (env) =>
  async () => {
    const passes: Array<WithLosses> = []
    for (const views of ways) {
      const made = await pass(of, views, env)
      if (E.isLeft(made)) return made
      passes.push(made.right)
    }
    return E.right(passes)
  }

const testPreds = (l: Learner): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Predictions> =>
  pipe(
    predictAll(
      l.data.test.map((file) => join(l.data.root, file)),
      { bs: l.data.spec.bs }
    )(predictorOf(l)),
    RTE.local((env: HasEngine & HasFiles & HasImages) => withImagesOf(l.data)(env)),
    RTE.map((all) => ({
      preds: all.map(({ probabilities }) => probabilities),
      targets: [],
      losses: null,
      files: l.data.test
    }))
  )

export const predictSet = (of: Asked, views?: Views): RTE.ReaderTaskEither<Env, GraftError, WithLosses> =>
  pipe(
    predictViews(of, [views]),
    RTE.map(([only]) => only!)
  )

/** A learner's network and one of its sets. */
export const askedOf =
  (l: Learner) =>
  ([dataset, batches]: readonly [Dataset, Batches]): Asked => ({
    plan: l.plan,
    state: l.state,
    loss: l.settings.loss,
    activation: activationOf(l.settings.loss),
    ...temperatureOf(calibrationOf(l)),
    stats: l.data.stats,
    dataset,
    batches
  })

/**
 * Predictions of a set in evaluation mode, after the activation of the learner's loss. `withLoss` for the test set,
 * which has no labels, is a `SettingError`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, getPreds, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(getPreds({ withLoss: true })),
 *   RTE.map(({ preds, losses }) => [preds.length, losses?.length])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right([3, 3]))
 *
 * @category prediction
 * @since 0.1.0
 */
export const getPreds =
  ({ set = 'valid', withLoss = false }: GetPredsOptions = {}) =>
  (l: Learner): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Predictions> =>
    set === 'test'
      ? withLoss
        ? RTE.left(settingError('withLoss', 'a set with labels', 'the test set, which has no labels', 'leave it out'))
        : testPreds(l)
      : pipe(
          RTE.fromEither(setOf(l, set)),
          RTE.map(askedOf(l)),
          RTE.chain((of) => predictSet(of, set === 'train' ? trainViews(l, l.epochs, of.batches).views : undefined)),
          RTE.map(({ preds, targets, losses, files }) => ({ preds, targets, losses: withLoss ? losses : null, files }))
        )
