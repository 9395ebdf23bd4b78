/** Downloads to a file that resume after a broken connection or a killed run. */
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasClock } from '../Clock.js'
import type { HasFiles } from '../Files.js'
import { type HasHttp, type HttpReply } from './Http.js'
import { unreachable, type IoError } from '../IoError.js'
import type { HasProgress } from '../Progress.js'

/**
 * Retry policy of a download: `retries` more attempts after a failed one (5, as in fastai), the first after `pause`
 * milliseconds (500), each later one after twice the previous pause. An attempt fails after `patience` milliseconds
 * (30,000) without a byte.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Stubbornness {
  readonly retries: number
  readonly pause: number
  readonly patience: number
}
export const defaultStubbornness: Stubbornness = { retries: 5, pause: 500, patience: 30_000 }

type Env = HasFiles & HasHttp & HasClock & HasProgress

/** A file beside the partial download with the ETag of its version. */
const noteOf = (part: string): string => `${part}.etag`

/**
 * The progress of an earlier attempt. Without the ETag the partial download could belong to another version and is not
 * used.
 */
const sofar =
  (part: string) =>
  ({ files }: Pick<Env, 'files'>): TE.TaskEither<IoError, { readonly from: number; readonly etag: string }> =>
    pipe(
      TE.Do,
      TE.bind('etag', () => files.readText(noteOf(part))),
      TE.bind('from', () =>
        pipe(
          files.stat(part),
          TE.map(({ bytes }) => bytes)
        )
      ),
      TE.map(({ etag, from }) => (etag === '' ? { from: 0, etag } : { from, etag })),
      TE.orElse((error) => (error._tag === 'NotFound' ? TE.right({ from: 0, etag: '' }) : TE.left(error)))
    )

async function* told(url: string, reply: HttpReply, progress: Env['progress']): AsyncGenerator<Uint8Array> {
  let done = reply.from
  for await (const chunk of reply.body) {
    yield chunk
    done += chunk.length
    progress({ stage: 'download', what: url, done, total: reply.total })()
  }
}

/** A failed attempt, and whether to retry; some responses will not change. */
interface Failed {
  readonly error: IoError
  readonly final: boolean
}

const once =
  (url: string, part: string, patience: number) =>
  (env: Env): TE.TaskEither<Failed, void> => {
    const passing = (error: IoError): Failed => ({
      error,
      final: error._tag !== 'Unreachable' && error._tag !== 'IoFailure'
    })
    const refused = (found: string, final: boolean): Failed => ({
      error: unreachable(url, 'the whole file', found, 'check the url, or put the file into the cache manually'),
      final
    })
    const keep = (reply: HttpReply) =>
      pipe(
        env.files.put(noteOf(part), reply.etag.startsWith('W/') ? '' : reply.etag),
        TE.chain(() => env.files.append(part, reply.from, told(url, reply, env.progress))),
        TE.mapLeft(passing),
        TE.chain((bytes) =>
          reply.total === 0 || bytes === reply.total
            ? TE.right(undefined)
            : TE.left(refused(`${bytes} of ${reply.total} bytes`, false))
        )
      )
    return pipe(
      sofar(part)(env),
      TE.mapLeft(passing),
      TE.chain(({ from, etag }) =>
        pipe(
          env.http.get({ url, from, ifSame: etag, patience }),
          TE.mapLeft((error) => passing({ ...error, hint: `${error.hint}, or put the file into the cache manually` })),
          TE.chain((reply) => {
            if (reply.status === 200 || (reply.status === 206 && reply.from === from)) return keep(reply)
            const impossible = reply.status === 416 || reply.status === 206
            return pipe(
              impossible ? env.files.remove(part) : TE.right(undefined),
              TE.mapLeft(passing),
              TE.chain(() =>
                TE.left(
                  refused(
                    `HTTP status ${reply.status}`,
                    reply.status >= 400 && reply.status < 500 && ![408, 416, 429].includes(reply.status)
                  )
                )
              )
            )
          })
        )
      )
    )
  }

/** The last segment of a URL as a file name, with only characters that are safe in a path. */
export const fileNameOf = (url: string, none: string): string => {
  const last =
    url
      .replace(/[?#].*$/, '')
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? none
  return last.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_')
}

/** Downloads a URL to `part`, resuming a partial download. */
export const downloadTo = (url: string, part: string, how: Stubbornness): RTE.ReaderTaskEither<Env, IoError, void> => {
  const attempt =
    (tried: number) =>
    (env: Env): TE.TaskEither<IoError, void> =>
      pipe(
        once(url, part, how.patience)(env),
        TE.orElse(({ error, final }) =>
          final || tried >= how.retries
            ? TE.left(error)
            : pipe(
                TE.fromTask<void, IoError>(env.clock.sleep(how.pause * 2 ** tried)),
                TE.chain(() => attempt(tried + 1)(env))
              )
        )
      )
  return (env) =>
    pipe(
      attempt(0)(env),
      TE.chain(() => env.files.remove(noteOf(part)))
    )
}
