/**
 * `carryOnTorch`: trains a run with PyTorch on this machine.
 *
 * @since 0.1.0
 */
import { join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { type Torchrun, torchrunCall } from '../../emit/launch/index.js'
import type { Job, JobSettings } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasImages, HasProcesses } from '../../io/index.js'
import { callbacks } from '../loop/callbacks.js'
import type { HasEvents } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { readSaved } from '../saved/readSaved.js'
import { ofRun } from '../saved/readRun.js'
import { resumeFrom } from '../saved/restore.js'
import { type Run, runFiles } from '../saved/RunDescription.js'
import type { RunResult } from '../saved/run.js'
import { jobOf } from './jobOf.js'
import { runTorchrun } from './runTorchrun.js'
import { trainedLearner } from './trainedLearner.js'
import { writeJob } from './writeJob.js'

/**
 * What running a job on this machine requires.
 *
 * @category jobs
 * @since 0.1.0
 */
export type TorchEnv = HasFiles & HasImages & HasProcesses & HasEvents

/** The learner at the run's checkpoint, or as given if there is none. */
const from =
  (run: Run, l: Learner) =>
  (env: HasFiles): TE.TaskEither<GraftError, Learner> => {
    const { checkpoint } = runFiles(run.directory)
    return pipe(
      ofRun(checkpoint, run)(env),
      TE.chainEitherK((saved): E.Either<GraftError, Learner> =>
        saved === null
          ? E.right(l)
          : E.map((at: { readonly learner: Learner }) => at.learner)(resumeFrom(checkpoint, saved)(l))
      )
    )
  }

const ended =
  (run: Run, l: Learner, halted: boolean) =>
  (env: TorchEnv): TE.TaskEither<GraftError, RunResult> => {
    const { model } = runFiles(run.directory)
    if (!halted)
      return pipe(
        readSaved(model)(env),
        TE.chainEitherK((saved) => trainedLearner(model, saved)(l)),
        TE.map((learner) => ({ learner, halted }))
      )
    return TE.map((learner: Learner) => ({ learner, halted }))(from(run, l)(env))
  }

/** Removes a job that an earlier start of the run left behind; a folder without a job is left alone. */
const withoutJob =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, void> =>
    pipe(
      files.exists(join(folder, 'job.json')),
      TE.chain((there) => (there ? files.remove(folder) : TE.right(undefined)))
    )

/** Options of training with PyTorch. */
export interface TorchOptions {
  readonly settings: JobSettings
  /** Called with each line of the program's output that is not an event. */
  readonly onText?: (line: string) => void
}

/**
 * Trains a run with `torchrun` on this machine, from its start or its checkpoint, until it is complete or a handler
 * halts it. Its Python should have passed `checkPython`. Afterwards, the run's directory is as `carryOn` leaves it; during training, it also contains the job's folder,
 * `torch-job`.
 */
export const carryOnTorch =
  (run: Run, launcher: Torchrun, { settings, onText = () => undefined }: TorchOptions) =>
  (l: Learner): ReaderTaskEither<TorchEnv, GraftError, RunResult> =>
  (env) => {
    const folder = join(run.directory, 'torch-job')
    const at = { folder, dataRoot: resolve(l.data.root), out: resolve(run.directory) }
    const own = callbacks([env.onEvent, ...l.settings.callbacks])
    const trained = pipe(
      jobOf(run.description, settings)(l)(env),
      TE.chainFirst(() => withoutJob(folder)(env)),
      TE.chainFirst((job) => writeJob(folder)(job)(env)),
      TE.bindTo('job'),
      TE.bind('start', () => from(run, l)(env)),
      TE.chain(({ job, start }: { readonly job: Job; readonly start: Learner }) =>
        runTorchrun(torchrunCall(launcher)(job, at), { start, recipe: run.description.recipe, onText })({
          ...env,
          onEvent: own
        })
      )
    )
    return pipe(
      trained,
      TE.orElseFirst(() => withoutJob(folder)(env)),
      TE.chainFirst(() => withoutJob(folder)(env)),
      TE.chain(({ halted }) => ended(run, l, halted)(env))
    )
  }
