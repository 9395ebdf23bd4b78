/**
 * Downloads a file of weights: to a temporary file, verified, then renamed, so that a file with its final name is
 * complete.
 */
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasClock } from '../Clock.js'
import { downloadTo, type Stubbornness } from '../network/download.js'
import type { HasFiles } from '../Files.js'
import type { HasHttp } from '../network/Http.js'
import type { IoError } from '../IoError.js'
import type { HasProgress } from '../Progress.js'
import { verified, type Wanted, type WeightsFile } from './verified.js'

/**
 * The capabilities for downloading weights.
 *
 * @category capabilities
 * @since 0.1.0
 */
export type FetchEnv = HasFiles & HasHttp & HasClock & HasProgress

/** A server that has never sent a byte is tried twice; others as often as the policy allows. */
const patiently =
  (url: string, part: string, how: Stubbornness): RTE.ReaderTaskEither<FetchEnv, IoError, void> =>
  (env) => {
    const retries = Math.min(how.retries, 1)
    return pipe(
      downloadTo(url, part, { ...how, retries })(env),
      TE.orElse((error) =>
        pipe(
          env.files.exists(part),
          TE.chain((begun) =>
            begun && how.retries > retries
              ? downloadTo(url, part, { ...how, retries: how.retries - retries - 1 })(env)
              : TE.left(error)
          )
        )
      )
    )
  }

/** A URL's file at `target`, resuming the partial download `part`. */
export const fetchVerified =
  (
    url: string,
    { target, part, wanted }: { readonly target: string; readonly part: string; readonly wanted: Wanted },
    how: Stubbornness
  ): RTE.ReaderTaskEither<FetchEnv, IoError, WeightsFile> =>
  (env) =>
    pipe(
      env.files.makeDir(path.dirname(target)),
      TE.chain(() => patiently(url, part, how)(env)),
      TE.chain(() => verified(part, wanted)(env)),
      // a complete file with the wrong hash must not be resumed
      TE.orElse((error) =>
        pipe(
          error._tag === 'WeightsMismatch' ? env.files.remove(part) : TE.right(undefined),
          TE.chain(() => TE.left<IoError, WeightsFile>(error))
        )
      ),
      TE.chainFirst(() => env.files.rename(part, target)),
      TE.map(({ bytes }) => ({ file: target, bytes }))
    )
