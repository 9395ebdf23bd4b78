/** The routes of a server. */
import { createHash, timingSafeEqual } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { GraftError } from '../GraftError.js'
import { answered, type Answered, type Asking, type AskEnv, type Noted, threshOf } from './asking.js'
import type { Metrics } from './metrics.js'
import { openapi } from './openapi.js'
import { allFailed, embedJson, failure, json, modelsJson, png, predictJson } from './requests/replies.js'
import { badRequest, internalError, methodNotAllowed, unauthorized, unknownResource, wrongTask } from './ServeError.js'
import type { Answer, Question } from './threads/ThreadMessage.js'

export interface AppEnv extends AskEnv {
  readonly metrics: Metrics
  /** The page at `/`; null: none. */
  readonly page: string | null
  /** Null: requests are accepted. */
  readonly unready: () => GraftError | null
}

interface Types {
  readonly Bindings: { readonly noted: Noted }
}

type Routed = Context<Types>
type Reply = (c: Routed) => Response | Promise<Response>

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Null: the request has the token. Digests have one length, and comparing them takes the same time for all. */
const tokenFault = (expected: Buffer, header: string | undefined): GraftError | null => {
  const [, given] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? []
  return given !== undefined && timingSafeEqual(digest(given), expected)
    ? null
    : unauthorized(
        'authorization',
        'the bearer token of this server',
        header === undefined ? 'no Authorization header' : 'another value',
        'send Authorization: Bearer TOKEN'
      )
}

/** Puts an error into the response, and its kind into the log. */
const refuse = ({ queue }: AskEnv, c: Routed, error: GraftError): Response => {
  c.env.noted.error = error._tag
  switch (error._tag) {
    case 'Overloaded':
      return failure(error, { 'retry-after': String(queue.retryAfter()) })
    case 'Unauthorized':
      return failure(error, { 'www-authenticate': 'Bearer' })
    // the rest of the body is not read
    case 'RequestTimeout':
    case 'ContentTooLarge':
      return failure(error, { connection: 'close' })
    default:
      return failure(error)
  }
}

type Replying = (answered: Answered, c: Routed) => E.Either<GraftError, Response>

const namesOf = ({ images }: Asking): ReadonlyArray<string> => images.map(({ name }) => name)

const onlyAnswer = ({ answers }: Answered): Answer | undefined => {
  const [first] = answers
  return answers.length === 1 && first !== undefined && E.isRight(first) ? first.right : undefined
}

const predictions: Replying = (given, c) => {
  const only = onlyAnswer(given)
  if ((c.req.header('accept') ?? '').startsWith('image/png'))
    return only?._tag === 'Drawn'
      ? E.right(png(only.png))
      : E.left(wrongTask('accept', 'one image, and a model that draws', 'another request', 'accept application/json'))
  return E.map((thresh: number) => json(predictJson(given.model, namesOf(given), given.answers, thresh)))(
    threshOf(given.parameters)
  )
}

const embeddings: Replying = (given) => E.right(json(embedJson(given.model, namesOf(given), given.answers)))

const explanation: Replying = (given) => {
  const only = onlyAnswer(given)
  return only?._tag === 'Explained'
    ? E.right(png(only.png, only.class === null ? {} : { 'x-graft-class': encodeURIComponent(only.class) }))
    : E.left(internalError('explain', 'a picture', 'none', 'try again'))
}

const explainQuestion = ({ images, parameters }: Asking): E.Either<GraftError, Question> =>
  images.length === 1
    ? E.right({ _tag: 'Explain', class: parameters.class ?? null })
    : E.left(badRequest('body', 'one image', `${images.length}`, 'send a request for each'))

/** The threshold is checked before anything is computed. */
const predictQuestion = ({ parameters }: Asking): E.Either<GraftError, Question> =>
  E.map((): Question => ({ _tag: 'Predict' }))(threshOf(parameters))

const asked =
  (env: AppEnv, questionOf: (asking: Asking) => E.Either<GraftError, Question>, reply: Replying): Reply =>
  async (c) => {
    const unready = env.unready()
    if (unready !== null) return refuse(env, c, unready)
    const given = await answered(env)(c.req.raw, c.env.noted, questionOf)
    if (E.isLeft(given)) return refuse(env, c, given.left)
    const failed = allFailed(namesOf(given.right), given.right.answers)
    if (failed !== undefined) return refuse(env, c, failed)
    const response = reply(given.right, c)
    return E.isLeft(response) ? refuse(env, c, response.left) : response.right
  }

/** No other site may show the page in a frame; its own policy is in the document. */
const pageResponse = (page: string): Response =>
  new Response(page, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "frame-ancestors 'none'",
      'cache-control': 'no-cache'
    }
  })

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly open: boolean
  readonly reply: Reply
}

const routesOf = (env: AppEnv): ReadonlyArray<Route> => {
  const post = (path: string, reply: Reply): Route => ({ method: 'POST', path, open: false, reply })
  const get = (path: string, open: boolean, reply: Reply): Route => ({ method: 'GET', path, open, reply })
  return [
    post('/predict', asked(env, predictQuestion, predictions)),
    post(
      '/embed',
      asked(env, () => E.right({ _tag: 'Embed' }), embeddings)
    ),
    post('/explain', asked(env, explainQuestion, explanation)),
    get('/models', false, () => json(modelsJson(env.generations.current().models))),
    get('/metrics', false, (c) => c.text(env.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' })),
    get('/healthz', true, () => json({ status: 'ok' })),
    get('/readyz', true, (c) => {
      const unready = env.unready()
      return unready === null ? json({ status: 'ready' }) : refuse(env, c, unready)
    }),
    get('/openapi.json', true, () => json(openapi)),
    ...(env.page === null ? [] : [get('/', true, () => pageResponse(env.page!))])
  ]
}

export interface App {
  readonly app: Hono<Types>
  readonly paths: ReadonlySet<string>
}

/** The routes, and the paths that they have. */
export const appOf = (env: AppEnv): App => {
  const { token, cors: origins } = env.settings
  const app = new Hono<Types>()
  if (origins.length > 0)
    app.use(
      '*',
      cors({
        origin: origins.includes('*') ? '*' : [...origins],
        allowMethods: ['GET', 'POST'],
        allowHeaders: ['authorization', 'content-type'],
        exposeHeaders: ['x-graft-class', 'retry-after'],
        maxAge: 600
      })
    )
  const expected = token === undefined ? undefined : digest(token)
  const routes = routesOf(env)
  for (const { method, path, open, reply } of routes) {
    app.on(method, path, (c) => {
      const fault = open || expected === undefined ? null : tokenFault(expected, c.req.header('authorization'))
      return fault === null ? reply(c) : refuse(env, c, fault)
    })
    app.all(path, (c) => {
      const error = methodNotAllowed(path, method, c.req.method, `send ${method} ${path}`)
      const response = refuse(env, c, error)
      response.headers.set('allow', method === 'GET' ? 'GET, HEAD' : method)
      return response
    })
  }
  const paths = routes.map(({ path }) => path)
  app.notFound((c) =>
    refuse(
      env,
      c,
      unknownResource(c.req.path, `one of ${paths.join(', ')}`, 'another path', 'GET /openapi.json describes them')
    )
  )
  app.onError((cause, c) => refuse(env, c, internalError(c.req.path, 'no exception', String(cause), 'report this')))
  return { app, paths: new Set(paths) }
}
