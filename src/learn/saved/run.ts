/**
 * A run and its directory: the description (`graft.json`), the checkpoint (`checkpoint.safetensors`), the results table
 * (`history.csv`) and the result (`model.safetensors`). A run that was stopped or killed can be resumed from its
 * directory and ends with the same bytes as an uninterrupted one.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { parseJson } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Data, HasFiles } from '../../io/index.js'
import type { Arch } from '../../model/index.js'
import type { History } from '../../recipe/index.js'
import { callbacks } from '../loop/callbacks.js'
import { type Cursor, readSaved, type Saved, writeSaved } from './checkpoint.js'
import { openHistory } from './history.js'
import { defaultMetrics, fromSeed, learner, type Learner } from '../learner/Learner.js'
import { savedError } from '../LearnError.js'
import { historyOf, resumeFrom } from './restore.js'
import {
  archModuleIn,
  describedRun,
  named,
  type Run,
  type RunDescription,
  runFiles,
  runFrom
} from './RunDescription.js'
import { checkAgainst, trainWith } from '../loop/train.js'
import type { TrainEnv } from '../loop/TrainEnv.js'
import type { LearnerEnv } from '../weights/weights.js'

/**
 * The result of a run.
 *
 * @category runs
 * @since 0.1.0
 */
export interface RunResult {
  readonly learner: Learner
  /** Whether a handler halted it; the checkpoint says where. */
  readonly halted: boolean
}

// -------------------------------------------------------------------------------------
// beginning, finding again
// -------------------------------------------------------------------------------------

/**
 * Returns a `SavedError` for a directory that contains a run.
 *
 * @example
 * import { nodeIo, withoutRun } from 'graft-vision/node'
 *
 * assert.strictEqual((await withoutRun('no-such-directory')(nodeIo())())._tag, 'Right')
 *
 * @category runs
 * @since 0.1.0
 */
export const withoutRun =
  (directory: string) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, void> =>
    pipe(
      Object.values(runFiles(directory)),
      TE.traverseArray((file) => files.exists(file)),
      TE.filterOrElseW(
        (there) => !there.some((is) => is),
        (): GraftError =>
          savedError(
            directory,
            'a directory without a run',
            'one that holds a run',
            `resume it (--resume ${directory}), name another, or allow to replace it (--force)`
          )
      ),
      TE.map(() => undefined)
    )

/** The description is removed first: without it a directory is not a run. Files saved by the recipe are removed too. */
const clear =
  (directory: string) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, void> => {
    const { description, checkpoint, history, model } = runFiles(directory)
    return pipe(
      files.exists(description),
      // files in a directory without a run are not the run's
      TE.map((isRun) => (isRun ? [description, checkpoint, history, model, join(directory, 'models')] : [])),
      TE.chain(TE.traverseSeqArray((file) => files.remove(file))),
      TE.map(() => undefined)
    )
  }

/**
 * Begins a run: writes its description to `directory`. A directory that contains a run is an error, unless `force`
 * replaces it.
 *
 * @example
 * import { cut, digits, head, Recipe, resnet18, withHead } from 'graft-vision'
 * import { beginRun, nodeIo } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const directory = mkdtempSync(join(tmpdir(), 'graft-'))
 * const values = { data: digits(), model: withHead(head())(cut(resnet18)), recipe: Recipe.fitOneCycle(1, 1e-3) }
 * const description = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * assert.strictEqual((await beginRun(directory, description)(nodeIo())())._tag, 'Right')
 * assert.strictEqual((await beginRun(directory, description)(nodeIo())())._tag, 'Left')
 *
 * @category runs
 * @since 0.1.0
 */
export const beginRun = (
  directory: string,
  description: RunDescription,
  options: { readonly force?: boolean } = {}
): RTE.ReaderTaskEither<HasFiles, GraftError, Run> =>
  pipe(
    RTE.fromEither(describedRun(directory, description)),
    RTE.chainFirst(() => (options.force === true ? clear(directory) : withoutRun(directory))),
    RTE.chain(
      ({ run, text }) =>
        ({ files }: HasFiles) =>
          pipe(
            files.write(runFiles(directory).description, text),
            TE.bimap(
              (e): GraftError => e,
              () => run
            )
          )
    )
  )

/**
 * Undoes the beginning of a run that failed before it had any result, so that a corrected one can begin in the
 * directory: removes the description, unless there is a checkpoint, an epoch in the history, or a model.
 *
 * @example
 * import { cut, digits, head, Recipe, resnet18, withHead } from 'graft-vision'
 * import { beginRun, nodeIo, withdrawRun, withoutRun } from 'graft-vision/node'
 *
 * const values = { data: digits(), model: withHead(head())(cut(resnet18)), recipe: Recipe.fitOneCycle(1, 1e-3) }
 * const description = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * const run = await beginRun('failed', description)(nodeIo())()
 * if (run._tag === 'Left') throw new Error('the directory is free')
 * await withdrawRun(run.right)(nodeIo())()
 * assert.strictEqual((await withoutRun('failed')(nodeIo())())._tag, 'Right')
 *
 * @category runs
 * @since 0.1.0
 */
