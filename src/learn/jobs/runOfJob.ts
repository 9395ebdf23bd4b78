/** The run of a job's folder, to go on from here. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { runFiles } from '../saved/RunDescription.js'

/** A job that has not begun: its run is where its checkpoint is. */
const begun = (folder: string, run: string): ReaderTaskEither<HasFiles, GraftError, void> => {
  const { description, checkpoint } = runFiles(run)
  return ({ files }) =>
    pipe(
      files.read(join(folder, 'model.safetensors')),
      TE.chain((bytes) => files.write(checkpoint, bytes)),
      TE.chain(() => files.read(join(folder, 'graft.json'))),
      // last: with it, the folder is a run
      TE.chain((bytes) => files.write(description, bytes))
    )
}

/**
 * The directory of the run in a job's folder; any other folder is returned as it is. The run of a job that has not begun
 * starts with the job's parameters.
 */
export const runOfJob =
  (folder: string): ReaderTaskEither<HasFiles, GraftError, string> =>
  (env) => {
    const run = join(folder, 'run')
    return pipe(
      env.files.exists(join(folder, 'job.json')),
      TE.mapLeft((error): GraftError => error),
      TE.chain((isJob) =>
        isJob
          ? pipe(
              env.files.exists(runFiles(run).description),
              TE.mapLeft((error): GraftError => error),
              TE.chain((there) => (there ? TE.right(undefined) : begun(folder, run)(env))),
              TE.map(() => run)
            )
          : TE.right(folder)
      )
    )
  }
