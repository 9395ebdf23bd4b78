/**
 * `Http`: network requests as a capability.
 *
 * @since 0.1.0
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, unreachable, type IoError } from '../IoError.js'
import { webFetch, webRequest } from './webFetch.js'

/**
 * A request for a URL from a byte on; `ifSame` is the version (ETag) of the part downloaded before.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface HttpRequest {
  readonly url: string
  readonly from: number
  readonly ifSame: string
  /** Timeout without receiving a byte, in milliseconds. */
  readonly patience: number
}

/**
 * The response; reading `body` may throw.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface HttpReply {
  readonly status: number
  /** Position of the body's first byte. */
  readonly from: number
  /** Total size, 0 if unknown. */
  readonly total: number
  readonly etag: string
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * A request to a service, with a body that is sent at once.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface HttpCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Null: none. */
  readonly body: string | Uint8Array | null
  /** Timeout of the whole call, in milliseconds. */
  readonly patience: number
}

/**
 * The answer of a service.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/**
 * Network operations of graft.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Http {
  readonly get: (request: HttpRequest) => TaskEither<IoError, HttpReply>
  /** Calls a service. Any status is an answer. */
  readonly call: (call: HttpCall) => TaskEither<IoError, HttpAnswer>
}

/**
 * Requires the network.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasHttp {
  readonly http: Http
}

const numberIn = (text: string | null, pattern: RegExp): number => Number(pattern.exec(text ?? '')?.[1] ?? 0)

const get = async ({ url, from, ifSame, patience }: HttpRequest): Promise<HttpReply> => {
  const fetch = await webFetch()
  const impatience = new AbortController()
  const start = () =>
    setTimeout(() => impatience.abort(new Error(`no data was received for ${patience / 1000} s`)), patience).unref()
  let timer = start()
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (from > 0) {
    headers['range'] = `bytes=${from}-`
    headers['if-range'] = ifSame
  }
  const response = await fetch(url, { headers, signal: impatience.signal }).finally(() => clearTimeout(timer))
  const range = response.headers.get('content-range')
  const length = numberIn(response.headers.get('content-length'), /^(\d+)$/)
  async function* body(): AsyncGenerator<Uint8Array> {
    timer = start()
    try {
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer)
        yield chunk
        timer = start()
      }
    } finally {
      clearTimeout(timer)
    }
  }
  const partial = response.status === 206
  return {
    status: response.status,
    from: partial ? numberIn(range, /^bytes (\d+)-/) : 0,
    total: partial ? numberIn(range, /\/(\d+)$/) : length,
    etag: response.headers.get('etag') ?? '',
    body: body()
  }
}

const call = ({ url, method, headers, body, patience }: HttpCall): Promise<HttpAnswer> =>
  webRequest(url, { method, headers, body, signal: AbortSignal.timeout(patience) })

/**
 * The network through `fetch`, with the proxy given by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * const request = { url: 'http://127.0.0.1:1/nothing.tgz', from: 0, ifSame: '', patience: 1000 }
 * const reply = await Io.nodeHttp.get(request)()
 * assert.strictEqual(reply._tag === 'Left' && reply.left._tag, 'Unreachable')
 *
 * @category capabilities
 * @since 0.1.0
 */
export const nodeHttp: Http = {
  get: (request) => TE.tryCatch(() => get(request), notReached(request.url)),
  call: (of) => TE.tryCatch(() => call(of), notReached(of.url))
}

/** The error for a failed or interrupted connection; `fetch` gives the reason only in the error's cause. */
export function notReached(url: string): (cause: unknown) => IoError {
  return (cause) => {
    const why = cause instanceof Error && cause.cause !== undefined ? `: ${messageOf(cause.cause)}` : ''
    return unreachable(url, 'an answer', `${messageOf(cause)}${why}`, 'check the url and the network')
  }
}
