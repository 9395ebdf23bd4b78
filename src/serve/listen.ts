/** A server of Node before a handler: limits of connections, errors below HTTP, and an end that loses no answer. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { ioFailure } from '../io/index.js'
import { errorJson, failure } from './requests/replies.js'
import { badRequest, contentTooLarge, requestTimeout } from './ServeError.js'
import type { ServeHandler } from './serveHandler.js'

export interface ListenOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Milliseconds in which the headers of a request must arrive. */
  readonly timeout: number
}

export interface Listening {
  readonly url: string
  /** Accepts no more connections, finishes the requests in progress, and closes the handler. */
  readonly stop: Task<void>
}

/** Faults of a connection, before there is a request. */
const faultOf = (cause: NodeJS.ErrnoException, timeout: number): readonly [status: string, GraftError] => {
  switch (cause.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', requestTimeout('headers', `headers within ${timeout} ms`, 'less', 'try again')]
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', contentTooLarge('headers', 'at most 16 KiB', 'more', 'send fewer')]
    default:
      return ['400 Bad Request', badRequest('request', 'HTTP/1.1', cause.message, 'send a request of HTTP')]
  }
}

const reject =
  (timeout: number) =>
  (cause: NodeJS.ErrnoException, socket: Socket): void => {
    if (cause.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, error] = faultOf(cause, timeout)
    const body = JSON.stringify({ error: errorJson(error) })
    const head = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
    socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
  }

const urlOf = (server: Server): string => {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** After the last answer, connections have this long to close. */
const closingMs = 1000

const stopped = (server: Server, handler: Pick<ServeHandler, 'close'>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    void handler.close().then(() => {
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), closingMs).unref()
    })
  })

/** Listens on a port until it is stopped. */
export const listen =
  (
    handler: Pick<ServeHandler, 'fetch' | 'close'>,
    { host, port, timeout }: ListenOptions
  ): TE.TaskEither<GraftError, Listening> =>
  () =>
    new Promise((resolve) => {
      const answer = getRequestListener(handler.fetch, {
        hostname: 'localhost',
        errorHandler: (cause) =>
          failure(badRequest('request', 'a valid URL and Host header', String(cause), 'send those'))
      })
      const server = createServer(
        { headersTimeout: timeout, requestTimeout: 2 * timeout, connectionsCheckingInterval: 1000 },
        (incoming, outgoing) => void answer(incoming, outgoing)
      )
      server.on('clientError', reject(timeout))
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const inUse = cause.code === 'EADDRINUSE'
        const hint = inUse
          ? 'stop the other program, or choose another port with --port'
          : 'choose another address or port'
        const found = inUse ? 'one that another program uses' : cause.message
        resolve(E.left(ioFailure(`${host}:${port}`, 'a free address', found, hint)))
      })
      server.listen(port, host, () => {
        resolve(E.right({ url: urlOf(server), stop: () => stopped(server, handler) }))
      })
    })
