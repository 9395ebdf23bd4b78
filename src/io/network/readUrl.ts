/**
 * The content of a URL, in memory.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type HasHttp, notReached } from './Http.js'
import { type IoError, unreachable } from '../IoError.js'

class TooLarge extends Error {}

const collected = async (body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > most) throw new TooLarge(`more than ${most} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Reads the content of a URL: at most `most` bytes (256 MiB), so that an endless response does not fill the memory.
 *
 * @example
 * import { nodeIo } from 'graft-vision/node'
 * import { readUrl } from '../index.js'
 *
 * const result = await readUrl('http://127.0.0.1:1/cat.jpg')(nodeIo())()
 * assert.ok(result._tag === 'Left' && result.left._tag === 'Unreachable')
 *
 * @since 0.1.0
 */
export const readUrl =
  (url: string, most = 256 * 2 ** 20): ReaderTaskEither<HasHttp, IoError, Uint8Array> =>
  ({ http }) =>
    pipe(
      http.get({ url, from: 0, ifSame: '', patience: 30_000 }),
      TE.mapLeft((error) => ({ ...error, hint: `${error.hint}, or download it and pass the file` })),
      TE.filterOrElse(
        ({ status }) => status === 200,
        ({ status }): IoError => unreachable(url, 'status 200', `status ${status}`, 'check the url')
      ),
      TE.chain(({ body }) =>
        TE.tryCatch(
          () => collected(body, most),
          (cause) =>
            cause instanceof TooLarge
              ? unreachable(url, `at most ${most} bytes`, cause.message, 'download it, and pass the file')
              : notReached(url)(cause)
        )
      )
    )
