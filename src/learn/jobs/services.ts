/**
 * Services that take jobs: submitting one, asking for its state and its log, stopping it, and fetching its run.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Hf, type Launcher, type Placement, type Ray, showLauncher } from '../../emit/launch/index.js'
import { type Job, type JobFile, jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasClock, HasFiles, HasHttp } from '../../io/index.js'
import { fetchFromHf, followOnHf, hfState, stopOnHf, submitToHf } from './hfJobs.js'
import type { JobState } from './JobState.js'
import { fetchFromRay, followOnRay, rayState, stopOnRay, submitToRay } from './rayJobs.js'

/**
 * A launcher whose service takes jobs by requests.
 *
 * @category jobs
 * @since 0.1.0
 */
export type ServiceLauncher = Ray | Hf

/**
 * A job that a service has.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Submitted {
  readonly launcher: ServiceLauncher
  /** The service's id. */
  readonly id: string
  /** The job's name. */
  readonly name: string
}

type ServiceEnv = HasHttp & HasClock

/** Whether a launcher's service takes jobs. */
export const takesJobs = (launcher: Launcher): launcher is ServiceLauncher =>
  launcher._tag === 'Ray' || launcher._tag === 'Hf'

/** The error for a launcher that graft does not send jobs to. */
export const notSubmitted = (launcher: Launcher): GraftError =>
  jobError(
    `launcher ${launcher._tag}`,
    'ray or hf, which take jobs from graft',
    showLauncher.show(launcher),
    launcher._tag === 'Sky' ? 'use the YAML: sky launch FILE' : 'use the YAML: kubectl apply -f FILE'
  )

/** Submits a job; ids are the job's name and the time. */
export const submitJob =
  (launcher: ServiceLauncher) =>
  (job: Job, at: Placement): ReaderTaskEither<ServiceEnv, GraftError, Submitted> =>
  (env) =>
    TE.map((id: string): Submitted => ({ launcher, id, name: job.name }))(
      launcher._tag === 'Ray'
        ? submitToRay(launcher, job, at, `${job.name}-${env.clock.now()}`)(env)
        : submitToHf(launcher, job)
    )

/** How far a job is. */
export const jobState =
  ({ launcher, id }: Submitted): ReaderTaskEither<ServiceEnv, GraftError, JobState> =>
  (env) =>
    launcher._tag === 'Ray' ? rayState(launcher, id)(env) : hfState(launcher, id)

/** Passes on what a job prints until it ends, and returns how. */
export const followJob =
  ({ launcher, id }: Submitted, onText: (text: string) => void): ReaderTaskEither<ServiceEnv, GraftError, JobState> =>
  (env) =>
    launcher._tag === 'Ray' ? followOnRay(launcher, id, onText)(env) : followOnHf(launcher, id, onText)

/** Stops a job. Its run keeps its last checkpoint. */
export const stopJob =
  ({ launcher, id }: Submitted): ReaderTaskEither<ServiceEnv, GraftError, void> =>
  (env) =>
    launcher._tag === 'Ray' ? stopOnRay(launcher, id)(env) : stopOnHf(launcher, id)

/** Fetches the run of a job into a folder: each file replaces the one that is there. */
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
