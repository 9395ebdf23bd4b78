/**
 * Options of a server, their defaults and their check.
 *
 * @since 0.1.0
 */
import type { EngineName } from '../engine/index.js'
import { type GraftError, mistakes } from '../GraftError.js'
import { type LearnError, settingError } from '../learn/index.js'

/**
 * One answered request, for a log.
 *
 * @category serving
 * @since 0.1.0
 */
export interface RequestEntry {
  /** ISO 8601. */
  readonly time: string
  readonly method: string
  readonly path: string
  readonly status: number
  /** Milliseconds until the response was ready. */
  readonly ms: number
  /** The model that was asked, and about how many images; null: none. */
  readonly model: string | null
  readonly images: number
  /** The `_tag` of the error in the response; null: none. */
  readonly error: string | null
}

/**
 * Options of `serveHandler`.
 *
 * @category serving
 * @since 0.1.0
 */
export interface ServeOptions {
  /** Prediction threads. Each has its own engine and a copy of every model. Default: one per physical core, at most 4. */
  readonly workers?: number
  /** Threads of each worker's engine. Default: the physical cores shared among the workers, at least 1. */
  readonly threads?: number
  /** Default: `auto` of `acquireEngine`. */
  readonly engine?: EngineName
  /** The most images of a batch. Default 16. */
  readonly maxBatch?: number
  /** Milliseconds that an image waits for others while a worker is idle. Default 2. */
  readonly maxDelay?: number
  /** The most images that wait; with more, a request is answered 503. Default 256. */
  readonly maxQueue?: number
  /** Bytes of a request's body. Default 20 MiB. */
  readonly maxBody?: number
  /** Bytes of all bodies held at once; with more, a request is answered 503. Default 512 MiB. */
  readonly maxHeld?: number
  /** Pixels of an image. Default 50 million. */
  readonly maxPixels?: number
  /** Images of a request. Default 64. */
  readonly maxImages?: number
  /** Milliseconds in which a body must arrive (408), and then its answer (504). Default 30,000. */
  readonly timeout?: number
  /** Bearer token that every request needs, except for the page, `/healthz`, `/readyz` and `/openapi.json`. Default: none. */
  readonly token?: string
  /** Origins of web pages that may send requests (CORS), such as `https://example.org`; `*` for all. Default: none. */
  readonly cors?: ReadonlyArray<string>
  /** Whether `/` is a page for trying the models. Default true. */
  readonly page?: boolean
  /** Called once for each response. Default: ignored. */
  readonly onRequest?: (entry: RequestEntry) => void
  /** Called with warnings of engines, and with the loss of a worker. Default: Node's `process.emitWarning`. */
  readonly onWarning?: (message: string) => void
}

/** Options with their defaults. */
export type Settings = Required<Omit<ServeOptions, 'engine' | 'token'>> & Pick<ServeOptions, 'engine' | 'token'>

type Limits =
  | 'workers'
  | 'threads'
  | 'maxBatch'
  | 'maxDelay'
  | 'maxQueue'
  | 'maxBody'
  | 'maxHeld'
  | 'maxPixels'
  | 'maxImages'
  | 'timeout'

const least: Readonly<Record<Limits, number>> = {
  workers: 1,
  threads: 1,
  maxBatch: 1,
  maxDelay: 0,
  maxQueue: 1,
  maxBody: 1,
  maxHeld: 1,
  maxPixels: 1,
  maxImages: 1,
  timeout: 1
}

/** A browser sends an origin without a path, and without a slash at its end. */
const isOrigin = (text: string): boolean => text === '*' || (URL.canParse(text) && new URL(text).origin === text)

const wrong = (options: ServeOptions): ReadonlyArray<LearnError> => [
  ...(Object.keys(least) as ReadonlyArray<Limits>).flatMap((name) => {
    const value = options[name]
    return value === undefined || (Number.isSafeInteger(value) && value >= least[name])
      ? []
      : [settingError(name, `an integer of at least ${least[name]}`, String(value), 'leave it out for its default')]
  }),
  ...(options.cors ?? []).flatMap((origin) =>
    isOrigin(origin)
      ? []
      : [settingError('cors', 'an origin', JSON.stringify(origin), 'write e.g. https://example.org, without a path')]
  ),
  ...(options.token === undefined || /^[\x21-\x7e]+$/.test(options.token)
    ? []
    : [
        settingError(
          'token',
          'one or more printable ASCII characters without spaces',
          'another text',
          'make one with openssl rand -hex 32'
        )
      ])
]

/** The mistakes in options as one error; null: none. */
export const wrongServeOptions = (options: ServeOptions): GraftError | null => {
  const [first, ...rest] = wrong(options)
  return first === undefined ? null : mistakes('the options of the server', [first, ...rest])
}

/** The defaults depend on the number of cores. */
export const settingsOf = (options: ServeOptions, cores: number): Settings => {
  const workers = options.workers ?? Math.min(4, cores)
  return {
    threads: Math.max(1, Math.floor(cores / workers)),
    maxBatch: 16,
    maxDelay: 2,
    maxQueue: 256,
    maxBody: 20 * 2 ** 20,
    maxHeld: 512 * 2 ** 20,
    maxPixels: 50e6,
    maxImages: 64,
    timeout: 30_000,
    cors: [],
    page: true,
    onRequest: () => undefined,
    onWarning: (message) => process.emitWarning(message, 'GraftWarning'),
    ...options,
    workers
  }
}
