// An HTTP server that stays responsive during a training: the training runs in a worker thread (023-training.mjs).
import assert from 'node:assert'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { Event, GraftError, Row } from 'graft-vision'
import { type GraftEnv, inWorker } from 'graft-vision/node'

// -------------------------------------------------------------------------------------
// the training
// -------------------------------------------------------------------------------------

/** With a module in TypeScript, `typeof train` of an `import type` says the same. */
type Train = (args: {
  readonly images: number
  readonly size: number
  readonly batchSize: number
  readonly epochs: number
}) => ReaderTaskEither<
  GraftEnv,
  GraftError,
  { readonly steps: number; readonly rows: ReadonlyArray<Row>; readonly halted: boolean }
>

const train = inWorker<Train>(new URL('./023-training.mjs', import.meta.url), 'train')

// -------------------------------------------------------------------------------------
// the server
// -------------------------------------------------------------------------------------

interface Progress {
  readonly batches: number
  readonly loss: number | null
}

let progress: Progress = { batches: 0, loss: null }

/** Runs on this thread; the worker waits for the verdict. */
const onEvent = (event: Event) => () => {
  if (event._tag === 'BatchEnd' && event.train) progress = { batches: progress.batches + 1, loss: event.smoothedLoss }
  return 'continue' as const
}

const serverOf = (cancel: () => void): Server =>
  createServer(({ method, url }, response) => {
    const reply = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (url === '/health') return reply(200, { ok: true })
    if (url === '/progress') return reply(200, progress)
    if (url !== '/cancel' || method !== 'POST') return reply(404, { error: 'GET /health, GET /progress, POST /cancel' })
    cancel()
    return reply(202, { cancelled: true })
  })

// -------------------------------------------------------------------------------------
// asking while it trains
// -------------------------------------------------------------------------------------

const controller = new AbortController()
const server = serverOf(() => controller.abort()).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const get = async (path: string): Promise<{ readonly body: unknown; readonly ms: number }> => {
  const start = performance.now()
  const response = await fetch(`${url}${path}`)
  return { body: await response.json(), ms: performance.now() - start }
}
await get('/health') // the first request opens a connection

let training = true
const result = train(
  { images: 256, size: 64, batchSize: 64, epochs: 1000 },
  { engine: 'onnxruntime', threads: 1, workers: 0, onEvent, signal: controller.signal }
)().finally(() => {
  training = false
})

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const times: Array<number> = []
const seen = new Set<number>()
while (training && seen.size < 8) {
  const health = await get('/health')
  assert.deepStrictEqual(health.body, { ok: true })
  const { body, ms } = await get('/progress')
  times.push(health.ms, ms)
  seen.add((body as Progress).batches)
  await setTimeout(10)
}
delay.disable()
assert.ok(training) // so every answer came during the training

await fetch(`${url}/cancel`, { method: 'POST' })
const ended = await result
server.close()

assert.ok(E.isRight(ended))
const { steps, halted } = ended.right
assert.strictEqual(halted, true)
assert.strictEqual(steps, progress.batches) // every batch was reported
assert.ok(steps >= 7)
console.log(
  `${times.length} responses during ${steps} batches, the slowest after ${Math.max(...times).toFixed(1)} ms;`,
  `the event loop was delayed by ${(delay.max / 1e6).toFixed(1)} ms at most`
)