export const withdrawRun =
  ({ directory }: Run) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, void> => {
    const { description, checkpoint, history, model } = runFiles(directory)
    return pipe(
      [checkpoint, history, model],
      TE.traverseArray((file) => files.exists(file)),
      TE.chainW((there) => (there.some((is) => is) ? TE.right(undefined) : files.remove(description)))
    )
  }

/**
 * Reads the run in a directory. `archs` returns the architectures that its model may name; it receives the module of a
 * user-defined one.
 *
 * @example
 * import { catalogue } from 'graft-vision'
 * import { nodeIo, readRun } from 'graft-vision/node'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const none = await readRun('no-such-run', () => TE.right(catalogue))(nodeIo())()
 * assert.ok(none._tag === 'Left' && none.left._tag === 'SavedError')
 *
 * @category runs
 * @since 0.1.0
 */
export const readRun = (
  directory: string,
  archs: (archModule: string | null) => TE.TaskEither<GraftError, ReadonlyArray<Arch>>
): RTE.ReaderTaskEither<HasFiles, GraftError, Run> => {
  const file = runFiles(directory).description
  return pipe(
    ({ files }: HasFiles) => files.readText(file),
    RTE.mapLeft((e): GraftError =>
      e._tag === 'NotFound'
        ? savedError(directory, 'a directory of a run', 'no graft.json', 'name the --out of a run')
        : e
    ),
    RTE.chainEitherK((text) => named(file)(parseJson(text))),
    RTE.chain((json) =>
      pipe(
        RTE.fromTaskEither<GraftError, ReadonlyArray<Arch>, HasFiles>(archs(archModuleIn(json))),
        RTE.chainEitherK((all) => runFrom(directory, all)(json))
      )
    )
  )
}

/** A saved file of this run, if there is one; another run's file is an error. */
export const ofRun =
  (file: string, run: Run) =>
  (env: HasFiles): TE.TaskEither<GraftError, Saved | null> =>
    pipe(
      env.files.exists(file),
      TE.mapLeft((e): GraftError => e),
      TE.chain((there): TE.TaskEither<GraftError, Saved | null> => (there ? readSaved(file)(env) : TE.right(null))),
      TE.filterOrElse(
        (saved) => saved === null || saved.progress.run === run.id,
        (): GraftError => savedError(file, `a file of the run ${run.id.slice(0, 8)}`, "another run's", 'remove it')
      )
    )

const underWay = (run: Run): RTE.ReaderTaskEither<HasFiles, GraftError, boolean> => {
  const { checkpoint } = runFiles(run.directory)
  return (env) =>
    pipe(
      env.files.exists(checkpoint),
      TE.mapLeft((e): GraftError => e),
      TE.chain((there) => (there ? readSaved(checkpoint)(env) : TE.right(null))),
      TE.map((saved) => saved?.progress.run === run.id)
    )
}

/**
 * The history of a run that has ended; null: it has not.
 *
 * @example
 * import { cut, digits, head, Recipe, resnet18, withHead } from 'graft-vision'
 * import { finishedRun, nodeIo } from 'graft-vision/node'
 *
 * const values = { data: digits(), model: withHead(head())(cut(resnet18)), recipe: Recipe.fitOneCycle(1, 1e-3) }
 * const description = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * const ended = await finishedRun({ directory: 'not-begun', id: '', description })(nodeIo())()
 * assert.deepStrictEqual(ended, { _tag: 'Right', right: null })
 *
 * @category runs
 * @since 0.1.0
 */
export const finishedRun = (run: Run): RTE.ReaderTaskEither<HasFiles, GraftError, History | null> =>
  pipe(
    // a run with a checkpoint continues from it; its model, if any, is from before steps were added
    underWay(run),
    RTE.chain((goesOn) => (goesOn ? RTE.right(null) : ofRun(runFiles(run.directory).model, run))),
    RTE.map((saved) => saved && historyOf(saved))
  )

// -------------------------------------------------------------------------------------
// training
// -------------------------------------------------------------------------------------

