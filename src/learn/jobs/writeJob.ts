/**
 * `writeJob`: writes a job's folder.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Job, jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'

const isFree =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, void> =>
    pipe(
      files.list(folder),
      TE.orElse((error) => (error._tag === 'NotFound' ? TE.right([] as ReadonlyArray<string>) : TE.left(error))),
      TE.mapLeft((error): GraftError => error),
      TE.filterOrElse(
        (names) => names.length === 0,
        (names): GraftError =>
          jobError(
            folder,
            'an empty or new folder for the job',
            `${names.length === 1 ? '1 file or folder' : `${names.length} files and folders`} in it, such as ${names[0]!}`,
            'pass another folder, or remove this one'
          )
      ),
      TE.map(() => undefined)
    )

/**
 * Writes the files of a job to a new or empty folder; any other folder is a `JobError`. All files appear at once: they are
 * written to a temporary folder beside it, which is then renamed.
 */
export const writeJob =
  (folder: string) =>
  (job: Job): RTE.ReaderTaskEither<HasFiles, GraftError, void> =>
  (env) =>
    pipe(
      isFree(folder)(env),
      TE.chainW(() => env.files.makeDirBeside(folder)),
      TE.chainW((beside) =>
        pipe(
          job.files,
          TE.traverseSeqArray(({ path, content }) => env.files.write(join(beside, path), content)),
          // a rename replaces an empty folder, but no other
          TE.chain(() => env.files.rename(beside, folder)),
          TE.orElseFirstW(() => env.files.remove(beside))
        )
      ),
      TE.map(() => undefined)
    )
