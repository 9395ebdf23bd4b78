/** `graft train`: starts or resumes a run. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, type DataWarning, withSize } from '../data/index.js'
import { ownCosts } from '../engine/index.js'
import { drawError, type GraftError } from '../GraftError.js'
import { type Data, dataCounts, type DataEnv, nodeIo, openData } from '../io/index.js'
import {
  beginRun,
  carryOn,
  describedLearner,
  extendRun,
  finishedRun,
  type GraftEnv,
  type Learner,
  type NodeEnvOptions,
  readRun,
  type Run,
  type RunDescription,
  runFiles,
  type RunOptions,
  type RunResult,
  rowOfModel,
  settingError,
  withdrawRun,
  withNodeEnv,
  withoutRun
} from '../learn/index.js'
import { epochsOf, handlers, type History, type Recipe, type Row, runRows } from '../recipe/index.js'
import { exitCodes } from './exit.js'
import { historyFigures } from './figures.js'
import { given } from './flags.js'
import { hintInFlags } from './inFlags.js'
import { invocation } from './invocation.js'
import { listenForInterruption } from './interruption.js'
import { archsWith, fixedModule, isModule, movedTo, namedData } from './named.js'
import { type Watcher, watcher } from './progress.js'
import { type Start, startFrom } from './startFrom.js'
import type { Terminal } from './Terminal.js'
import {
  adjusted,
  modelOf,
  noteOfWeights,
  readTrainFlags,
  recipeOf,
  type TrainFlags,
  type TrainValues
} from './TrainFlags.js'

/** If images have different sizes, uses the architecture's size and says so. */
export const openSized = (
  spec: DataSpec,
  size: number,
  note: Watcher['note']
): RTE.ReaderTaskEither<DataEnv, GraftError, Data> =>
  pipe(
    openData(spec),
    RTE.orElse((error): RTE.ReaderTaskEither<DataEnv, GraftError, Data> => {
      if (error._tag !== 'MixedSizes') return RTE.left(error)
      note(`images of several sizes (${error.found}): each is resized to ${size} pixels; choose with --size`)
      return openData(withSize(size)(spec))
    })
  )

const two = (n: number): string => String(n).padStart(2, '0')

const timestamp = (t: Date): string =>
  `${t.getFullYear()}${two(t.getMonth() + 1)}${two(t.getDate())}-${two(t.getHours())}${two(t.getMinutes())}${two(t.getSeconds())}`

// -------------------------------------------------------------------------------------
// running
// -------------------------------------------------------------------------------------

export const showWarning = (w: DataWarning): string => `${w.path}: ${w.found}; ${hintInFlags(w.hint)}`

/** Reports a learner's data before training: statistics and warnings. */
export const noteWarnings = ({ data }: Learner, show: Watcher): void => {
  show.found(dataCounts(data))
  for (const warning of data.warnings) show.note(`warning: ${showWarning(warning)}`)
}

/** The row of the model that the run ended with. */
const modelRow = ({ description: { recipe, metrics = [] } }: Run, history: History): Row | undefined => {
  const phases = runRows(recipe)(history).map(({ phase }) => phase)
  const rows = history.rows.filter((_, i) => phases[i] === phases.at(-1))
  const step = recipe.findLast((one) => one._tag === 'Fit' || one._tag === 'FitOneCycle')
  const names = metrics.map(({ name }) => name)
  return step === undefined ? undefined : rowOfModel(step, names, rows)
}

/** Its metrics by name; the first is the last line of output. */
const lastMetrics = (run: Run, history: History): ReadonlyArray<readonly [name: string, value: number]> =>
  (modelRow(run, history)?.metrics ?? []).map((value, i) => [
    run.description.metrics?.[i]?.name ?? `metric ${i}`,
    value
  ])

