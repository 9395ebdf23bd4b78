/** Reading of a request's body within its limits of bytes and time. */
import * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../../GraftError.js'
import { badRequest, contentTooLarge, overloaded, requestTimeout } from '../ServeError.js'

/** The bytes of all bodies that are held, of all requests together. */
export interface Held {
  bytes: number
}

export interface BodyLimits {
  readonly maxBody: number
  readonly maxHeld: number
  /** Milliseconds. */
  readonly timeout: number
}

/** A body, which counts as held until it is released. */
export interface Body {
  readonly bytes: Uint8Array
  readonly release: () => void
}

const tooLarge = (maxBody: number, found: string): GraftError =>
  contentTooLarge('body', `at most ${maxBody} bytes`, found, 'send smaller or fewer images')

const late = Symbol('late')

/** Rejects as the stream does; resolves with `late` at the deadline. */
const before = <A>(deadline: Promise<typeof late>, step: Promise<A>): Promise<A | typeof late> =>
  Promise.race([step, deadline])

const joined = (parts: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const bytes = new Uint8Array(length)
  parts.reduce((at, part) => {
    bytes.set(part, at)
    return at + part.length
  }, 0)
  return bytes
}

/** Reads a body to its end, unless it is too large, too slow, or breaks off. */
export const readBody = async (
  request: Request,
  held: Held,
  { maxBody, maxHeld, timeout }: BodyLimits
): Promise<E.Either<GraftError, Body>> => {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > maxBody) return E.left(tooLarge(maxBody, `${announced}`))
  const full = (): GraftError =>
    overloaded('body', `at most ${maxHeld} bytes of all requests together`, 'more', 'try again in 1 s')
  if (held.bytes + announced > maxHeld) return E.left(full())

  const parts: Array<Uint8Array> = []
  let length = 0
  const release = (): void => {
    held.bytes -= length
    length = 0
  }
  const refuse = (error: GraftError): E.Either<GraftError, never> => {
    release()
    return E.left(error)
  }
  if (request.body === null) return E.right({ bytes: new Uint8Array(), release })
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<typeof late>((resolve) => (timer = setTimeout(() => resolve(late), timeout)))
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  try {
    for (;;) {
      const next = await before(deadline, reader.read())
      if (next === late) {
        void reader.cancel().catch(() => undefined)
        return refuse(requestTimeout('body', `a body within ${timeout} ms`, `${length} bytes by then`, 'try again'))
      }
      if (next.done) return E.right({ bytes: joined(parts, length), release })
      parts.push(next.value)
      length += next.value.length
      held.bytes += next.value.length
      if (length > maxBody || held.bytes > maxHeld) {
        void reader.cancel().catch(() => undefined)
        return refuse(length > maxBody ? tooLarge(maxBody, 'more') : full())
      }
    }
  } catch (cause) {
    return refuse(badRequest('body', 'a whole body', `it broke off (${String(cause)})`, 'send it again'))
  } finally {
    clearTimeout(timer)
  }
}
