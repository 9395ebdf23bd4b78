/** A run read from its folder, as far as it has come. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataSpec } from '../../data/index.js'
import { type GraftError } from '../../GraftError.js'
import type { Chart } from '../../interpret/draw/index.js'
import { type Data, type DataEnv, type HasFiles, openData } from '../../io/index.js'
import { defaultMetrics } from '../learner/taskDefaults.js'
import type { Learner } from '../learner/Learner.js'
import { sameTask } from '../learner/withData.js'
import { savedError } from '../LearnError.js'
import { preparedFor } from '../looking/interpret.js'
import { predictorOf } from '../predicting/Predictor.js'
import { loadLearner } from '../saved/loadLearner.js'
import { finishedRun } from '../saved/readRun.js'
import { type Run, runFiles } from '../saved/RunDescription.js'
import type { Reported } from './reportOf.js'

/** The chart that `graft lr-find --out RUN` left in the folder. */
export const lrFindIn =
  (directory: string) =>
  ({ files }: HasFiles): TE.TaskEither<never, Chart | null> =>
    pipe(
      files.readText(join(directory, 'lr-find.json')),
      TE.chainEitherKW((text) => E.tryCatch(() => JSON.parse(text) as Chart, String)),
      TE.filterOrElseW(
        (chart) => chart._tag === 'Chart',
        () => 'not a chart'
      ),
      // a folder without one has no such section
      TE.orElse(() => TE.right<never, Chart | null>(null))
    )

/** The learner of a run: of its model, or of its checkpoint. */
const learnerOf = (
  run: Run
): RTE.ReaderTaskEither<HasFiles, GraftError, { readonly learner: Learner; readonly notes: ReadonlyArray<string> }> => {
  const { model, checkpoint } = runFiles(run.directory)
  const { metrics, loss, opt } = run.description
  const options = {
    ...(metrics === undefined ? {} : { metrics }),
    ...(loss === undefined ? {} : { loss }),
    ...(opt === undefined ? {} : { opt })
  }
  return pipe(
    finishedRun(run),
    RTE.bindTo('finished'),
    RTE.bindW(
      'saved',
      () =>
        ({ files }: HasFiles) =>
          files.exists(checkpoint)
    ),
    RTE.filterOrElseW(
      ({ finished, saved }) => finished !== null || saved,
      (): GraftError =>
        savedError(
          run.directory,
          'a run with a model or a checkpoint',
          'neither: it ended before its first checkpoint',
          `start it again: graft train --resume ${run.directory}`
        )
    ),
    RTE.chainW(({ finished }) =>
      pipe(
        loadLearner(finished === null ? checkpoint : model, options),
        RTE.map((learner) => ({
          learner:
            metrics === undefined
              ? { ...learner, settings: { ...learner.settings, metrics: defaultMetrics(learner.data.task) } }
              : learner,
          notes:
            finished === null
              ? [
                  `This run has not ended; the report is of its last checkpoint, after ${learner.history.losses.length} batches.`
                ]
              : []
        }))
      )
    )
  )
}

/** Opens the data as the network expects them; what prevents it is part of the result. */
const opened = (spec: DataSpec, l: Learner): RTE.ReaderTaskEither<DataEnv, never, E.Either<GraftError, Data>> =>
  pipe(
    openData(preparedFor(predictorOf(l))(spec)),
    RTE.mapLeft((e): GraftError => e),
    RTE.chainFirstEitherK((data) => sameTask(l.data.task, data)),
    RTE.match(
      (error): E.Either<GraftError, Data> => E.left(error),
      (data) => E.right(data)
    ),
    RTE.rightReaderTask
  )

/** A run with its data, at `moved` if they are no longer where it was trained. */
export const reportedRun = (run: Run, moved?: DataSpec): RTE.ReaderTaskEither<DataEnv, GraftError, Reported> =>
  pipe(
    learnerOf(run),
    RTE.bindW('data', ({ learner }) => opened(moved ?? run.description.data, learner)),
    RTE.bindW('lrFind', () => lrFindIn(run.directory)),
    RTE.map(({ learner, notes, data, lrFind }) => ({
      ...{ run, notes, lrFind },
      learner: E.isRight(data) ? { ...learner, data: data.right } : learner,
      without: E.isLeft(data) ? data.left : null
    }))
  )