/** Reports the files of a run as results. */
export const reportRun = (
  terminal: Terminal,
  json: boolean,
  run: Run,
  history: History,
  figures?: Readonly<Record<string, string>>
): void => {
  const { directory } = run
  const { model, history: table } = runFiles(directory)
  const metrics = lastMetrics(run, history)
  const rows = runRows(run.description.recipe)(history)
  if (json) {
    const ended = {
      directory,
      model,
      history: table,
      ...given({ figures }),
      ...Object.fromEntries(metrics.slice(0, 1))
    }
    return terminal.result(JSON.stringify({ ...ended, metrics: Object.fromEntries(metrics), rows }))
  }
  for (const [name, file] of Object.entries(figures ?? {})) terminal.result(`${name} ${file}`)
  terminal.result(`model ${model}`)
  terminal.result(`history ${table}`)
  for (const [name, value] of [...metrics].reverse()) terminal.result(`${name} ${value.toFixed(4)}`)
}

/** What to do with a run that has ended. */
export type Ending = (run: Run, result: RunResult) => RTE.ReaderTaskEither<GraftEnv, GraftError, void>

interface Begun {
  readonly run: Run
  readonly learner: Learner
}

/** Makes the learner first, so that nothing is written if it cannot be trained. */
const beginning = (
  directory: string,
  rest: Omit<RunDescription, 'data'>,
  opened: RTE.ReaderTaskEither<GraftEnv, GraftError, Data>,
  runOf: (description: RunDescription, learner: Learner) => RTE.ReaderTaskEither<GraftEnv, GraftError, Run>,
  resumed = false
): RTE.ReaderTaskEither<GraftEnv, GraftError, Begun> =>
  pipe(
    opened,
    RTE.chainW(describedLearner(directory, rest, resumed)),
    RTE.bindTo('learner'),
    RTE.bind('run', ({ learner }) =>
      runOf({ ...rest, data: learner.data.spec, metrics: learner.settings.metrics }, learner)
    )
  )

const trained = (
  begun: RTE.ReaderTaskEither<GraftEnv, GraftError, Begun>,
  env: NodeEnvOptions,
  options: RunOptions,
  show: Watcher,
  ending: Ending,
  onFailure: (run: Run) => RTE.ReaderTaskEither<GraftEnv, GraftError, void> = () => RTE.right(undefined)
): TE.TaskEither<GraftError, number> => {
  const interruption = listenForInterruption(show.note)
  const program = pipe(
    begun,
    RTE.chain(({ run, learner }) => {
      noteWarnings(learner, show)
      return pipe(
        carryOn(run, options)(learner),
        RTE.chainW((result) => {
          if (!result.halted)
            return pipe(
              ending(run, result),
              RTE.map(() => exitCodes.done as number)
            )
          show.note(`stopped and saved; resume with: ${invocation()} train --resume ${run.directory}`)
          return RTE.right(exitCodes.interrupted)
        }),
        RTE.orElseW((error) =>
          pipe(
            onFailure(run),
            RTE.chain(() => RTE.left(error))
          )
        )
      )
    })
  )
  const all = withNodeEnv({
    ...env,
    onEvent: handlers([show.onEvent, interruption.onEvent]),
    progress: show.progress
  })(program)
  return async () => {
    const code = await all()
    interruption.release()
    return code
  }
}

const begin = (
  flags: TrainFlags,
  n: TrainValues,
  parts: Start & { readonly recipe: Recipe.Recipe },
  show: Watcher
): RTE.ReaderTaskEither<GraftEnv, GraftError, Begun> => {
  const { arch } = parts.model.body
  const directory = flags.out ?? join('graft-out', `${arch.name}-${timestamp(new Date())}`)
  const rest = {
    model: parts.model,
    recipe: parts.recipe,
    archModule: parts.archModule,
    ...given({ metrics: n.metrics, loss: n.loss, opt: n.opt, clip: n.clip }),
    seed: n.seed ?? 42,
    wd: n.wd ?? 0.01,
    threads: n.threads ?? null
  }
  const opened = openSized(parts.data, arch.input.size, show.note)
  const note = noteOfWeights(flags, parts.model)
  return pipe(
    RTE.fromIO(() => (note === undefined ? undefined : show.note(note))),
    // checked before the data are opened, which may take long; beginRun checks again
    RTE.chainW(() => (flags.force === true ? RTE.right(undefined) : withoutRun(directory))),
    RTE.chainW(() =>
      RTE.asks(({ engine: { name, costs } }: GraftEnv) => ({ engine: name, ...given({ costs: ownCosts(costs) }) }))
    ),
    RTE.chain((by) =>
      beginning(directory, { ...rest, ...by }, opened, (description) =>
        beginRun(directory, description, { force: flags.force === true })
      )
    )
  )
}

