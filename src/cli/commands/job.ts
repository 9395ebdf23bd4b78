/** `graft job DATA`: writes a PyTorch job, then prints how to run it, or submits it. */
import { join, resolve } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Launcher, launchText, type Placement } from '../../emit/launch/index.js'
import type { Job } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  describeRun,
  type GraftEnv,
  jobOf,
  type Learner,
  notSubmitted,
  serviceTokens,
  settingError,
  submitJob,
  type Submitted,
  takesJobs,
  withNodeEnv,
  writeJob,
  writeSubmitted
} from '../../learn/index.js'
import { exitCodes } from '../output/exit.js'
import { given } from '../flags/flags.js'
import { invocation } from '../output/invocation.js'
import { type LauncherFlags, launcherOf } from '../flags/launcherFlags.js'
import { namedData } from '../named/named.js'
import type { Terminal } from '../output/Terminal.js'
import { settingsOf } from '../flags/torchFlags.js'
import type { TrainFlags } from '../flags/TrainFlags.js'
import { begin, chosen } from '../training/trainNew.js'
import { envOf, noteWarnings, shownBy } from '../training/trainRun.js'

/** The flags as typed. */
export interface JobFlags extends TrainFlags, Omit<LauncherFlags, 'python'> {
  readonly dataRoot?: string
  readonly submit?: boolean
}

/** Where the job and its images are on the machines that run it. */
const placement = (launcher: Launcher, flags: JobFlags, folder: string, job: Job, l: Learner): Placement =>
  launcher._tag === 'Kubernetes'
    ? {
        folder: `${launcher.mountPath}/${job.name}`,
        dataRoot: flags.dataRoot ?? `${launcher.mountPath}/images`,
        out: null
      }
    : { folder, dataRoot: flags.dataRoot ?? resolve(l.data.root), out: null }

interface Made {
  readonly job: Job
  readonly folder: string
  readonly text: string
  readonly submitted: Submitted | null
}

const made =
  (launcher: Launcher, flags: JobFlags, job: Job, l: Learner) =>
  (env: GraftEnv): TE.TaskEither<GraftError, Made> => {
    const folder = flags.out ?? join('graft-out', job.name)
    const at = placement(launcher, flags, folder, job, l)
    return pipe(
      TE.fromEither<GraftError, string>(launchText(launcher)(job, at)),
      TE.bindTo('text'),
      TE.chainFirst(() => writeJob(folder)(job)(env)),
      TE.bind('submitted', (): TE.TaskEither<GraftError, Submitted | null> =>
        flags.submit !== true
          ? TE.right(null)
          : takesJobs(launcher)
            ? pipe(
                submitJob(launcher)(job, at)(env),
                TE.chainFirst((submitted) => writeSubmitted(folder)(submitted)(env))
              )
            : TE.left(notSubmitted(launcher))
      ),
      TE.map((rest) => ({ job, folder, ...rest }))
    )
  }

const report = (terminal: Terminal, flags: JobFlags, { job, folder, text, submitted }: Made): void => {
  if (flags.json === true)
    return terminal.result(
      JSON.stringify({ directory: folder, name: job.name, ...(submitted === null ? { text } : { id: submitted.id }) })
    )
  terminal.note(`the job is in ${folder}`)
  if (submitted === null) return terminal.result(text.trimEnd())
  terminal.result(submitted.id)
  terminal.note(`to follow it: ${invocation()} job logs ${folder}`)
}

/** Runs `graft job DATA ...`; returns the exit code. */
export const jobCommand =
  (dataName: string | undefined, flags: JobFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    if (dataName === undefined)
      return TE.left(settingError('DATA', 'DATA to train on', 'nothing', 'write e.g. graft job photos --to torchrun'))
    const show = shownBy(flags, terminal)
    return pipe(
      TE.fromEither(launcherOf(flags, serviceTokens(process.env))),
      TE.filterOrElse(
        (launcher) => flags.submit !== true || takesJobs(launcher),
        (launcher) => notSubmitted(launcher)
      ),
      TE.bindTo('launcher'),
      TE.bind('values', () => chosen(namedData(dataName), flags, show)),
      TE.chain(({ launcher, values: { n, parts } }) => {
        const settings = settingsOf(flags, n)
        const program = pipe(
          begin(flags, n, parts, show, '.', (description) => RTE.fromEither(describeRun('.', description))),
          RTE.chainFirstIOK(
            ({ learner }) =>
              () =>
                noteWarnings(learner, show)
          ),
          RTE.bindW('job', ({ run, learner }) => jobOf(run.description, settings)(learner)),
          RTE.chainW(({ job, learner }) => made(launcher, flags, job, learner))
        )
        const options = envOf({}, given({ engine: n.engine, threads: n.threads, workers: n.workers }))
        return withNodeEnv({ ...options, onEvent: show.onEvent, progress: show.progress })(program)
      }),
      TE.map((result) => {
        report(terminal, flags, result)
        return exitCodes.done
      })
    )
  }
