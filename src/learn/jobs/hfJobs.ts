/** Jobs on Hugging Face Jobs. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Hf, hfFolder, hfRun, hfRunFolder } from '../../emit/launch/index.js'
import { type Job, type JobFile, jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import { cancelHubJob, downloadFromHub, hubJobLog, hubJobStatus, runHubJob, uploadToHub } from '../../io/index.js'
import type { JobState } from './JobState.js'

/** Uploads a job and runs it; returns its id on the Hub. */
export const submitToHf = (h: Hf, job: Job): TE.TaskEither<GraftError, string> =>
  pipe(
    TE.fromEither<GraftError, null>(
      h.token === null
        ? E.left(
            jobError(
              'HF_TOKEN',
              'a Hugging Face token with write access',
              'none',
              'create one in the settings of your account, and set the environment variable HF_TOKEN'
            )
          )
        : E.right(null)
    ),
    TE.chainEitherKW(() => hfRun(h)(job)),
    TE.chainFirstW(() => uploadToHub(h, h.repo, hfFolder(job.name), job.files)),
    TE.chainW((run) => runHubJob(h, run))
  )

/** The Hub's stages; one that is not listed counts as running. */
const stages: Readonly<Record<string, JobState['stage']>> = {
  SCHEDULING: 'waiting',
  RUNNING: 'running',
  COMPLETED: 'succeeded',
  ERROR: 'failed',
  CANCELED: 'stopped',
  CANCELLED: 'stopped',
  STOPPED: 'stopped',
  DELETED: 'stopped'
}

export const hfState = (h: Hf, id: string): TE.TaskEither<GraftError, JobState> =>
  TE.map(({ stage, message }: { readonly stage: string; readonly message: string }): JobState => ({
    stage: stages[stage] ?? 'running',
    message
  }))(hubJobStatus(h, h.namespace, id))

/** Passes on a job's log until the job ends; returns its final state. */
export const followOnHf = (h: Hf, id: string, onText: (text: string) => void): TE.TaskEither<GraftError, JobState> =>
  pipe(
    hubJobLog(h, h.namespace, id, (line) => onText(`${line}\n`)),
    TE.chainW(() => hfState(h, id))
  )

export const stopOnHf = (h: Hf, id: string): TE.TaskEither<GraftError, void> => cancelHubJob(h, h.namespace, id)

/** The files of a job's run, given the job's name. */
export const fetchFromHf = (h: Hf, name: string): TE.TaskEither<GraftError, ReadonlyArray<JobFile>> =>
  downloadFromHub(h, h.repo, hfRunFolder(name))
