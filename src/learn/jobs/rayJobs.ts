/** Jobs on Ray: calls of the REST API of Ray Jobs, and their responses. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Placement,
  type Ray,
  rayFetch,
  rayLogs,
  rayStatus,
  rayStop,
  raySubmission,
  type RestRequest
} from '../../emit/launch/index.js'
import { type Job, type JobFile, jobError } from '../../emit/torch/index.js'
import { parseJson } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasClock, HasFiles, HasHttp } from '../../io/index.js'
import { hasEnded, type JobState } from './JobState.js'
import { printedFiles } from './printedFiles.js'
import { torchProgram } from './torchProgram.js'

/** Timeouts in milliseconds, of a call and of an upload, which may be large. */
const [patience, uploading] = [60_000, 1_800_000]

const hintOf = (status: number): string =>
  status === 401 || status === 403
    ? 'set the environment variable RAY_AUTH_TOKEN to the token of the cluster'
    : status === 404
      ? 'check the id and the address of the cluster (--address)'
      : 'see the message and the dashboard of the cluster'

const call =
  (request: RestRequest, milliseconds = patience) =>
  ({ http }: HasHttp): TE.TaskEither<GraftError, string> =>
    pipe(
      http.call({ ...request, patience: milliseconds }),
      TE.mapLeft((error): GraftError => error),
      TE.chain(({ status, text }) =>
        status >= 200 && status < 300
          ? TE.right(text)
          : TE.left(
              jobError(
                `${request.method} ${request.url}`,
                'a successful response from Ray Jobs',
                `status ${status}: ${text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`,
                hintOf(status)
              )
            )
      )
    )

/** The text under a key of a response, which may have other keys. */
const textAt =
  (key: string, url: string) =>
  (text: string): E.Either<GraftError, string> =>
    pipe(
      parseJson(text),
      E.map((json) =>
        typeof json === 'object' && json !== null && !Array.isArray(json)
          ? (json as Record<string, unknown>)[key]
          : undefined
      ),
      E.filterOrElseW(
        (value) => typeof value === 'string',
        () => null
      ),
      E.mapLeft((): GraftError =>
        jobError(
          url,
          `a response from Ray Jobs with ${key}`,
          text.slice(0, 200),
          'check the address of the cluster (--address)'
        )
      )
    )

/** Submits a job under an id that is unique in the cluster. */
export const submitToRay =
  (r: Ray, job: Job, at: Placement, id: string) =>
  (env: HasHttp): TE.TaskEither<GraftError, string> => {
    const { upload, submit } = raySubmission(r)(job, at, id)
    return pipe(
      call(upload, uploading)(env),
      TE.chain(() => call(submit)(env)),
      TE.chainEitherK(textAt('submission_id', submit.url))
    )
  }

const stages: Readonly<Record<string, JobState['stage']>> = {
  PENDING: 'waiting',
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  STOPPED: 'stopped'
}

export const rayState =
  (r: Ray, id: string) =>
  (env: HasHttp): TE.TaskEither<GraftError, JobState> => {
    const request = rayStatus(r, id)
    return pipe(
      call(request)(env),
      TE.chainEitherK((text) =>
        pipe(
          textAt('status', request.url)(text),
          E.map((status): JobState => ({
            stage: stages[status] ?? 'running',
            // for a failed job, Ray quotes the end of the log
            message: E.getOrElse(() => '')(textAt('message', request.url)(text))
              .trim()
              .split('\n')
              .at(-1)!
              .trim()
          }))
        )
      )
    )
  }

/** Everything that a job has printed so far. */
export const rayLog =
  (r: Ray, id: string) =>
  (env: HasHttp): TE.TaskEither<GraftError, string> => {
    const request = rayLogs(r, id)
    return pipe(call(request)(env), TE.chainEitherK(textAt('logs', request.url)))
  }

export const stopOnRay =
  (r: Ray, id: string) =>
  (env: HasHttp): TE.TaskEither<GraftError, void> =>
    TE.map(() => undefined)(call(rayStop(r, id))(env))

/** Milliseconds between two polls. */
const pause = 1000

/** Passes on a job's log until the job ends; returns its final state. */
export const followOnRay =
  (r: Ray, id: string, onText: (text: string) => void) =>
  (env: HasHttp & HasClock): TE.TaskEither<GraftError, JobState> =>
  async () => {
    let heard = 0
    for (;;) {
      // poll the state first: once the job has ended, the log that follows is complete
      const state = await rayState(r, id)(env)()
      if (E.isLeft(state)) return state
      const log = await rayLog(r, id)(env)()
      if (E.isLeft(log)) return log
      const lines = hasEnded(state.right) ? log.right : log.right.slice(0, log.right.lastIndexOf('\n') + 1)
      if (lines.length > heard) onText(lines.slice(heard))
      heard = Math.max(heard, lines.length)
      if (hasEnded(state.right)) return state
      await env.clock.sleep(pause)()
    }
  }

/** Fetches the files of a job's run: a second job prints them to its log. */
export const fetchFromRay =
  (r: Ray, id: string) =>
  (env: HasHttp & HasClock & HasFiles): TE.TaskEither<GraftError, ReadonlyArray<JobFile>> => {
    const as = `${id}-files-${env.clock.now()}`
    let log = ''
    return pipe(
      torchProgram(env),
      TE.map((files) => files.find(({ path }) => path === 'graft_torch/print_files.py')?.content),
      TE.chain((program) =>
        typeof program === 'string'
          ? call(rayFetch(r, id, as, program))(env)
          : TE.left<GraftError>(jobError('graft_torch', 'print_files.py', 'none', 'reinstall graft-vision'))
      ),
      TE.chain(() =>
        followOnRay(r, as, (text) => {
          log += text
        })(env)
      ),
      TE.chainEitherK((state) =>
        state.stage === 'succeeded'
          ? printedFiles(log)
          : E.left<GraftError>(
              jobError(
                id,
                'a run that can be fetched',
                log.trim().split('\n').at(-1) ?? state.message,
                'check with graft job status that the job has ended'
              )
            )
      )
    )
  }
