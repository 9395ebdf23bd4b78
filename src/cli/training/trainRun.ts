/**
 * Trains a run from its beginning or its checkpoint, and reports its progress.
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, type DataWarning, showClassWeights } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Data, dataCounts, quickCheck } from '../../io/index.js'
import {
  callbacks,
  carryOn,
  carryOnTorch,
  checkPython,
  describedLearner,
  featureCacheOf,
  type GraftEnv,
  jsonlHandler,
  type Learner,
  type NodeEnvOptions,
  pythonOf,
  type Run,
  type RunDescription,
  type RunResult,
  tensorboardHandler,
  withNodeEnv
} from '../../learn/index.js'
import { torchrun } from '../../emit/launch/index.js'
import { type CacheObstacle, showCacheObstacle } from '../../plan/index.js'
import { classWeightsIn, epochsOf, Recipe } from '../../recipe/index.js'
import { exitCodes } from '../output/exit.js'
import { given } from '../flags/flags.js'
import { settingsOf } from '../flags/torchFlags.js'
import { hintInFlags } from '../output/inFlags.js'
import { invocation } from '../output/invocation.js'
import { listenForInterruption } from './interruption.js'
import { type Watcher, watcher } from '../output/progress.js'
import type { Terminal } from '../output/Terminal.js'
import type { TrainFlags, TrainValues } from '../flags/TrainFlags.js'

export const showWarning = (w: DataWarning): string => `${w.path}: ${w.found}; ${hintInFlags(w.hint)}`

/** Reports a learner's data before training: statistics, weights of classes, warnings, and the quick part of a check. */
export const noteWarnings = ({ data, settings: { loss } }: Learner, show: Watcher): void => {
  show.found(dataCounts(data))
  const weights = classWeightsIn(loss)
  if (weights !== null) show.note(`class weights: ${showClassWeights(classesOf(data.task), weights)}`)
  for (const warning of data.warnings) show.note(`warning: ${showWarning(warning)}`)
  const found = quickCheck(data).map((one) => `${one.code} (${one.found})`)
  if (found.length > 0) show.note(`found in the data: ${found.join('; ')}. More: ${invocation()} check DATA`)
}

/**
 * Says why the first training step does not cache features, where that could make it faster: some layers are frozen, and
 * it has several epochs.
 */
const noteCaching = (learner: Learner, recipe: Recipe.Recipe, show: Watcher): void => {
  const epochs = recipe.map(epochsOf).find((n) => n > 0) ?? 0
  const cache = featureCacheOf(epochs)(learner)
  const isWorthSaying = ({ _tag }: CacheObstacle): boolean => _tag !== 'FewEpochs' && _tag !== 'SwitchedOff'
  const isFrozen = learner.plan.parameters.some(({ trainable }) => !trainable)
  if (cache._tag === 'NotCached' && isFrozen && cache.because.every(isWorthSaying))
    show.note(`features not cached: ${cache.because.map((o) => hintInFlags(showCacheObstacle.show(o))).join('; ')}`)
}

/** Whether a `saveBest` of the recipe has seen an epoch. */
const savedBest = ({ description: { recipe } }: Run, { learner: { history } }: RunResult): boolean =>
  history.rows.length > 0 &&
  recipe.some((step) => Recipe.trains(step) && step.until?.some((w) => w._tag === 'SaveBest'))

/** What to do with a run that has ended. */
export type Ending = (run: Run, result: RunResult) => RTE.ReaderTaskEither<GraftEnv, GraftError, void>

export interface Begun {
  readonly run: Run
  readonly learner: Learner
}

/** Makes the learner first, so that nothing is written if it cannot be trained. */
export const beginning = (
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

/** What trains a run: an engine of graft, or PyTorch. */
export interface Trainer {
  /** Checks what it needs on this machine, before images are read. */
  readonly check: RTE.ReaderTaskEither<GraftEnv, GraftError, void>
  readonly carryOn: (run: Run) => (l: Learner) => RTE.ReaderTaskEither<GraftEnv, GraftError, RunResult>
  /** Whether frozen layers may be computed once. */
  readonly caches: boolean
}

/** What the flags choose to train with. */
export const trainerOf = (flags: TrainFlags, n: TrainValues, { note }: Watcher): Trainer => {
  if (n.on === undefined)
    return {
      check: RTE.right(undefined),
      carryOn: (run) => carryOn(run, given({ everyBatches: n.checkpointEvery })),
      caches: true
    }
  const python = pythonOf(flags.python, process.env)
  const settings = settingsOf(flags, n)
  return {
    check: checkPython(python),
    carryOn: (run) => carryOnTorch(run, torchrun({ python }), { settings, onText: note }),
    caches: false
  }
}

export const trained = (
  begun: RTE.ReaderTaskEither<GraftEnv, GraftError, Begun>,
  env: NodeEnvOptions,
  trainer: Trainer,
  show: Watcher,
  ending: Ending,
  onFailure: (run: Run) => RTE.ReaderTaskEither<GraftEnv, GraftError, void> = () => RTE.right(undefined)
): TE.TaskEither<GraftError, number> => {
  const interruption = listenForInterruption(show.note)
  const program = pipe(
    trainer.check,
    RTE.chain(() => begun),
    RTE.chain(({ run, learner }) => {
      noteWarnings(learner, show)
      show.live?.begin(run, learner)
      if (trainer.caches) noteCaching(learner, run.description.recipe, show)
      return pipe(
        trainer.carryOn(run)(learner),
        RTE.chainW((result) => {
          if (!result.halted)
            return pipe(
              ending(run, result),
              RTE.map(() => exitCodes.done as number)
            )
          show.note(`stopped and saved; resume with: ${invocation()} train --resume ${run.directory}`)
          if (savedBest(run, result)) show.note(`the best model so far is in ${join(run.directory, 'models')}`)
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
    onEvent: callbacks([
      show.onEvent,
      interruption.onEvent,
      ...(show.live === undefined ? [] : [show.live.onEvent]),
      ...(env.onEvent === undefined ? [] : [env.onEvent])
    ]),
    progress: show.progress
  })(program)
  return async () => {
    const code = await all()
    interruption.release()
    return code
  }
}

export const shownBy = (flags: TrainFlags, terminal: Terminal): Watcher => ({
  ...watcher({ json: flags.json === true, quiet: flags.quiet === true }, terminal),
  ...given({ live: terminal.live })
})

/** The environment in which a run trains: its engine, and the logs that flags ask for. */
export const envOf = ({ tensorboard, jsonl, on }: TrainFlags, options: NodeEnvOptions): NodeEnvOptions => ({
  ...options,
  onEvent: callbacks([
    ...(tensorboard === undefined ? [] : [tensorboardHandler(tensorboard, { histograms: on === undefined })]),
    ...(jsonl === undefined ? [] : [jsonlHandler(jsonl, { batches: true })])
  ])
})
