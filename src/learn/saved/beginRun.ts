/**
 * Beginning a run: its directory and description.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { savedError } from '../LearnError.js'
import { describedRun, type Run, type RunDescription, runFiles } from './RunDescription.js'

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
            'one that contains a run',
            `resume it (--resume ${directory}), name another directory, or replace it (--force)`
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
