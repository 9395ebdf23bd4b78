/**
 * `workerThreads`: threads that load images (`node:worker_threads`).
 *
 * @since 0.1.0
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from '../../data/index.js'
import type { Files } from '../Files.js'
import type { Images } from '../Images.js'
import { ioFailure, messageOf, type IoError } from '../IoError.js'
import type { PictureSet, Workers } from './Workers.js'

type Answer = E.Either<DataError | IoError, never>

/** A running thread, the sets of images that it knows, and the requests that it has not answered. */
interface Thread {
  readonly worker: Worker
  readonly told: Set<number>
  readonly waiting: Map<number, (answer: Answer) => void>
}

const entry = '#picture-worker'

const ended = (found: string): Answer =>
  E.left(
    ioFailure('a worker thread', 'a thread that loads images', found, 'load on the calling thread: set workers to 0')
  )

const started = (lost: (thread: Thread) => void): Thread => {
  const worker = new Worker(createRequire(import.meta.url).resolve(entry), { name: 'graft-pictures' })
  const thread: Thread = { worker, told: new Set(), waiting: new Map() }
  const end = (found: string): void => {
    lost(thread)
    for (const answer of thread.waiting.values()) answer(ended(found))
    thread.waiting.clear()
  }
  worker.on('message', ({ call, answer }: { readonly call: number; readonly answer: Answer }) => {
    thread.waiting.get(call)?.(answer)
    thread.waiting.delete(call)
    // An idle thread does not keep the process alive.
    if (thread.waiting.size === 0) worker.unref()
  })
  worker.on('error', (cause) => end(messageOf(cause)))
  worker.on('messageerror', (cause) => end(messageOf(cause)))
  worker.on('exit', (code) => end(`a thread that ended with code ${code}`))
  worker.unref()
  return thread
}

/**
 * The default number of threads that load images: one per processor, at most four.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.ok(Io.defaultWorkers() >= 1 && Io.defaultWorkers() <= 4)
 *
 * @category capabilities
 * @since 0.1.0
 */
export const defaultWorkers = (): number => Math.min(4, availableParallelism())

/**
 * Returns `count` threads that load images; each is started at its first request. `files` and `images` must be
 * `nodeFiles` and `sharpImages`, because each thread creates its own.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * const workers = Io.workerThreads(2, { files: Io.nodeFiles, images: Io.sharpImages() })
 * assert.strictEqual(workers.count, 2)
 * await workers.close()
 *
 * @category capabilities
 * @since 0.1.0
 */
export const workerThreads = (
  count: number,
  { files, images }: { readonly files: Files; readonly images: Images }
): Workers => {
  const threads = new Map<number, Thread>()
  let calls = 0
  const threadOf = (number: number): Thread => {
    const running = threads.get(number)
    if (running !== undefined) return running
    const thread = started((lost) => {
      if (threads.get(number) === lost) threads.delete(number)
    })
    threads.set(number, thread)
    return thread
  }
  const tell = ({ worker, told }: Thread, set: PictureSet): void => {
    if (told.has(set.id)) return
    told.add(set.id)
    worker.postMessage({ _tag: 'Open', set })
  }
  return {
    count,
    files,
    images,
    ask: (set, request, number) => () =>
      new Promise((resolve) => {
        try {
          const thread = threadOf(number)
          tell(thread, set)
          const call = calls++
          thread.worker.postMessage({ _tag: 'Ask', call, set: set.id, request })
          thread.waiting.set(call, resolve)
          thread.worker.ref()
        } catch (cause) {
          resolve(ended(messageOf(cause)))
        }
      }),
    idlest: () => {
      const waiting = Array.from({ length: count }, (_, i) => threads.get(i)?.waiting.size ?? 0)
      return waiting.indexOf(Math.min(...waiting))
    },
    forget: (id) => {
      for (const { worker, told } of threads.values()) if (told.delete(id)) worker.postMessage({ _tag: 'Forget', id })
    },
    close: async () => {
      await Promise.all([...threads.values()].map(({ worker }) => worker.terminate()))
    }
  }
}