export const shownBy = (flags: TrainFlags, terminal: Terminal): Watcher =>
  watcher({ json: flags.json === true, quiet: flags.quiet === true }, terminal)

const optionsOf = ({ checkpointEvery }: TrainValues): RunOptions => given({ everyBatches: checkpointEvery })

const started = (flags: TrainFlags, data: DataSpec): TE.TaskEither<GraftError, Start> =>
  flags.from !== undefined
    ? startFrom(flags.from, flags, data)
    : pipe(
        modelOf(flags, data),
        TE.map((model) => ({
          model,
          archModule: flags.arch !== undefined && isModule(flags.arch) ? fixedModule(flags.arch) : null,
          data
        }))
      )

/** Begins a run and trains it, with `recipe` or with the recipe of the flags. */
export const trainNew = (
  described: TE.TaskEither<GraftError, DataSpec>,
  flags: TrainFlags,
  terminal: Terminal,
  ending: Ending,
  recipe?: Recipe.Recipe
): TE.TaskEither<GraftError, number> => {
  const show = shownBy(flags, terminal)
  return pipe(
    TE.fromEither(readTrainFlags(flags)),
    TE.bindTo('n'),
    TE.bind('data', ({ n }) => pipe(described, TE.chainEitherK(adjusted(flags, n)))),
    TE.bind('start', ({ data }) => started(flags, data)),
    TE.bind('steps', ({ n }) => (recipe === undefined ? recipeOf(flags, n) : TE.right(recipe))),
    TE.chain(({ n, start, steps }) => {
      const parts = { ...start, recipe: steps }
      if (!steps.some((step) => epochsOf(step) > 0))
        show.note('warning: this recipe trains nothing: it has no step fit or fitOneCycle')
      const env = given({ engine: n.engine, threads: n.threads, workers: n.workers })
      return trained(begin(flags, n, parts, show), env, optionsOf(n), show, ending, withdrawRun)
    })
  )
}

/** The steps to append to an ended run; null: none. */
const stepsAfter = (flags: TrainFlags, n: TrainValues): TE.TaskEither<GraftError, Recipe.Recipe | null> =>
  flags.recipe === undefined && n.epochs === undefined && n.lr === undefined ? TE.right(null) : recipeOf(flags, n)

const notEnded = (directory: string): GraftError =>
  settingError(
    '--resume',
    'a run that has ended, to add epochs to it',
    `${directory}, which has not`,
    `resume it first: leave out --epochs, --lr and --recipe`
  )

/** The error for resuming an ended run on other data. */
const endedOn = (directory: string, dataName: string): GraftError =>
  settingError(
    'DATA beside --resume',
    'none, or --epochs N to train the run for more, as it has ended',
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

const resume = (
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
    const env: NodeEnvOptions = {
      engine: rest.engine,
      costs: rest.costs ?? 'built-in',
      ...given({ threads: rest.threads ?? undefined, workers: n.workers })
    }
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
          optionsOf(n),
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

/** `graft train DATA ...` and `graft train --resume DIR`: the exit code. */
export const trainCommand =
  (dataName: string | undefined, flags: TrainFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { note } = shownBy(flags, terminal)
    const ending: Ending = (run, { learner }) =>
      pipe(
        flags.figures === false || learner.history.losses.length === 0
          ? RTE.right({})
          : historyFigures(join(run.directory, 'figures'), learner),
        RTE.orElseW((error) => {
          note(`warning: the curves were not drawn: ${drawError(error)}`)
          return RTE.right({})
        }),
        RTE.map((figures) => reportRun(terminal, flags.json === true, run, learner.history, figures))
      )
    if (flags.resume !== undefined) return resume(flags.resume, dataName, flags, terminal, ending)
    return dataName === undefined
      ? TE.left(
          settingError('DATA', 'DATA to train on', 'nothing', 'write e.g. graft train photos, or graft train digits')
        )
      : trainNew(namedData(dataName), flags, terminal, ending)
  }
