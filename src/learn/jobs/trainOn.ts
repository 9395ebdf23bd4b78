/**
 * `trainOn`: trains a learner with PyTorch, on this machine or at a service.
 *
 * @since 0.1.0
 */
import { join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Launcher, type Placement, type Torchrun, torchrunCall } from '../../emit/launch/index.js'
import { ownCosts } from '../../engine/index.js'
import { type Job, jobError, type JobSettings, jobSettings } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasHttp, HasProcesses } from '../../io/index.js'
import type { Recipe } from '../../recipe/index.js'
import { callbacks } from '../loop/callbacks.js'
import type { Learner } from '../learner/Learner.js'
import type { TrainEnv } from '../loop/TrainEnv.js'
import { readSaved } from '../saved/readSaved.js'
import { resumeFrom } from '../saved/restore.js'
import { type RunDescription, runFiles } from '../saved/RunDescription.js'
import { faultIn, printedLine } from './eventLine.js'
import { jobOf } from './jobOf.js'
import { listening } from './listening.js'
import { checkPython } from './python.js'
import { runTorchrun } from './runTorchrun.js'
import { fetchJob, followJob, notSubmitted, type ServiceLauncher, stopJob, submitJob, takesJobs } from './services.js'
import { writeSubmitted } from './submittedFile.js'
import { trainedLearner } from './trainedLearner.js'
import { writeJob } from './writeJob.js'

/**
 * The capabilities that `trainOn` requires.
 *
 * @category jobs
 * @since 0.1.0
 */
export type TrainOnEnv = TrainEnv & HasProcesses & HasHttp

/**
 * Options of `trainOn`.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface TrainOnOptions {
  /** Default: `jobSettings()`. */
  readonly settings?: JobSettings
  /** The job's folder, new or empty. Default: `jobs/<job name>` in the learner's path. */
  readonly folder?: string
  /** The path of the images' folder on the machines that run the job. Default: as on this machine. */
  readonly dataRoot?: string
  /** Called with each line of the program's output that is not an event. Default: such lines are ignored. */
  readonly onText?: (line: string) => void
}

/** The run description of a learner and a recipe that were made in code. */
const describedBy = (l: Learner, recipe: Recipe.Recipe, { engine }: TrainOnEnv): RunDescription => {
  const { loss, opt, metrics, clip, batchViews, cacheFeatures, seed, wd } = l.settings
  const costs = ownCosts(engine.costs)
  return {
    ...{ data: l.data.spec, model: l.model, archModule: null, recipe, metrics, loss, opt, cacheFeatures, seed, wd },
    ...(clip === null ? {} : { clip }),
    ...(batchViews.length === 0 ? {} : { batchViews }),
    engine: engine.name,
    threads: null,
    ...(costs === undefined ? {} : { costs })
  }
}

interface Prepared {
  readonly job: Job
  readonly at: Placement
  readonly start: Learner
  readonly recipe: Recipe.Recipe
  readonly onText: (line: string) => void
}

const here =
  (launcher: Torchrun, { job, at, ...of }: Prepared) =>
  (env: TrainOnEnv): TE.TaskEither<GraftError, boolean> =>
    TE.map(({ halted }: { readonly halted: boolean }) => halted)(runTorchrun(torchrunCall(launcher)(job, at), of)(env))

/** Submits a job to a service, follows it to its end, and fetches its run. */
const there =
  (launcher: ServiceLauncher, { job, at, start, recipe, onText }: Prepared) =>
  (env: TrainOnEnv): TE.TaskEither<GraftError, boolean> =>
    pipe(
      submitJob(launcher)(job, at)(env),
      TE.chainFirst((submitted) => writeSubmitted(at.folder)(submitted)(env)),
      TE.chain((submitted) => async (): Promise<E.Either<GraftError, boolean>> => {
        const stopping: Array<Promise<unknown>> = []
        const stop = (): void => void stopping.push(stopJob(submitted)(env)())
        const { hear, heard } = listening(env, { start, recipe, onText, faultOf: faultIn, stop })
        const state = await followJob(submitted, (text) => {
          text.split('\n').map(printedLine).filter(Boolean).forEach(hear)
        })(env)()
        const { fault, halted } = await heard()
        await Promise.all(stopping)
        if (fault !== null) return E.left(fault)
        if (E.isLeft(state)) return state
        if (state.right.stage === 'failed')
          return E.left(jobError(submitted.id, 'a job that succeeds', state.right.message, 'see its output'))
        const fetched = await fetchJob(submitted, join(at.folder, 'run'))(env)()
        return E.map(() => halted || state.right.stage === 'stopped')(fetched)
      })
    )

