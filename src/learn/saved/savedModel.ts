/**
 * The file of a trained model: a file itself, or the `model.safetensors` in the folder of a run or an export.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { savedError } from '../LearnError.js'
import { runFiles } from './RunDescription.js'

const wanted = 'a trained model: model.safetensors, or the folder of a run or an export'

const toCheck = 'check the path; runs are in graft-out unless --out named another folder'

/** Why a folder has no model: its run has not ended, or it is not a run. */
const without =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, never> => {
    const { checkpoint, description } = runFiles(folder)
    const resume = `finish it: graft train --resume ${folder}`
    return pipe(
      TE.Do,
      TE.apS('isRun', files.exists(description)),
      TE.apSW('stopped', files.exists(checkpoint)),
      TE.mapLeft((e): GraftError => e),
      TE.chain(({ isRun, stopped }): TE.TaskEither<GraftError, never> =>
        TE.left(
          !isRun
            ? savedError(folder, wanted, 'a folder without model.safetensors', toCheck)
            : stopped
              ? savedError(folder, wanted, 'an unfinished run', `${resume}; or name its checkpoint, ${checkpoint}`)
              : savedError(folder, wanted, 'an unfinished run without a checkpoint', resume)
        )
      )
    )
  }

/**
 * The file of a trained model: a file itself, or the `model.safetensors` in the folder of a run or an export.
 *
 * Errors: `NotFound`; a `SavedError` for a folder without a model, which says so if its run has not ended.
 *
 * @example
 * import { nodeIo, savedModel } from 'graft-vision/node'
 *
 * const none = await savedModel('no-such-run')(nodeIo())()
 * assert.ok(none._tag === 'Left' && none.left._tag === 'NotFound')
 *
 * @category saving
 * @since 0.1.0
 */
export const savedModel =
  (path: string) =>
  (env: HasFiles): TE.TaskEither<GraftError, string> => {
    const { model } = runFiles(path)
    return pipe(
      env.files.stat(path),
      TE.mapLeft((e): GraftError => (e._tag === 'NotFound' ? { ...e, expected: wanted, hint: toCheck } : e)),
      TE.chain(({ kind }): TE.TaskEither<GraftError, string> =>
        kind !== 'folder'
          ? TE.right(path)
          : pipe(
              env.files.exists(model),
              TE.mapLeft((e): GraftError => e),
              TE.chain((there) => (there ? TE.right(model) : without(path)(env)))
            )
      )
    )
  }
