import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasFiles, IoError } from '../../io/index.js'

/** A file to which records are appended. */
export interface GrowingFile {
  readonly add: (record: Uint8Array) => void
  /** Writes what was added since. */
  readonly flush: TE.TaskEither<IoError, void>
}

async function* chunksOf(records: ReadonlyArray<Uint8Array>): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield* records
}

/** Returns a file that is only appended to; it is opened at the first write. */
export const growingFile = ({ files }: HasFiles, file: string): GrowingFile => {
  let end: number | undefined
  let waiting: Array<Uint8Array> = []
  const endOfFile = pipe(
    files.stat(file),
    TE.map(({ bytes }) => bytes),
    TE.orElse((error) =>
      error._tag !== 'NotFound'
        ? TE.left(error)
        : pipe(
            files.write(file, ''),
            TE.map(() => 0)
          )
    )
  )
  return {
    add: (record) => void waiting.push(record),
    flush: async () => {
      if (waiting.length === 0) return E.right(undefined)
      const from = end === undefined ? await endOfFile() : E.right(end)
      if (E.isLeft(from)) return from
      const size = await files.append(file, from.right, chunksOf(waiting))()
      if (E.isLeft(size)) return size
      ;[end, waiting] = [size.right, []]
      return E.right(undefined)
    }
  }
}
