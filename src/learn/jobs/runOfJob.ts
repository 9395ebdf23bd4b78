/** The run directory in a job's folder, for continuing the job on this machine. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { runFiles } from '../saved/RunDescription.js'

/** Creates the run of a job that has not started: its checkpoint is that of the job. */
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
 * Returns the run directory in a job's folder, or the folder itself if it is not a job's. If the job has not started, a
 * run with the job's initial parameters is created.
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
