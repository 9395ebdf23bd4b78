/** `graft job status|logs|stop|fetch ID`: manages a submitted job. */
import { join } from 'node:path'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import { nodeIo } from '../../io/index.js'
import {
  eventIn,
  faultIn,
  fetchJob,
  followJob,
  jobState,
  type JobState,
  notSubmitted,
  printedLine,
  readSubmitted,
  serviceTokens,
  stopJob,
  type Submitted,
  takesJobs
} from '../../learn/index.js'
import { exitCodes } from '../output/exit.js'
import { type LauncherFlags, launcherOf } from '../flags/launcherFlags.js'
import type { Terminal } from '../output/Terminal.js'
import { shownBy } from '../training/trainRun.js'

/** The flags as typed. */
export interface JobServiceFlags extends LauncherFlags {
  readonly out?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

/** The job with an id at the service given by flags, or the job in a folder. */
const submittedAs = (id: string, flags: JobServiceFlags): TE.TaskEither<GraftError, Submitted> => {
  const tokens = serviceTokens(process.env)
  return flags.to === undefined
    ? readSubmitted(id, tokens)(nodeIo())
    : pipe(
        TE.fromEither(launcherOf(flags, tokens)),
        TE.chain((launcher) =>
          takesJobs(launcher) ? TE.right({ launcher, id, name: id }) : TE.left(notSubmitted(launcher))
        )
      )
}

const failed = ({ id }: Submitted, { message }: JobState): GraftError =>
  jobError(id, 'a job that succeeds', message === '' ? 'one that failed' : message, 'see its log: graft job logs')

type Command = (id: string, flags: JobServiceFlags) => (terminal: Terminal) => TE.TaskEither<GraftError, number>

/** Prints the state of a job. */
export const statusCommand: Command = (id, flags) => (terminal) =>
  pipe(
    submittedAs(id, flags),
    TE.bindTo('job'),
    TE.bind('state', ({ job }) => jobState(job)(nodeIo())),
    TE.map(({ job, state }) => {
      terminal.result(
        flags.json === true
          ? JSON.stringify({ id: job.id, ...state })
          : `${state.stage}${state.message === '' ? '' : `  ${state.message}`}`
      )
      return exitCodes.done
    })
  )

/** Follows a job to its end, and shows its progress like that of local training. */
export const logsCommand: Command = (id, flags) => (terminal) => {
  const show = shownBy(flags, terminal)
  const read = eventIn([])
  const faults: Array<GraftError> = []
  const hear = (text: string): void => {
    for (const line of text.split('\n').map(printedLine)) {
      const event = read(line)
      const fault = faultIn(line)
      if (O.isSome(fault)) faults.push(fault.value)
      else if (O.isSome(event)) show.onEvent(event.value)()
      else if (line !== '' && !line.startsWith('{')) show.note(line)
    }
  }
  return pipe(
    submittedAs(id, flags),
    TE.bindTo('job'),
    TE.bind('state', ({ job }) => followJob(job, hear)(nodeIo())),
    TE.chain(({ job, state }) => {
      if (state.stage === 'failed') return TE.left(faults.at(-1) ?? failed(job, state))
      show.note(`${job.id}: ${state.stage}`)
      return TE.right(exitCodes.done)
    })
  )
}

/** Stops a job. */
export const stopCommand: Command = (id, flags) => (terminal) =>
  pipe(
    submittedAs(id, flags),
    TE.chainFirst((job) => stopJob(job)(nodeIo())),
    TE.map((job) => {
      terminal.note(`${job.id} is stopping; its run keeps the last checkpoint`)
      return exitCodes.done
    })
  )

/** Fetches the run of a job. */
export const fetchCommand: Command = (id, flags) => (terminal) =>
  pipe(
    submittedAs(id, flags),
    TE.bindTo('job'),
    TE.let('folder', () => flags.out ?? (flags.to === undefined ? join(id, 'run') : id)),
    TE.chainFirst(({ job, folder }) => fetchJob(job, folder)(nodeIo())),
    TE.map(({ folder }) => {
      terminal.result(flags.json === true ? JSON.stringify({ directory: folder }) : folder)
      return exitCodes.done
    })
  )
