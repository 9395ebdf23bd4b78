/** Code of a prediction thread: loads models with an engine of its own, and answers one batch at a time. */
import { readlinkSync } from 'node:fs'
import { platform, setPriority } from 'node:os'
import { parentPort, type MessagePort, type Transferable, workerData } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { type GraftEnv, openPredictor, type OpenPredictor, withNodeEnv } from '../../learn/index.js'
import { internalError } from '../ServeError.js'
import { answersTo } from './answering.js'
import type { Answers, FromThread, NamedModel, ServedModel, ThreadSettings, ToThread } from './ThreadMessage.js'

type Networks = ReadonlyMap<string, OpenPredictor>

const servedModel = (name: string, { predictor: { plan, task } }: OpenPredictor): ServedModel => ({
  name,
  architecture: plan.name,
  task,
  input: { height: plan.input[1]!, width: plan.input[2]! }
})

/** Large batches have a compiled form of their own, which the first of them should not have to wait for. */
const warmed =
  (maxBatch: number) =>
  (network: OpenPredictor): TE.TaskEither<GraftError, OpenPredictor> => {
    const { task, plan } = network.predictor
    if (maxBatch === 1 || task._tag === 'Segmentation' || task._tag === 'ImageRegression') return TE.right(network)
    const [channels, height, width] = plan.input as readonly [number, number, number]
    const blank = { height, width, channels, data: new Uint8Array(channels * height * width) }
    return pipe(
      network.predictAll(new Array<typeof blank>(maxBatch).fill(blank), { bs: maxBatch }),
      TE.map(() => network)
    )
  }

/** Opens all models; if one fails, closes those that are open. */
const loaded =
  (models: ReadonlyArray<NamedModel>, maxBatch: number) =>
  (env: GraftEnv): TE.TaskEither<GraftError, Networks> =>
  async () => {
    const networks = new Map<string, OpenPredictor>()
    for (const { name, path } of models) {
      const network = await pipe(openPredictor(path)(env), TE.chain(warmed(maxBatch)))()
      if (E.isLeft(network)) {
        for (const open of networks.values()) open.close()
        return network
      }
      networks.set(name, network.right)
    }
    return E.right(networks)
  }

const buffersIn = (answers: E.Either<GraftError, Answers>): ReadonlyArray<Transferable> =>
  pipe(
    answers,
    E.map(
      RA.chain((one) =>
        E.isRight(one) && 'png' in one.right && one.right.png.byteLength === one.right.png.buffer.byteLength
          ? [one.right.png.buffer as ArrayBuffer]
          : []
      )
    ),
    E.getOrElse((): ReadonlyArray<ArrayBuffer> => [])
  )

/** Handles messages in their order, until it is told to close. */
const serving =
  (port: MessagePort, { maxBatch, maxPixels }: ThreadSettings) =>
  (env: GraftEnv): TE.TaskEither<never, void> => {
    const generations = new Map<number, Networks>()
    const post = (message: FromThread, moved: ReadonlyArray<Transferable> = []): void =>
      port.postMessage(message, moved)
    const handle = async (message: Exclude<ToThread, { readonly _tag: 'Close' }>): Promise<void> => {
      switch (message._tag) {
        case 'Load': {
          const { generation } = message
          const networks = await loaded(message.models, maxBatch)(env)()
          if (E.isRight(networks)) generations.set(generation, networks.right)
          post({
            _tag: 'Loaded',
            generation,
            models: E.map((all: Networks) => [...all].map(([name, one]) => servedModel(name, one)))(networks)
          })
          return
        }
        case 'Release':
          for (const network of generations.get(message.generation)?.values() ?? []) network.close()
          generations.delete(message.generation)
          return
        case 'Ask': {
          const { call, generation, model, question, images } = message
          const network = generations.get(generation)?.get(model)
          const answers: E.Either<GraftError, Answers> =
            network === undefined
              ? E.left(internalError(model, 'a loaded model', 'none in this thread', 'try again'))
              : await answersTo(network, env, maxPixels)(question, images)()
          post({ _tag: 'Answered', call, answers }, buffersIn(answers))
        }
      }
    }
    return () =>
      new Promise((resolve) => {
        let last = Promise.resolve()
        port.on('message', (message: ToThread) => {
          last =
            message._tag === 'Close' ? last.then(() => resolve(E.right(undefined))) : last.then(() => handle(message))
        })
      })
  }

/** Between 0, that of the event loop, and 19, the lowest. */
const priority = 5

/**
 * Lets the event loop run first when all cores are busy. Linux has a priority for each thread, which the engine's threads
 * inherit; elsewhere it would be that of the whole process.
 */
const yieldToLoop = (): E.Either<string, void> =>
  platform() === 'linux'
    ? E.tryCatch(() => setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), priority), String)
    : E.right(undefined)

const start = async (port: MessagePort, settings: ThreadSettings): Promise<void> => {
  const yielding = yieldToLoop()
  if (E.isLeft(yielding)) {
    const message = `the priority of workers cannot be lowered: ${yielding.left}`
    port.postMessage({ _tag: 'Warning', message } satisfies FromThread)
  }
  const { engine, threads } = settings
  const ended = await withNodeEnv({
    ...(engine === undefined ? {} : { engine }),
    threads,
    workers: 0,
    onEvent: (event) => () => {
      const { _tag } = event
      if (_tag === 'Warning') port.postMessage({ _tag, message: event.message } satisfies FromThread)
      return 'continue'
    }
  })(serving(port, settings))()
  if (E.isLeft(ended)) port.postMessage({ _tag: 'Failed', error: ended.left } satisfies FromThread)
  port.close()
}

if (parentPort !== null) void start(parentPort, workerData as ThreadSettings)
