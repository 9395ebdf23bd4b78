/**
 * `serveHandler`: trained models behind HTTP, as a function from requests to responses.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Task } from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { physicalCores } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import { nodeFiles, pageAssets } from '../io/index.js'
import { settingError } from '../learn/index.js'
import type { AppEnv, App } from './app.js'
import type { Noted } from './asking.js'
import { newGenerations } from './generations.js'
import { newMetrics } from './metrics.js'
import { predictionQueue } from './predictionQueue.js'
import { overloaded } from './ServeError.js'
import { type ServeOptions, type Settings, settingsOf, wrongServeOptions } from './ServeOptions.js'
import { servePage } from './servePage.js'
import { predictionThreads } from './threads/predictionThreads.js'
import type { NamedModel, ServedModel } from './threads/ThreadMessage.js'

/**
 * Models that answer requests.
 *
 * @category serving
 * @since 0.1.0
 */
export interface ServeHandler {
  /** Answers a request. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>
  /**
   * Loads models in place of the current ones, by default from the same files. They are loaded first and then exchanged
   * at once; if one of them cannot be loaded, the current ones stay.
   */
  readonly reload: (models?: Readonly<Record<string, string>>) => TE.TaskEither<GraftError, ReadonlyArray<string>>
  /** Answers the requests in progress, refuses new ones (503), and ends the workers. */
  readonly close: Task<void>
}

const namedModels = (models: Readonly<Record<string, string>>): E.Either<GraftError, ReadonlyArray<NamedModel>> => {
  const named = Object.entries(models).map(([name, path]) => ({ name, path }))
  const strange = named.find(({ name }) => !/^[\w.-]+$/.test(name))
  if (strange !== undefined)
    return E.left(
      settingError(
        'models',
        'names of letters, digits, ., _ and -',
        JSON.stringify(strange.name),
        'choose another name'
      )
    )
  return named.length > 0
    ? E.right(named)
    : E.left(settingError('models', 'at least one model', 'none', "pass e.g. { pets: 'graft-out/pets' }"))
}

/** Security headers of every response; those of the page come in addition. */
const secured = (response: Response): Response => {
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('cross-origin-resource-policy', 'same-origin')
  return response
}

const started = (makeApp: (env: AppEnv) => App, settings: Settings, page: string | null) => {
  const { workers, engine, threads: engineThreads, maxPixels, maxBatch, onWarning, onRequest } = settings
  const held = { bytes: 0 }
  let isClosing = false
  let underWay = 0
  let drained: () => void = () => undefined
  const threads = predictionThreads(
    workers,
    { engine, threads: engineThreads, maxPixels, maxBatch },
    {
      onIdle: () => queue.dispatch(),
      onWarning,
      onLost: ({ ...error }) => onWarning('found' in error ? `a worker was lost: ${error.found}` : 'a worker was lost')
    }
  )
  const generations = newGenerations(threads)
  const metrics = newMetrics({
    waiting: () => queue.length(),
    ready: () => threads.ready(),
    heldBytes: () => held.bytes
  })
  const queue = predictionQueue(threads, settings, { onBatch: metrics.onBatch })
  const unready = (): GraftError | null => {
    if (isClosing) return overloaded('server', 'a running server', 'one that is stopping', 'ask another one')
    return threads.ready() === 0
      ? overloaded('server', 'a worker that is ready', 'none', 'try again in a second')
      : null
  }
  const { app, paths } = makeApp({ settings, held, generations, queue, metrics, page, unready })

  const fetch = async (request: Request): Promise<Response> => {
    const start = performance.now()
    const noted: Noted = { model: null, images: 0, error: null }
    underWay++
    try {
      const response = secured(await app.fetch(request, { noted }))
      const { status } = response
      const path = new URL(request.url).pathname
      const ms = performance.now() - start
      metrics.onResponse(paths.has(path) ? path : 'other', status, ms)
      onRequest({ time: new Date().toISOString(), method: request.method, path, status, ms, ...noted })
      return response
    } finally {
      if (--underWay === 0 && isClosing) drained()
    }
  }

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    isClosing = true
    if (underWay > 0) await new Promise<void>((resolve) => (drained = resolve))
    await threads.close()
  }

  return {
    generations,
    fetch,
    close: () => (closing ??= close())
  }
}

const namesOf = (models: ReadonlyArray<ServedModel>): ReadonlyArray<string> => models.map(({ name }) => name)

/**
 * Loads trained models (names and paths: runs, exports or model files) into worker threads, and returns what answers
 * requests: `POST /predict`, `/embed` and `/explain`; `GET /models`, `/healthz`, `/readyz`, `/metrics`,
 * `/openapi.json`, and a page at `/`. The first model is the default one; `?model=NAME` asks another. `fetch` has the
 * form that Hono, Bun, Deno and service workers use; the command `graft serve` puts it behind an HTTP server. Close it,
 * or its workers keep the process alive.
 *
 * Decoding and prediction run in the workers, so the event loop stays free. Images that wait are predicted in batches.
 * Errors: those of loading a model and of starting an engine; `SettingError` for an option. Errors of requests are
 * responses, with `{ error: { code, message, ... } }`.
 *
 * @example
 * import { arch, digits, nn } from 'graft-vision'
 * import { cnnLearner, exportLearner, openData, serveHandler, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const conv = nn.named('conv', nn.conv2d(3, 8, 5))
 * const small = arch({ name: 'small', network: nn.sequential(conv, nn.named('pool', nn.maxPool2d(2))) })
 * const exported = pipe(
 *   openData(digits({ n: 16, valid: 4 })),
 *   RTE.chainW((data) => cnnLearner(data, small, { linFtrs: [] })),
 *   RTE.chainFirstW(exportLearner('to-serve'))
 * )
 * assert.ok(E.isRight(await withNodeEnv()(exported)()))
 *
 * const served = await serveHandler({ small: 'to-serve' }, { workers: 1 })()
 * if (E.isLeft(served)) throw new Error(served.left._tag)
 * const response = await served.right.fetch(new Request('http://localhost/models'))
 * assert.strictEqual(response.status, 200)
 * await served.right.close()
 *
 * @category serving
 * @since 0.1.0
 */
export const serveHandler = (
  models: Readonly<Record<string, string>>,
  options: ServeOptions = {}
): TE.TaskEither<GraftError, ServeHandler> =>
  pipe(
    TE.fromEither(namedModels(models)),
    TE.filterOrElseW(
      () => wrongServeOptions(options) === null,
      () => wrongServeOptions(options)!
    ),
    TE.chain((named) => async (): Promise<E.Either<GraftError, ServeHandler>> => {
      // loaded when needed: most programs of this entry serve nothing
      const { appOf } = await import('./app.js')
      const settings = settingsOf(options, physicalCores())
      const assets = settings.page ? await pageAssets({ files: nodeFiles })() : E.right(null)
      if (E.isLeft(assets)) return assets
      const page = assets.right === null ? null : servePage(assets.right)
      const { generations, fetch, close } = started(appOf, settings, page)
      const loaded = await generations.replace(named)()
      if (E.isLeft(loaded)) {
        await close()
        return loaded
      }
      return E.right({
        fetch,
        reload: (others = models) =>
          pipe(TE.fromEither(namedModels(others)), TE.chain(generations.replace), TE.map(namesOf)),
        close
      })
    })
  )
