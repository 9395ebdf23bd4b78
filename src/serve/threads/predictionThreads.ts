/** The prediction threads of a server: started together, replaced when one dies, and each busy with one batch at a time. */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { internalError, overloaded } from '../ServeError.js'
import type {
  Answers,
  FromThread,
  NamedModel,
  Question,
  ServedModel,
  ThreadSettings,
  ToThread
} from './ThreadMessage.js'

/** One batch of one model. */
export interface Batch {
  readonly generation: number
  readonly model: string
  readonly question: Question
  readonly images: ReadonlyArray<Uint8Array>
}

type Loaded = E.Either<GraftError, ReadonlyArray<ServedModel>>

export interface PredictionThreads {
  /** Threads that have loaded their models. */
  readonly ready: IO<number>
  readonly hasIdle: IO<boolean>
  /** Loads models in every thread, as one generation; the error of the first thread that fails. */
  readonly load: (
    generation: number,
    models: ReadonlyArray<NamedModel>
  ) => TE.TaskEither<GraftError, ReadonlyArray<ServedModel>>
  readonly release: (generation: number) => void
  /** Has an idle thread answer; an error if there is none. */
  readonly ask: (batch: Batch) => TE.TaskEither<GraftError, Answers>
  /** Ends the threads after their batches. */
  readonly close: Task<void>
}

export interface ThreadEvents {
  /** A thread has become idle. */
  readonly onIdle: IO<void>
  readonly onWarning: (message: string) => void
  /** A thread ended by itself, or its replacement cannot load the models. */
  readonly onLost: (error: GraftError) => void
}

interface Thread {
  readonly worker: Worker
  ready: boolean
  busy: boolean
  readonly calls: Map<number, (answers: E.Either<GraftError, Answers>) => void>
  readonly loads: Map<number, (models: Loaded) => void>
}

/** After its batch a thread has this long to end by itself. */
const closingMs = 5000

const died = (found: string): GraftError =>
  internalError('a prediction thread', 'a running thread', found, 'try again: the thread is replaced')

const begun = (settings: ThreadSettings): Thread => ({
  worker: new Worker(createRequire(import.meta.url).resolve('#prediction-thread'), {
    name: 'graft-prediction',
    workerData: settings
  }),
  ready: false,
  busy: false,
  calls: new Map(),
  loads: new Map()
})

const post = ({ worker }: Thread, message: ToThread): void => worker.postMessage(message)

const loadIn = (thread: Thread, generation: number, models: ReadonlyArray<NamedModel>): Promise<Loaded> =>
  new Promise((resolve) => {
    thread.loads.set(generation, resolve)
    post(thread, { _tag: 'Load', generation, models })
  })

/** Starts `count` threads. */
export const predictionThreads = (
  count: number,
  settings: ThreadSettings,
  { onIdle, onWarning, onLost }: ThreadEvents
): PredictionThreads => {
  const threads = new Set<Thread>()
  const generations = new Map<number, ReadonlyArray<NamedModel>>()
  let calls = 0
  let isClosing = false

  const end = (thread: Thread, error: GraftError): void => {
    if (!threads.delete(thread)) return
    for (const resolve of [...thread.calls.values(), ...thread.loads.values()]) resolve(E.left(error))
    if (isClosing) return
    if (thread.ready) {
      onLost(error)
      void replace()
    }
  }

  const receive = (thread: Thread, message: FromThread): void => {
    switch (message._tag) {
      case 'Warning':
        return onWarning(message.message)
      case 'Failed':
        return end(thread, message.error)
      case 'Loaded':
        thread.loads.get(message.generation)?.(message.models)
        thread.loads.delete(message.generation)
        return
      case 'Answered':
        thread.busy = false
        thread.calls.get(message.call)?.(message.answers)
        thread.calls.delete(message.call)
        onIdle()
    }
  }

  const start = (): Thread => {
    const thread = begun(settings)
    threads.add(thread)
    thread.worker.on('message', (message: FromThread) => receive(thread, message))
    thread.worker.on('error', (cause) => end(thread, died(String(cause))))
    thread.worker.on('messageerror', (cause) => end(thread, died(String(cause))))
    thread.worker.on('exit', (code) => end(thread, died(`a thread that ended with code ${code}`)))
    return thread
  }

  const replace = async (): Promise<void> => {
    const thread = start()
    for (const [generation, models] of generations) {
      const loaded = await loadIn(thread, generation, models)
      if (E.isRight(loaded)) continue
      void thread.worker.terminate()
      return isClosing ? undefined : onLost(loaded.left)
    }
    thread.ready = true
    onIdle()
  }

  const idle = (): Thread | undefined => [...threads].find(({ ready, busy }) => ready && !busy)

  for (let i = 0; i < count; i++) start()

  return {
    ready: () => [...threads].filter(({ ready }) => ready).length,
    hasIdle: () => idle() !== undefined,
    load: (generation, models) => async () => {
      const results = await Promise.all([...threads].map((thread) => loadIn(thread, generation, models)))
      const failed = results.find(E.isLeft)
      const [first] = results
      if (failed !== undefined || first === undefined) {
        for (const thread of threads) post(thread, { _tag: 'Release', generation })
        return failed ?? E.left(died('no thread'))
      }
      generations.set(generation, models)
      for (const thread of threads) thread.ready = true
      onIdle()
      return first
    },
    release: (generation) => {
      generations.delete(generation)
      for (const thread of threads) post(thread, { _tag: 'Release', generation })
    },
    ask: (batch) => () =>
      new Promise((resolve) => {
        const thread = idle()
        if (thread === undefined) {
          resolve(E.left(overloaded('server', 'an idle prediction thread', 'none', 'try again')))
          return
        }
        const call = calls++
        thread.busy = true
        thread.calls.set(call, resolve)
        post(thread, { _tag: 'Ask', call, ...batch })
      }),
    close: async () => {
      isClosing = true
      await Promise.all(
        [...threads].map(
          (thread) =>
            new Promise<void>((resolve) => {
              const timer = setTimeout(() => void thread.worker.terminate(), closingMs)
              thread.worker.once('exit', () => {
                clearTimeout(timer)
                resolve()
              })
              post(thread, { _tag: 'Close' })
            })
        )
      )
    }
  }
}