/**
 * The learner of a description, with opened data. `Recipe.save` writes to `models` below `directory`. If its parameters
 * are `resumed` from a checkpoint, the original weights are not read again.
 *
 * @example
 * import { cut, digits, head, Recipe, resnet18, withBatchSize, withHead } from 'graft-vision'
 * import { describedLearner, nodeIo, openData } from 'graft-vision/node'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const values = { model: withHead(head())(cut(resnet18)), recipe: Recipe.fitOneCycle(1, NaN) }
 * const rest = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * const data = withBatchSize(8)(digits({ n: 16, path: 'digits-described' }))
 * const wrong = await pipe(openData(data), RTE.chainW(describedLearner('out', rest)))(nodeIo())()
 * assert.ok(wrong._tag === 'Left' && wrong.left._tag === 'RecipeError')
 *
 * @category runs
 * @since 0.1.0
 */
export const describedLearner =
  (directory: string, d: Omit<RunDescription, 'data'>, resumed = false) =>
  (data: Data): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> => {
    const options = {
      data,
      model: d.model,
      metrics: d.metrics ?? defaultMetrics(data.task),
      ...(d.loss === undefined ? {} : { loss: d.loss }),
      ...(d.opt === undefined ? {} : { opt: d.opt }),
      ...(d.clip === undefined ? {} : { clip: d.clip }),
      wd: d.wd,
      seed: d.seed,
      path: directory
    }
    return pipe(
      resumed ? RTE.fromEither(fromSeed(options)) : learner(options),
      RTE.chainFirstEitherK(checkAgainst(d.recipe))
    )
  }

/**
 * How often to write checkpoints.
 *
 * @category runs
 * @since 0.1.0
 */
export interface RunOptions {
  /** Seconds between checkpoints; default 60. */
  readonly everySeconds?: number
  /** Number of batches between additional checkpoints; default: none. */
  readonly everyBatches?: number
}

const finish =
  (run: Run, l: Learner) =>
  (env: HasFiles): TE.TaskEither<GraftError, void> => {
    const { model, checkpoint } = runFiles(run.directory)
    return pipe(
      writeSaved(model, l, null, { optimiser: false, run: run.id })(env),
      TE.chainW(() => env.files.remove(checkpoint))
    )
  }

/**
 * Trains a run from its start or its checkpoint, until it is complete or a handler halts it. The learner must be the
 * described one, with the same data. When complete, `model.safetensors` exists (parameters, buffers, history, no
 * optimiser state) and the checkpoint is removed.
 *
 * @example
 * import { arch, cut, digits, head, nn, Recipe } from 'graft-vision'
 * import { withBatchSize, withHead } from 'graft-vision'
 * import { beginRun, carryOn, describedLearner, finishedRun, openData, withNodeEnv } from 'graft-vision/node'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const directory = mkdtempSync(join(tmpdir(), 'graft-'))
 * const data = withBatchSize(8)(digits({ n: 16, path: join(directory, 'digits') }))
 * const net = arch({ name: 'tiny', network: nn.sequential(nn.named('conv', nn.conv2d(3, 4, 3)), nn.named('pool', nn.maxPool2d(2))) })
 * const values = { data, model: withHead(head({ linFtrs: [] }))(cut(net)), recipe: Recipe.fitOneCycle(1, 1e-3) }
 * const description = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * const program = pipe(
 *   beginRun(directory, description),
 *   RTE.chainW((run) =>
 *     pipe(
 *       openData(data),
 *       RTE.chainW(describedLearner(directory, description)),
 *       RTE.chainW(carryOn(run)),
 *       RTE.chainW(() => finishedRun(run))
 *     )
 *   )
 * )
 * const history = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(history._tag === 'Right' && history.right?.rows.length === 1)
 *
 * @category runs
 * @since 0.1.0
 */
export const carryOn =
  (run: Run, options: RunOptions = {}) =>
  (start: Learner): RTE.ReaderTaskEither<TrainEnv, GraftError, RunResult> =>
  (env) => {
    const files = runFiles(run.directory)
    return pipe(
      ofRun(files.checkpoint, run)(env),
      TE.chainEitherK((saved): E.Either<GraftError, { readonly learner: Learner; readonly cursor?: Cursor }> =>
        saved === null ? E.right({ learner: start }) : resumeFrom(files.checkpoint, saved)(start)
      ),
      TE.bind('history', ({ learner }) => openHistory(files.history, learner, run.description.recipe)(env)),
      TE.chain(({ learner, cursor, history }) =>
        pipe(
          trainWith(run.description.recipe, {
            checkpoint: { ...options, file: files.checkpoint, run: run.id },
            ...(cursor === undefined ? {} : { from: cursor })
          })(learner)({ ...env, onEvent: callbacks([env.onEvent, history.onEvent]) }),
          TE.chainFirst(() => history.written)
        )
      ),
      TE.chain(({ learner, halted }) =>
        pipe(
          halted === null ? finish(run, learner)(env) : TE.right<GraftError, void>(undefined),
          TE.map(() => ({ learner, halted: halted !== null }))
        )
      )
    )
  }
