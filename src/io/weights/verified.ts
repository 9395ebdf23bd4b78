/** Files of weights verified by their SHA-256. */
import { createHash } from 'node:crypto'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasFiles } from '../Files.js'
import { weightsMismatch, type IoError } from '../IoError.js'

/**
 * A file of weights with its content.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface WeightsFile {
  readonly file: string
  readonly bytes: Uint8Array
}

/** The expected SHA-256: its first digits, or one of several; null: any. */
export type Wanted = string | ReadonlyArray<string> | null

const fits = (wanted: Wanted, sha256: string): boolean =>
  wanted === null || (typeof wanted === 'string' ? sha256.startsWith(wanted) : wanted.includes(sha256))

const drawn = (wanted: Wanted): string => (typeof wanted === 'string' ? wanted : (wanted ?? []).join(' or '))

/** A file's bytes, if their hash is the expected one. */
export const verified =
  (file: string, wanted: Wanted) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, WeightsFile> =>
    pipe(
      files.read(file),
      TE.chain((bytes) => {
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        return fits(wanted, sha256)
          ? TE.right({ file, bytes })
          : TE.left(
              weightsMismatch(file, `SHA-256 ${drawn(wanted)}`, sha256, 'remove it: it differs from the published file')
            )
      })
    )

/** Turns a missing file into null. */
export const orNone = <A>(read: TE.TaskEither<IoError, A>): TE.TaskEither<IoError, A | null> =>
  pipe(
    read,
    TE.map((a): A | null => a),
    TE.orElse((error) => (error._tag === 'NotFound' || error._tag === 'NotAFolder' ? TE.right(null) : TE.left(error)))
  )
