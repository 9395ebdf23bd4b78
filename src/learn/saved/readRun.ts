/**
 * Reading a run from its directory, and whether it has ended.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { parseJson } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import type { Arch } from '../../model/index.js'
import type { History } from '../../recipe/index.js'
import type { Saved } from './Saved.js'
import { readSaved } from './readSaved.js'
import { savedError } from '../LearnError.js'
import { historyOf } from './restore.js'
import { archModuleIn, named, type Run, runFiles, runFrom } from './RunDescription.js'

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
        ? savedError(directory, 'a directory of a run', 'no graft.json', 'pass the --out of a run')
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
