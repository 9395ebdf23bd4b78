/**
 * A run and its directory: the description (`graft.json`), the checkpoint (`checkpoint.safetensors`), the results table
 * (`history.csv`) and the result (`model.safetensors`). A run that was stopped or killed can be resumed from its
 * directory and ends with the same bytes as an uninterrupted one.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Data, HasFiles } from '../../io/index.js'
import { callbacks } from '../loop/callbacks.js'
import type { Cursor } from './Saved.js'
import { writeSaved } from './writeSaved.js'
import { openHistory } from './history.js'
import { defaultMetrics } from '../learner/taskDefaults.js'
import { fromSeed, learner } from '../learner/makeLearner.js'
import type { Learner } from '../learner/Learner.js'
import { resumeFrom } from './restore.js'
import { type Run, type RunDescription, runFiles } from './RunDescription.js'
import { checkAgainst } from '../loop/checkAgainst.js'
import { trainWith } from '../loop/train.js'
import type { TrainEnv } from '../loop/TrainEnv.js'
import type { LearnerEnv } from '../weights/weights.js'
import { ofRun } from './readRun.js'

/**
 * The result of a run.
 *
 * @category runs
 * @since 0.1.0
 */
export interface RunResult {
  /** Its parameters are those that the watchers would restore, such as the best ones of `saveBest`, if it was halted. */
  readonly learner: Learner
  /** Whether a handler halted it; the checkpoint says where. */
  readonly halted: boolean
}

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
      ...(d.classWeights === undefined ? {} : { classWeights: d.classWeights }),
      ...(d.opt === undefined ? {} : { opt: d.opt }),
      ...(d.clip === undefined ? {} : { clip: d.clip }),
      ...(d.batchViews === undefined ? {} : { batchViews: d.batchViews }),
      cacheFeatures: d.cacheFeatures ?? false,
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
      TE.chain(({ learner, model, halted }) =>
        pipe(
          halted === null ? finish(run, learner)(env) : TE.right<GraftError, void>(undefined),
          TE.map(() => ({ learner: model, halted: halted !== null }))
        )
      )
    )
  }
