/**
 * `extendRun`: adds steps to a run that has ended, in its own directory.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { costsId } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { Recipe } from '../../recipe/index.js'
import { recipeFingerprint } from './fingerprints.js'
import type { Saved } from './Saved.js'
import { writeSaved } from './writeSaved.js'
import type { Learner } from '../learner/Learner.js'
import { savedError } from '../LearnError.js'
import { resumeFrom } from './restore.js'
import { ofRun } from './readRun.js'
import { describedRun, type Run, type RunDescription, runFiles } from './RunDescription.js'

/** The file of an ended run as a checkpoint at the end of its steps. */
const atItsEnd = (saved: Saved, { recipe, costs }: RunDescription, longer: Recipe.Recipe): Saved => {
  const id = costs === undefined ? null : costsId({ _tag: 'Given', costs })
  const cursor = { step: recipe.length, recipe: recipeFingerprint(longer), ...(id === null ? {} : { costs: id }) }
  return { ...saved, progress: { ...saved.progress, cursor } }
}

/**
 * Appends steps to the recipe of an ended run. It is left where it ended, and `carryOn` trains the new steps. `start`
 * is the described learner (`describedLearner`). The optimiser is reset, because a finished run does not store its
 * state; freeze, counters and history are kept. The checkpoint is written before the description changes, and the run's
 * model is removed last, so a process killed in between leaves either the old run or the extended one.
 *
 * Errors: `SavedError` for an unfinished run, or whose data changed; those of the files.
 *
 * @example
 * import { arch, cut, digits, head, nn, Recipe } from 'graft-vision'
 * import { withBatchSize, withHead } from 'graft-vision'
 * import {
 *   beginRun,
 *   carryOn,
 *   describedLearner,
 *   extendRun,
 *   finishedRun,
 *   openData,
 *   withNodeEnv
 * } from 'graft-vision/node'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const directory = mkdtempSync(join(tmpdir(), 'graft-'))
 * const data = withBatchSize(8)(digits({ n: 16, path: join(directory, 'digits') }))
 * const net = arch({ name: 'tiny', network: nn.sequential(nn.named('conv', nn.conv2d(3, 4, 3)), nn.named('pool', nn.maxPool2d(2))) })
 * const values = { data, model: withHead(head({ linFtrs: [] }))(cut(net)), recipe: Recipe.fit(1, 1e-3) }
 * const description = { ...values, archModule: null, seed: 42, wd: 0.01, engine: 'cpu', threads: null } as const
 * const program = pipe(
 *   openData(data),
 *   RTE.chainW(describedLearner(directory, description)),
 *   RTE.bindTo('start'),
 *   RTE.bindW('run', () => beginRun(directory, description)),
 *   RTE.chainFirstW(({ run, start }) => carryOn(run)(start)),
 *   RTE.bindW('longer', ({ run, start }) => extendRun(run, Recipe.fit(2, 1e-3))(start)),
 *   RTE.chainFirstW(({ longer, start }) => carryOn(longer)(start)),
 *   RTE.chainW(({ longer }) => finishedRun(longer))
 * )
 * const history = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(history._tag === 'Right' && history.right?.rows.length === 3)
 *
 * @category runs
 * @since 0.1.0
 */
export const extendRun =
  (run: Run, more: Recipe.Recipe) =>
  (start: Learner): RTE.ReaderTaskEither<HasFiles, GraftError, Run> =>
  (env) => {
    const { directory, description } = run
    const { model, checkpoint, description: file } = runFiles(directory)
    const recipe = Recipe.sequence(description.recipe, more)
    return pipe(
      ofRun(model, run)(env),
      TE.chainEitherK((saved) =>
        saved !== null
          ? E.right(saved)
          : E.left<GraftError>(
              savedError(
                directory,
                'a finished run',
                'an unfinished run',
                `resume it first: graft train --resume ${directory}`
              )
            )
      ),
      TE.chainEitherK((saved) => resumeFrom(model, atItsEnd(saved, description, recipe))(start)),
      TE.bind('longer', () => TE.fromEither(describedRun(directory, { ...description, recipe }))),
      TE.chainFirstW(({ learner, cursor, longer }) =>
        writeSaved(checkpoint, learner, cursor, { run: longer.run.id })(env)
      ),
      TE.chainFirstW(({ longer }) => env.files.write(file, longer.text)),
      TE.chainFirstW(() => env.files.remove(model)),
      TE.map(({ longer }) => longer.run)
    )
  }
