/** A file that is written part by part. */
import { Readable } from 'node:stream'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Files } from '../Files.js'
import type { IoError } from '../IoError.js'

export interface GrowingFile {
  readonly path: string
  readonly size: () => number
  readonly append: (chunks: Iterable<Uint8Array>) => TE.TaskEither<IoError, void>
}

export const growingFile = (files: Files, path: string): GrowingFile => {
  let size = 0
  return {
    path,
    size: () => size,
    append: (chunks) =>
      pipe(
        TE.fromIO(() => size),
        TE.chain((from) => files.append(path, from, Readable.from(chunks))),
        TE.map((end) => {
          size = end
        })
      )
  }
}
