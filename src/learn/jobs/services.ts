/**
 * Services that accept jobs: submits a job, reads its state and log, stops it, and fetches its run.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  checkLauncher,
  type Hf,
  type Launcher,
  type Placement,
  type Ray,
  showLauncher
} from '../../emit/launch/index.js'
import { type Job, type JobFile, jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasClock, HasFiles, HasHttp } from '../../io/index.js'
import { fetchFromHf, followOnHf, hfState, stopOnHf, submitToHf } from './hfJobs.js'
import type { JobState } from './JobState.js'
import { fetchFromRay, followOnRay, rayState, stopOnRay, submitToRay } from './rayJobs.js'

/**
 * A launcher whose service accepts jobs from graft.
 *
 * @category jobs
 * @since 0.1.0
 */
export type ServiceLauncher = Ray | Hf

/**
 * A submitted job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Submitted {
  readonly launcher: ServiceLauncher
  /** Its id at the service. */
  readonly id: string
  /** The job's name. */
  readonly name: string
}

type ServiceEnv = HasHttp & HasClock

/** Whether a launcher's service accepts jobs from graft. */
export const takesJobs = (launcher: Launcher): launcher is ServiceLauncher =>
  launcher._tag === 'Ray' || launcher._tag === 'Hf'

/** The error for a launcher that graft cannot submit jobs to. */
export const notSubmitted = (launcher: Launcher): GraftError =>
  jobError(
    `launcher ${launcher._tag}`,
    'ray or hf, to which graft can submit jobs',
    showLauncher.show(launcher),
    launcher._tag === 'Sky' ? 'launch the YAML: sky launch FILE' : 'apply the YAML: kubectl apply -f FILE'
  )

/** Submits a job. On Ray, its id consists of its name and the time. */
export const submitJob =
  (launcher: ServiceLauncher) =>
  (job: Job, at: Placement): ReaderTaskEither<ServiceEnv, GraftError, Submitted> =>
  (env) =>
    pipe(
      TE.fromEither<GraftError, void>(checkLauncher(launcher)(job.settings)),
      TE.chain(() =>
        launcher._tag === 'Ray'
          ? submitToRay(launcher, job, at, `${job.name}-${env.clock.now()}`)(env)
          : submitToHf(launcher, job)
      ),
      TE.map((id): Submitted => ({ launcher, id, name: job.name }))
    )

/** Reads the state of a job. */
export const jobState =
  ({ launcher, id }: Submitted): ReaderTaskEither<ServiceEnv, GraftError, JobState> =>
  (env) =>
    launcher._tag === 'Ray' ? rayState(launcher, id)(env) : hfState(launcher, id)

/** Passes on a job's output until the job ends; returns its final state. */
export const followJob =
  ({ launcher, id }: Submitted, onText: (text: string) => void): ReaderTaskEither<ServiceEnv, GraftError, JobState> =>
  (env) =>
    launcher._tag === 'Ray' ? followOnRay(launcher, id, onText)(env) : followOnHf(launcher, id, onText)

/** Stops a job. Its run keeps the last checkpoint. */
export const stopJob =
  ({ launcher, id }: Submitted): ReaderTaskEither<ServiceEnv, GraftError, void> =>
  (env) =>
    launcher._tag === 'Ray' ? stopOnRay(launcher, id)(env) : stopOnHf(launcher, id)

/** Fetches the run of a job into a folder, where it replaces files of the same names. */
export const fetchJob =
  ({ launcher, id, name }: Submitted, folder: string): ReaderTaskEither<ServiceEnv & HasFiles, GraftError, void> =>
  (env) =>
    pipe(
      launcher._tag === 'Ray' ? fetchFromRay(launcher, id)(env) : fetchFromHf(launcher, name),
      TE.chainW((files: ReadonlyArray<JobFile>) =>
        pipe(
          files,
          TE.traverseSeqArray(({ path, content }) => env.files.write(join(folder, path), content))
        )
      ),
      TE.map(() => undefined)
    )
