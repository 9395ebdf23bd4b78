/**
 * The images that wait for a prediction thread. Those that ask the same of one model are answered in one batch: as soon
 * as a thread is idle and the batch is full, or its first image has waited for `maxDelay`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { GraftError } from '../GraftError.js'
import { overloaded, responseTimeout } from './ServeError.js'
import type { PredictionThreads } from './threads/predictionThreads.js'
import type { Answer, Answers, Question } from './threads/ThreadMessage.js'

export interface QueueOptions {
  readonly maxBatch: number
  /** Milliseconds. */
  readonly maxDelay: number
  readonly maxQueue: number
}

/** Something to ask of one model about each of some images, before a moment or until the client is gone. */
export interface Asked {
  readonly generation: number
  readonly model: string
  readonly question: Question
  readonly images: ReadonlyArray<Uint8Array>
  /** Aborted when the time is up, or the client gone. */
  readonly signal: AbortSignal
}

export interface PredictionQueue {
  /** The answer for each image, or an error of its own. Left: there is no place for all of them. */
  readonly ask: (asked: Asked) => Promise<E.Either<GraftError, Answers>>
  /** Images that wait. */
  readonly length: IO<number>
  /** Sends batches to idle threads. */
  readonly dispatch: IO<void>
  /** Seconds until a full queue is likely to be empty, at least 1. */
  readonly retryAfter: IO<number>
}

export interface QueueEvents {
  readonly onBatch: (model: string, images: number, ms: number) => void
}

interface Waiting extends Omit<Asked, 'images' | 'signal'> {
  readonly key: string
  readonly image: Uint8Array
  readonly since: number
  readonly answer: (answer: E.Either<GraftError, Answer>) => void
}

const tooLate = (): GraftError =>
  responseTimeout(
    'request',
    'an answer within the time limit',
    'a longer wait',
    'try again later, or send fewer images'
  )

/** Makes a queue before `threads`. */
export const predictionQueue = (
  threads: Pick<PredictionThreads, 'ask' | 'hasIdle' | 'ready'>,
  { maxBatch, maxDelay, maxQueue }: QueueOptions,
  { onBatch }: QueueEvents
): PredictionQueue => {
  let waiting: ReadonlyArray<Waiting> = []
  let timer: NodeJS.Timeout | undefined
  /** Milliseconds of an image, a moving average. */
  let msPerImage = 20

  const send = (batch: ReadonlyArray<Waiting>): void => {
    const { generation, model, question } = batch[0]!
    const start = performance.now()
    const images = batch.map(({ image }) => image)
    void threads
      .ask({ generation, model, question, images })()
      .then((answers) => {
        const ms = performance.now() - start
        msPerImage += 0.1 * (ms / batch.length - msPerImage)
        onBatch(model, batch.length, ms)
        batch.forEach(({ answer }, i) => answer(E.isLeft(answers) ? answers : answers.right[i]!))
      })
  }

  const dispatch = (): void => {
    clearTimeout(timer)
    timer = undefined
    const now = performance.now()
    let soonest = Infinity
    const sent = new Set<Waiting>()
    const held = new Set<string>()
    for (const head of waiting) {
      if (!threads.hasIdle()) break
      if (sent.has(head) || held.has(head.key)) continue
      const batch = waiting.filter((other) => other.key === head.key && !sent.has(other)).slice(0, maxBatch)
      const wait = head.since + maxDelay - now
      if (batch.length < maxBatch && wait > 0) {
        held.add(head.key)
        soonest = Math.min(soonest, wait)
        continue
      }
      for (const each of batch) sent.add(each)
      send(batch)
    }
    waiting = waiting.filter((each) => !sent.has(each))
    if (soonest < Infinity) timer = setTimeout(dispatch, Math.ceil(soonest))
  }

  const one = (asked: Asked, image: Uint8Array): Promise<E.Either<GraftError, Answer>> =>
    new Promise((resolve) => {
      const { signal, generation, model, question } = asked
      const giveUp = (): void => {
        waiting = waiting.filter((each) => each !== entry)
        answer(E.left(tooLate()))
      }
      const answer = (given: E.Either<GraftError, Answer>): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(given)
      }
      const key = JSON.stringify([generation, model, question])
      const entry: Waiting = { generation, model, question, key, image, since: performance.now(), answer }
      signal.addEventListener('abort', giveUp)
      waiting = [...waiting, entry]
    })

  const retryAfter = (): number =>
    Math.max(1, Math.ceil((waiting.length * msPerImage) / Math.max(1, threads.ready()) / 1000))

  return {
    ask: async (asked) => {
      const { images } = asked
      if (asked.signal.aborted) return E.left(tooLate())
      if (waiting.length + images.length > maxQueue)
        return E.left(
          overloaded(
            'queue',
            `at most ${maxQueue} images waiting`,
            `${waiting.length}, and ${images.length} more`,
            `try again in ${retryAfter()} s`
          )
        )
      const answers = images.map((image) => one(asked, image))
      dispatch()
      return E.right(await Promise.all(answers))
    },
    length: () => waiting.length,
    dispatch,
    retryAfter
  }
}