/** The learner at the end, or where training was halted. */
const result =
  (folder: string, halted: boolean, l: Learner) =>
  (env: TrainOnEnv): TE.TaskEither<GraftError, Learner> => {
    const { model, checkpoint } = runFiles(join(folder, 'run'))
    return halted
      ? pipe(
          env.files.exists(checkpoint),
          TE.mapLeft((error): GraftError => error),
          TE.chain((there) =>
            there
              ? pipe(
                  readSaved(checkpoint)(env),
                  TE.chainEitherK((saved) => resumeFrom(checkpoint, saved)(l)),
                  TE.map((at) => at.learner)
                )
              : TE.right(l)
          )
        )
      : pipe(
          readSaved(model)(env),
          TE.chainEitherK((saved) => trainedLearner(model, saved)(l))
        )
  }

/**
 * Trains a learner as `train` does, but with PyTorch: with `torchrun` on this machine, on Ray, or on Hugging Face Jobs. A
 * partly trained learner continues from its parameters, optimiser state and history. Handlers receive the events of
 * `train` and may halt training; the learner that they see has its history, but no parameters. The result equals that of
 * `train` within the tolerances listed in docs/scale.md; its optimiser is reset.
 *
 * Errors: `JobError` for settings that do not fit, the user's own functions, a Python without torch, a folder that is not
 * empty, a launcher that graft cannot submit jobs to (`kubernetes` and `sky`: run their YAML with `kubectl` or `sky`), and
 * a job that fails, with the end of its output.
 *
 * @example
 * import { digits, Recipe, squeezenet1_1, torchrun, withBatchSize } from 'graft-vision'
 * import { cnnLearner, openData, trainOn, withNodeEnv } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(withBatchSize(4)(digits({ n: 8, valid: 4 }))),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(trainOn(torchrun({ python: 'no-such-python' }))(Recipe.fit(1, 1e-3)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(result._tag === 'Left' && result.left._tag === 'JobError')
 *
 * @category jobs
 * @since 0.1.0
 */
export const trainOn =
  (launcher: Launcher, options: TrainOnOptions = {}) =>
  (recipe: Recipe.Recipe) =>
  (l: Learner): ReaderTaskEither<TrainOnEnv, GraftError, Learner> =>
  (env) => {
    const { settings = jobSettings(), dataRoot = resolve(l.data.root), onText = () => undefined } = options
    if (launcher._tag !== 'Torchrun' && !takesJobs(launcher)) return TE.left(notSubmitted(launcher))
    const own: TrainOnEnv = { ...env, onEvent: callbacks([env.onEvent, ...l.settings.callbacks]) }
    return pipe(
      // a job reads every image
      launcher._tag === 'Torchrun' ? checkPython(launcher.python)(env) : TE.right(undefined),
      TE.chain(() => jobOf(describedBy(l, recipe, env), settings)(l)(env)),
      TE.bindTo('job'),
      TE.let('folder', ({ job }) => options.folder ?? join(l.settings.path, 'jobs', job.name)),
      TE.chainFirst(({ job, folder }) => writeJob(folder)(job)(env)),
      TE.bind('halted', ({ job, folder }) => {
        const prepared: Prepared = { job, at: { folder, dataRoot, out: null }, start: l, recipe, onText }
        return launcher._tag === 'Torchrun' ? here(launcher, prepared)(own) : there(launcher, prepared)(own)
      }),
      TE.chain(({ folder, halted }) => result(folder, halted, l)(env))
    )
  }
