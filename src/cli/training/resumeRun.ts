/**
 * `graft train --resume DIR`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { nodeIo, openData } from '../../io/index.js'
import {
  extendRun,
  finishedRun,
  type GraftEnv,
  type Learner,
  readRun,
  type Run,
  type RunDescription,
  runFiles,
  runOfJob,
  settingError
} from '../../learn/index.js'
import type { Recipe } from '../../recipe/index.js'
import { exitCodes } from '../output/exit.js'
import { given } from '../flags/flags.js'
import { archsWith, movedTo } from '../named/named.js'
import { choosesSteps } from '../flags/recipeFlags.js'
import type { Terminal } from '../output/Terminal.js'
import { readTrainFlags, recipeOf, type TrainFlags, type TrainValues } from '../flags/TrainFlags.js'
import { type Ending, shownBy, trained, beginning, envOf, trainerOf } from './trainRun.js'
import { reportRun } from './reportRun.js'

/** The steps to append to an ended run; null: none. */
const stepsAfter = (flags: TrainFlags, n: TrainValues): TE.TaskEither<GraftError, Recipe.Recipe | null> =>
  choosesSteps(flags) ? recipeOf(flags, n) : TE.right(null)

const notEnded = (directory: string): GraftError =>
  settingError(
    '--resume',
    'a finished run, to add epochs to it',
    `${directory}, an unfinished run`,
    'resume it first: leave out --epochs, --lr, --recipe and the like'
  )

/** The error for resuming an ended run on other data. */
const endedOn = (directory: string, dataName: string): GraftError =>
  settingError(
    'DATA beside --resume',
    'none, or --epochs N to train further, because the run has finished',
    dataName,
    `to train its model on other images: graft train ${dataName} --from ${directory}`
  )

/** Adds a hint to an error about data that were moved. */
const orMoved =
  (directory: string) =>
  (error: GraftError): GraftError =>
    error._tag === 'MissingFolder' || error._tag === 'NotFound'
      ? { ...error, hint: `${error.hint}; if the data has moved, name it: graft train --resume ${directory} DATA` }
      : error

const resumeIn = (
  directory: string,
  dataName: string | undefined,
  flags: TrainFlags,
  terminal: Terminal,
  ending: Ending
): TE.TaskEither<GraftError, number> => {
  const show = shownBy(flags, terminal)
  const io = nodeIo()
  const goOn = (
    n: TrainValues,
    run: Run,
    resumed: boolean,
    more: Recipe.Recipe = []
  ): TE.TaskEither<GraftError, number> => {
    const { data: described, ...rest } = run.description
    const env = envOf(flags, {
      engine: rest.engine,
      costs: rest.costs ?? 'built-in',
      ...given({ threads: rest.threads ?? undefined, workers: n.workers })
    })
    const recipe = [...rest.recipe, ...more]
    const theRun = (_: RunDescription, learner: Learner): RTE.ReaderTaskEither<GraftEnv, GraftError, Run> =>
      more.length === 0 ? RTE.right(run) : extendRun(run, more)(learner)
    return pipe(
      TE.fromEither(dataName === undefined ? E.right(described) : movedTo(dataName)(described)),
      TE.chain((data) => {
        const opened = pipe(openData(data), RTE.mapLeft(orMoved(directory)))
        return trained(
          beginning(directory, { ...rest, recipe }, opened, theRun, resumed),
          env,
          trainerOf(flags, n, show),
          show,
          ending
        )
      })
    )
  }
  return pipe(
    TE.fromEither(readTrainFlags(flags)),
    TE.bindTo('n'),
    TE.bind('run', () => readRun(directory, archsWith)(io)),
    TE.bind('finished', ({ run }) => finishedRun(run)(io)),
    TE.bindW('saved', () => io.files.exists(runFiles(directory).checkpoint)),
    TE.bindW('more', ({ n }) => stepsAfter(flags, n)),
    TE.chain(({ n, run, finished, saved, more }) => {
      if (finished === null) {
        if (more !== null) return TE.left(notEnded(directory))
        if (!saved) show.note(`${directory} has no checkpoint: the run starts from the beginning`)
        return goOn(n, run, saved)
      }
      if (more !== null) return goOn(n, run, true, more)
      if (dataName !== undefined) return TE.left(endedOn(directory, dataName))
      show.note(`${directory}: this run has ended; --epochs N trains it for N more`)
      reportRun(terminal, flags.json === true, run, finished)
      return TE.right(exitCodes.done)
    })
  )
}

/** Resumes the run in a directory, or in the folder of a job. */
export const resume = (
  named: string,
  dataName: string | undefined,
  flags: TrainFlags,
  terminal: Terminal,
  ending: Ending
): TE.TaskEither<GraftError, number> =>
  pipe(
    runOfJob(named)(nodeIo()),
    TE.chain((directory) => resumeIn(directory, dataName, flags, terminal, ending))
  )
