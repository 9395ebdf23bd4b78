/**
 * `crossValidate`: trains a learner for each fold of some data and evaluates it on the images that it has not seen.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type DataSpec, eqTask, showTask, type Task } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Data, type DataEnv, openData } from '../../io/index.js'
import type { Recipe } from '../../recipe/index.js'
import type { Learner } from '../learner/Learner.js'
import { settingError } from '../LearnError.js'
import { train } from '../loop/train.js'
import type { TrainEnv } from '../loop/TrainEnv.js'
import { validate } from '../loop/validate.js'
import { getPreds, type Predictions } from '../predicting/getPreds.js'
import type { LearnerEnv } from '../weights/weights.js'

/**
 * A score of every fold, their mean, and their sample standard deviation (n − 1; 0 for one fold).
 *
 * @category training
 * @since 0.1.0
 */
export interface Spread {
  /** A metric's name, or `valid_loss`. */
  readonly name: string
  readonly mean: number
  readonly std: number
  readonly values: ReadonlyArray<number>
}

/**
 * The result of a cross validation.
 *
 * @category training
 * @since 0.1.0
 */
export interface CrossValidation {
  readonly task: Task
  /** Of the validation loss, and of each metric. */
  readonly scores: RNEA.ReadonlyNonEmptyArray<Spread>
  /**
   * Out-of-fold predictions: each image once, by the learner that was not trained on it, fold after fold. Empty for
   * masks and target images.
   */
  readonly predictions: Predictions & { readonly losses: ReadonlyArray<number> }
  /** The number of images in each fold. */
  readonly images: RNEA.ReadonlyNonEmptyArray<number>
}

/** What is kept of one fold. */
interface FoldResult {
  readonly task: Task
  readonly names: ReadonlyArray<string>
  readonly values: ReadonlyArray<number>
  readonly predictions: Predictions & { readonly losses: ReadonlyArray<number> }
  readonly images: number
}

type Env = DataEnv & LearnerEnv & TrainEnv

const spreadOf = (name: string, values: ReadonlyArray<number>): Spread => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { name, mean, std: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)), values }
}

const none: FoldResult['predictions'] = { preds: [], targets: [], losses: [], files: [] }

const evaluated = (l: Learner): RTE.ReaderTaskEither<Env, GraftError, FoldResult> =>
  pipe(
    validate(l),
    RTE.bindTo('scores'),
    RTE.bind('predictions', () =>
      l.data.task._tag === 'Segmentation' || l.data.task._tag === 'ImageRegression'
        ? RTE.right(none)
        : pipe(
            getPreds({ withLoss: true })(l),
            RTE.map((preds) => ({ ...preds, losses: preds.losses ?? [] }))
          )
    ),
    RTE.map(({ scores, predictions }) => ({
      task: l.data.task,
      names: ['valid_loss', ...l.settings.metrics.map(({ name }) => name)],
      values: [scores.loss, ...scores.metrics],
      predictions,
      images: l.data.valid.length
    }))
  )

/** Folds with other classes cannot be compared, nor their predictions put together. */
const ofTask =
  (first: Task | undefined, fold: number) =>
  (data: Data): RTE.ReaderTaskEither<unknown, GraftError, Data> =>
    first === undefined || eqTask.equals(first, data.task)
      ? RTE.right(data)
      : RTE.left(
          settingError(
            'folds',
            `the same classes to train on in every fold (${showTask.show(first)})`,
            `${showTask.show(data.task)} in fold ${fold + 1}`,
            'name all classes, { classes }, or keep their proportions: kFold(k, { stratified: true })'
          )
        )

const together = (results: RNEA.ReadonlyNonEmptyArray<FoldResult>): CrossValidation => {
  const [{ task, names }] = results
  const scoreAt = (i: number): Spread =>
    spreadOf(
      names[i]!,
      results.map(({ values }) => values[i]!)
    )
  return {
    task,
    scores: [scoreAt(0), ...names.slice(1).map((_, i) => scoreAt(i + 1))],
    predictions: {
      preds: results.flatMap(({ predictions }) => predictions.preds),
      targets: results.flatMap(({ predictions }) => predictions.targets),
      losses: results.flatMap(({ predictions }) => predictions.losses),
      files: results.flatMap(({ predictions }) => predictions.files)
    },
    images: RNEA.map(({ images }: FoldResult) => images)(results)
  }
}

/**
 * Trains a learner on each fold in turn, with the same recipe, and evaluates it on the images held out: the mean and
 * the spread of the loss and of the metrics, and a prediction of every image by a learner that was not trained on it.
 * `learnerOf` makes the learner of a fold's data. The environment's handlers see the training of every fold.
 *
 * Errors: those of opening, planning and training a fold; `SettingError` if two folds have different classes.
 *
 * @example
 * import { accuracy, imageFolder, kFold, Recipe, squeezenet1_1, withSize } from 'graft-vision'
 * import { cnnLearner, crossValidate, withNodeEnv } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   RTE.fromEither(kFold(5, { stratified: true })(withSize(64)(imageFolder('no such folder')))),
 *   RTE.chainW(crossValidate(Recipe.fitOneCycle(1), (data) => cnnLearner(data, squeezenet1_1, { metrics: [accuracy] })))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(result._tag === 'Left' && result.left._tag === 'MissingFolder')
 *
 * @category training
 * @since 0.1.0
 */
export const crossValidate =
  (recipe: Recipe.Recipe, learnerOf: (data: Data) => RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner>) =>
  (folds: RNEA.ReadonlyNonEmptyArray<DataSpec>): RTE.ReaderTaskEither<Env, GraftError, CrossValidation> => {
    const trained = (spec: DataSpec, fold: number, task: Task | undefined) =>
      pipe(
        openData(spec),
        RTE.mapLeft((error): GraftError => error),
        RTE.chainW(ofTask(task, fold)),
        RTE.chainW(learnerOf),
        RTE.chainW(train(recipe)),
        RTE.chainW(evaluated)
      )
    const rest = RNEA.tail(folds)
    return pipe(
      trained(RNEA.head(folds), 0, undefined),
      RTE.chain((first) =>
        pipe(
          rest,
          RTE.traverseSeqArrayWithIndex((i, spec) => trained(spec, i + 1, first.task)),
          RTE.map((others) => together([first, ...others]))
        )
      )
    )
  }

const digits = (n: number): string => n.toFixed(4)

/**
 * The scores as a table: a line for each, with its mean, spread and the value of every fold.
 *
 * @example
 * import { showScores } from 'graft-vision/node'
 *
 * const score = { name: 'accuracy', mean: 0.9, std: 0.1, values: [0.8, 0.9, 1] }
 * assert.strictEqual(showScores([score]), 'accuracy  0.9000 ± 0.1000  (0.8000, 0.9000, 1.0000)')
 *
 * @category training
 * @since 0.1.0
 */
export const showScores = (scores: ReadonlyArray<Spread>): string => {
  const width = Math.max(0, ...scores.map(({ name }) => name.length))
  return scores
    .map(
      ({ name, mean, std, values }) =>
        `${name.padEnd(width)}  ${digits(mean)} ± ${digits(std)}  (${values.map(digits).join(', ')})`
    )
    .join('\n')
}
