/**
 * Code of the worker thread of `inWorker`: imports the module, runs its program, and sends events and the result. Built
 * with the package's entries, so that the module gets the same copy of graft.
 */
import { readlinkSync } from 'node:fs'
import { platform, setPriority } from 'node:os'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { constVoid } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { GraftError } from '../../GraftError.js'
import type { Event, Verdict } from '../../recipe/index.js'
import { type GraftEnv, type NodeEnvOptions, withNodeEnv } from '../Env.js'
import { settingError } from '../LearnError.js'
import { type FromWorker, programAt, type ToWorker, withoutFunctions, type WorkerTask } from './WorkerMessage.js'

type Result = E.Either<GraftError, unknown>
type Program = ReaderTaskEither<GraftEnv, GraftError, unknown>

const programOf = async (task: WorkerTask): Promise<E.Either<GraftError, Program>> => {
  const fault = (expected: string, found: string, hint: string) =>
    E.left(settingError(programAt(task), expected, found, hint))
  let module: Readonly<Record<string, unknown>>
  try {
    module = (await import(task.module)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    return fault('a module that can be imported', String(cause), 'see the message; a file: URL is usual')
  }
  const exported = module[task.name]
  if (typeof exported !== 'function')
    return fault(
      `a function exported as ${task.name}`,
      task.name in module ? `an export of type ${typeof exported}` : `exports: ${Object.keys(module).join(', ')}`,
      'export a function that returns a program'
    )
  try {
    const program: unknown = (exported as (args: unknown) => unknown)(task.args)
    return typeof program === 'function'
      ? E.right(program as Program)
      : fault('a function that returns a program', `it returned ${typeof program}`, 'return a ReaderTaskEither')
  } catch (cause) {
    return fault('a function that does not throw', String(cause), 'return errors as values')
  }
}

const isEither = (result: unknown): result is Result =>
  typeof result === 'object' && result !== null && '_tag' in result && ['Left', 'Right'].includes(String(result._tag))

const post = (port: MessagePort, message: FromWorker): void => port.postMessage(message)

/** Sends an event and waits for its verdict. */
const asking = (port: MessagePort): ((event: Event) => Task<Verdict>) => {
  const waiting = new Map<number, (answer: ToWorker) => void>()
  let calls = 0
  port.on('message', (answer: ToWorker) => {
    waiting.get(answer.call)?.(answer)
    waiting.delete(answer.call)
  })
  return (event) => () =>
    new Promise((resolve, reject) => {
      const call = calls++
      post(port, { _tag: 'Event', call, event: withoutFunctions(event) })
      waiting.set(call, (answer) => {
        if (answer._tag === 'Verdict') resolve(answer.verdict)
        // Without a name, `String` gives what the handler threw, as when it throws on the same thread.
        else reject(Object.assign(new Error(answer.found), { name: '' }))
      })
    })
}

const optionsOf = (port: MessagePort, task: WorkerTask): NodeEnvOptions => {
  const flag = new Int32Array(task.aborted)
  const signal = {
    get aborted(): boolean {
      return Atomics.load(flag, 0) === 1
    }
  }
  return {
    ...task.env,
    signal,
    ...(task.hasHandler ? { onEvent: asking(port) } : {}),
    progress: task.hasProgress ? (report) => () => post(port, { _tag: 'Progress', report }) : () => constVoid
  }
}

/**
 * Sets the priority of this thread, which the threads that it starts inherit. Linux has a priority for each thread, by the
 * thread's id; elsewhere it is the whole process that has one.
 */
const withPriority = (task: WorkerTask): E.Either<GraftError, void> =>
  task.priority === null || platform() !== 'linux'
    ? E.right(undefined)
    : E.tryCatch(
        () => setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), task.priority!),
        (cause) =>
          settingError('priority', 'a priority that may be set', String(cause), 'one below 0 needs the rights of root')
      )

const resultOf = async (port: MessagePort, task: WorkerTask): Promise<Result> => {
  const lowered = withPriority(task)
  if (E.isLeft(lowered)) return lowered
  const program = await programOf(task)
  if (E.isLeft(program)) return program
  const result: unknown = await withNodeEnv(optionsOf(port, task))(program.right)()
  return isEither(result)
    ? result
    : E.left(settingError(programAt(task), 'an Either', typeof result, 'return a ReaderTaskEither'))
}

/** The calling thread ends this one as soon as it has the result, and output still waiting would be lost. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => void stream.write('', () => resolve()))

const serve = async (port: MessagePort, task: WorkerTask): Promise<void> => {
  const result = await resultOf(port, task)
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  try {
    post(port, { _tag: 'Ended', result })
  } catch (cause) {
    const hint = 'return records, arrays, maps and typed arrays; save a learner to a file'
    const error = settingError(programAt(task), 'a result that can be cloned', String(cause), hint)
    post(port, { _tag: 'Ended', result: E.left(error) })
  }
}

if (parentPort !== null) void serve(parentPort, workerData as WorkerTask)
