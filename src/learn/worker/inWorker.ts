/**
 * `inWorker`: a program that runs in a worker thread of its own, so that the event loop of the calling thread stays free.
 *
 * @category environment
 * @since 0.1.0
 */
import { createRequire } from 'node:module'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { ioFailure } from '../../io/index.js'
import type { Event, Verdict } from '../../recipe/index.js'
import type { GraftEnv, NodeEnvOptions } from '../Env.js'
import { wrongEnvOptions } from '../envOptions.js'
import { settingError } from '../LearnError.js'
import { type FromWorker, programAt, type ToWorker, withIdleFunctions, type WorkerTask } from './WorkerMessage.js'

/**
 * A function that a module exports for `inWorker`. Its argument and the result of its program must be cloneable by
 * `structuredClone`: records, arrays, maps and typed arrays, but not functions, and so not a `Learner`.
 *
 * @category environment
 * @since 0.1.0
 */
export type WorkerProgram = (args: never) => ReaderTaskEither<GraftEnv, GraftError, unknown>

/**
 * The result of a worker's program.
 *
 * @category environment
 * @since 0.1.0
 */
export type WorkerResult<P extends WorkerProgram> =
  ReturnType<P> extends ReaderTaskEither<never, GraftError, infer A> ? A : never

/**
 * Options of `inWorker`: those of `withNodeEnv`, and two of the worker.
 *
 * @category environment
 * @since 0.1.0
 */
export interface InWorkerOptions extends Omit<NodeEnvOptions, 'onEvent' | 'signal'> {
  /**
   * Handles events on the calling thread. The worker waits for each verdict, so that it takes effect at its event, as on
   * one thread. Default: only warnings, by Node's `process.emitWarning`.
   */
  readonly onEvent?: (event: Event) => IO<Verdict> | Task<Verdict>
  /** When aborted, training halts at the end of its batch, as with `withNodeEnv`. */
  readonly signal?: AbortSignal
  /**
   * Scheduling priority of the worker, its engine and its threads that load images, from 19 (lowest) to -20, as of Node's
   * `os.setPriority`. A low one keeps the calling thread responsive if all cores are busy, and yields to other processes
   * too. Linux only; ignored elsewhere. Default: that of the calling thread.
   */
  readonly priority?: number
  /** Limits of the worker's JavaScript heap and stack; default: Node's. Engines' memory is not part of it. */
  readonly resourceLimits?: ResourceLimits
}

const taskOf = (module: URL, name: string, args: unknown, options: InWorkerOptions): WorkerTask => {
  const { onEvent, signal: _, progress, resourceLimits: __, priority = null, ...env } = options
  return {
    module: module.href,
    name,
    args,
    env,
    hasHandler: onEvent !== undefined,
    hasProgress: progress !== undefined,
    priority,
    aborted: new SharedArrayBuffer(4)
  }
}

const notURL = (module: unknown): GraftError | null =>
  module instanceof URL
    ? null
    : settingError('module', 'a URL', String(module), "write new URL('./module.js', import.meta.url)")

const wrongPriority = ({ priority }: InWorkerOptions): GraftError | null =>
  priority === undefined || (Number.isInteger(priority) && priority >= -20 && priority <= 19)
    ? null
    : settingError('priority', 'an integer from -20 to 19', String(priority), 'pass e.g. 10, or leave it out')

const started = (task: WorkerTask, { resourceLimits }: InWorkerOptions): E.Either<GraftError, Worker> =>
  E.tryCatch(
    () =>
      new Worker(createRequire(import.meta.url).resolve('#program-worker'), {
        name: 'graft-program',
        workerData: task,
        ...(resourceLimits === undefined ? {} : { resourceLimits })
      }),
    (cause) =>
      settingError(
        programAt(task),
        'a worker thread that starts, and arguments and options that can be cloned',
        String(cause),
        'pass records, arrays and typed arrays'
      )
  )

