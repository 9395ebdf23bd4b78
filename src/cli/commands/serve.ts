/** `graft serve`: serves predictions of trained models until a signal stops it. */
import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { nodeFiles } from '../../io/index.js'
import { settingError } from '../../learn/index.js'
import { listen, type Listening, type RequestEntry, serveHandler, type ServeHandler } from '../../serve/index.js'
import { engineFlag, given, positive, readFlags, whole } from '../flags/flags.js'
import { complain } from '../output/complain.js'
import { exitCodes } from '../output/exit.js'
import type { Terminal } from '../output/Terminal.js'

export interface ServeFlags {
  readonly host?: string
  readonly port?: string
  readonly tokenFile?: string
  readonly cors?: string
  readonly page?: boolean
  readonly workers?: string
  readonly threads?: string
  readonly engine?: string
  readonly maxBatch?: string
  readonly maxDelay?: string
  readonly maxQueue?: string
  readonly maxBody?: string
  readonly maxPixels?: string
  readonly maxImages?: string
  readonly timeout?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

type Models = Readonly<Record<string, string>>

const loopback = ['127.0.0.1', '::1', 'localhost']

/** The folder of a run or an export; characters that a URL would need escaped are replaced. */
const defaultName = (path: string): string => {
  const whole = resolve(path)
  const folder = basename(whole) === 'model.safetensors' ? dirname(whole) : whole
  return basename(folder)
    .replace(/\.safetensors$/, '')
    .replaceAll(/[^\w.-]/g, '_')
}

/** `NAME=PATH`, unless there is a file or folder of the whole name. */
const modelNamed = (text: string): readonly [name: string, path: string] => {
  const [, name, path] = /^([\w.-]+)=(.+)$/.exec(text) ?? []
  return name === undefined || path === undefined || existsSync(text) ? [defaultName(text), text] : [name, path]
}

const modelsOf = (texts: ReadonlyArray<string>): E.Either<GraftError, Models> => {
  const named = texts.map(modelNamed)
  const twice = named.find(([name], i) => named.findIndex(([other]) => other === name) !== i)
  return twice === undefined
    ? E.right(Object.fromEntries(named))
    : E.left(
        settingError('MODEL', 'a different name for each model', `${twice[0]} twice`, `write e.g. other=${twice[1]}`)
      )
}

const numbersOf = (flags: ServeFlags) =>
  readFlags({
    port: whole('--port', 0, '8000', 65535)(flags.port),
    workers: whole('--workers', 1, '2', 512)(flags.workers),
    threads: whole('--threads', 1, '2', 512)(flags.threads),
    engine: engineFlag(flags.engine),
    maxBatch: whole('--max-batch', 1, '16', 1024)(flags.maxBatch),
    maxDelay: whole('--max-delay', 0, '2', 60_000)(flags.maxDelay),
    maxQueue: whole('--max-queue', 1, '256')(flags.maxQueue),
    maxBody: positive('--max-body', '20')(flags.maxBody),
    maxPixels: positive('--max-pixels', '50')(flags.maxPixels),
    maxImages: whole('--max-images', 1, '64')(flags.maxImages),
    timeout: positive('--timeout', '30')(flags.timeout)
  })

/** The token of a file, or of the environment. An argument would be readable by every user of the machine. */
const tokenOf = (file: string | undefined): TE.TaskEither<GraftError, string | undefined> =>
  file === undefined
    ? TE.right(process.env['GRAFT_TOKEN'] === '' ? undefined : process.env['GRAFT_TOKEN'])
    : pipe(
        nodeFiles.read(file),
        TE.map((bytes) => Buffer.from(bytes).toString().trim()),
        TE.filterOrElseW(
          (text) => text !== '',
          () => settingError('--token-file', 'a token', 'an empty file', 'write one: openssl rand -hex 32 > FILE')
        )
      )

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : Math.max(1, Math.round(value * factor))

const drawEntry = ({ method, path, status, ms, model, images, error }: RequestEntry): string =>
  [
    `${method} ${path} ${status} ${ms.toFixed(1)} ms`,
    ...(model === null ? [] : [`${model}, ${images} ${images === 1 ? 'image' : 'images'}`]),
    ...(error === null ? [] : [error])
  ].join('  ')

/** Resolves with the exit code once a signal has stopped the server. */
const untilStopped = (
  handler: ServeHandler,
  listening: Listening,
  say: (message: string) => void,
  report: (error: GraftError) => void
): Promise<number> =>
  new Promise((done) => {
    const reload = async (): Promise<void> => {
      say('loading the models again')
      const loaded = await handler.reload()()
      if (E.isRight(loaded)) return say(`now serving the new ${loaded.right.join(', ')}`)
      report(loaded.left)
      say('the old models stay')
    }
    let isStopping = false
    const stop = (): void => {
      if (isStopping) {
        say('ended at once')
        process.exit(exitCodes.interrupted)
      }
      isStopping = true
      say('stopping after the requests in progress')
      void listening.stop().then(() => done(exitCodes.done))
    }
    process.on('SIGHUP', () => void reload())
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })

/** `graft serve MODEL...`: the exit code. */
export const serveCommand =
  (texts: ReadonlyArray<string>, flags: ServeFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const isJson = flags.json === true
    const { host = '127.0.0.1', cors, page } = flags
    const say = (message: string): void => terminal.note(isJson ? JSON.stringify({ message }) : message)
    const warn = (message: string): void =>
      terminal.note(isJson ? JSON.stringify({ warning: message }) : `warning: ${message}`)
    const onRequest = (entry: RequestEntry): void =>
      flags.quiet === true ? undefined : terminal.note(isJson ? JSON.stringify(entry) : drawEntry(entry))
    return pipe(
      TE.Do,
      TE.bind('numbers', () => TE.fromEither(numbersOf(flags))),
      TE.bind('models', () => TE.fromEither(modelsOf(texts))),
      TE.bind('token', () => tokenOf(flags.tokenFile)),
      TE.chainFirst(({ token }) => {
        if (token === undefined && !loopback.includes(host))
          warn(`everybody who reaches ${host} can send requests: set GRAFT_TOKEN, or leave out --host`)
        return TE.right(undefined)
      }),
      TE.bind('handler', ({ numbers: { port: _, maxBody, maxPixels, timeout, ...numbers }, models, token }) =>
        serveHandler(
          models,
          given({
            ...numbers,
            maxBody: scaled(maxBody, 2 ** 20),
            maxPixels: scaled(maxPixels, 1e6),
            timeout: scaled(timeout, 1000),
            token,
            cors: cors?.split(',').map((origin) => origin.trim()),
            page,
            onRequest,
            onWarning: warn
          })
        )
      ),
      TE.bind('listening', ({ handler, numbers: { port = 8000, timeout } }) =>
        pipe(
          listen(handler, { host, port, timeout: scaled(timeout, 1000) ?? 30_000 }),
          TE.orElseFirstTaskK(() => handler.close)
        )
      ),
      TE.chainTaskK(({ handler, listening, models }) => async () => {
        const names = Object.keys(models)
        terminal.result(
          isJson
            ? JSON.stringify({ url: listening.url, models: names })
            : `serving ${names.join(', ')} at ${listening.url}`
        )
        return untilStopped(handler, listening, say, complain(terminal, isJson))
      })
    )
  }