const died = (task: WorkerTask, found: string): GraftError =>
  ioFailure(programAt(task), 'a worker thread that returns a result', found, 'see its output; a run may be resumed')

const verdictOf = async (
  { onEvent }: InWorkerOptions,
  { call, event }: Extract<FromWorker, { readonly _tag: 'Event' }>
): Promise<ToWorker> => {
  try {
    const verdict = await onEvent?.(withIdleFunctions(event))()
    return { _tag: 'Verdict', call, verdict: verdict ?? 'continue' }
  } catch (cause) {
    return { _tag: 'Threw', call, found: String(cause) }
  }
}

/** Sets the shared flag when the signal is aborted; returns how to stop listening. */
const following = (signal: AbortSignal | undefined, aborted: SharedArrayBuffer): IO<void> => {
  const set = (): void => void Atomics.store(new Int32Array(aborted), 0, 1)
  if (signal?.aborted === true) set()
  signal?.addEventListener('abort', set)
  return () => signal?.removeEventListener('abort', set)
}

/** Serves a worker until it has ended. */
const served = (worker: Worker, task: WorkerTask, options: InWorkerOptions): Promise<E.Either<GraftError, unknown>> =>
  new Promise((resolve) => {
    let result: E.Either<GraftError, unknown> | undefined
    const receive = async (message: FromWorker): Promise<void> => {
      switch (message._tag) {
        case 'Event':
          worker.postMessage(await verdictOf(options, message))
          return
        case 'Progress':
          options.progress?.(message.report)()
          return
        case 'Ended':
          result = message.result
          await worker.terminate()
      }
    }
    const unfollow = following(options.signal, task.aborted)
    const fail = (what: string) => (cause: unknown) => {
      result ??= E.left(settingError(what, 'no exception', String(cause), 'see the message'))
      void worker.terminate()
    }
    worker.on('message', (message: FromWorker) => void receive(message).catch(fail(`${message._tag} of a worker`)))
    worker.on('messageerror', fail('a message of a worker'))
    worker.on('error', (cause) => (result ??= E.left(died(task, String(cause)))))
    worker.on('exit', (code) => {
      unfollow()
      resolve(result ?? E.left(died(task, `exit code ${code}`)))
    })
  })

/**
 * Runs a program in a new worker thread. A closure cannot cross threads, so the program is named by its module and the
 * export there: a function of one argument that returns a program. The worker imports the module, calls the function,
 * runs the program as `withNodeEnv` does, and ends. The module must be JavaScript, unless Node itself or a loader can
 * import TypeScript.
 *
 * Events, errors and the result are cloned. Errors: those of the program; `SettingError` for a module, a function or
 * values that cannot be used; `IoFailure` for a worker that ends without a result (an uncaught exception,
 * `process.exit`, its heap full).
 *
 * @example
 * import { inWorker, type GraftEnv } from 'graft-vision/node'
 * import type { GraftError } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * // with a module of your own: new URL('./doubling.js', import.meta.url), and its type by `import type`
 * const module = new URL('data:text/javascript,export const double = (n) => () => async () => ({ _tag: "Right", right: 2 * n })')
 * type Double = (n: number) => ReaderTaskEither<GraftEnv, GraftError, number>
 *
 * const double = inWorker<Double>(module, 'double')
 * assert.deepStrictEqual(await double(21, { engine: 'cpu' })(), E.right(42))
 *
 * @category environment
 * @since 0.1.0
 */
export const inWorker =
  <P extends WorkerProgram>(module: URL, name: string) =>
  (args: Parameters<P>[0], options: InWorkerOptions = {}): TE.TaskEither<GraftError, WorkerResult<P>> =>
  async () => {
    const wrong = wrongEnvOptions(options) ?? wrongPriority(options) ?? notURL(module)
    if (wrong !== null) return E.left(wrong)
    const task = taskOf(module, name, args, options)
    const worker = started(task, options)
    if (E.isLeft(worker)) return worker
    return (await served(worker.right, task, options)) as E.Either<GraftError, WorkerResult<P>>
  }
