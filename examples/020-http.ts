// An HTTP server that answers with predictions: the network is compiled once, before the first request.
import assert from 'node:assert'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { arch, digits, nn } from 'graft-vision'
import {
  cnnLearner,
  exportLearner,
  type HasEngine,
  openData,
  openPredictor,
  type OpenPredictor,
  withNodeEnv
} from 'graft-vision/node'

// -------------------------------------------------------------------------------------
// the server
// -------------------------------------------------------------------------------------

/** Larger uploads are rejected while they arrive. */
const mostBytes = 10_000_000

const bodyOf = async (request: IncomingMessage): Promise<Uint8Array | null> => {
  const parts: Array<Uint8Array> = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > mostBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const answer = async (network: OpenPredictor, request: IncomingMessage): Promise<readonly [number, unknown]> => {
  if (request.method !== 'POST') return [405, { error: 'POST a picture' }]
  const body = await bodyOf(request)
  if (body === null) return [413, { error: `a picture has at most ${mostBytes} bytes` }]
  // an upload that cannot be decoded is rejected before the network runs
  const predicted = await network.predict(body)()
  if (E.isRight(predicted)) {
    const { class: name, index, probabilities } = predicted.right
    return [200, { class: name, probability: probabilities[index] }]
  }
  return predicted.left._tag === 'UnreadableImage'
    ? [415, { error: predicted.left.hint }]
    : [500, { error: 'no prediction' }]
}

const serverOf = (network: OpenPredictor): Server =>
  createServer((request, response) => {
    void answer(network, request)
      .catch((): readonly [number, unknown] => [400, { error: 'the upload broke off' }])
      .then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)))
  })

/** Starts the server, runs `use` with its address, and stops the server. */
const serving =
  <A>(network: OpenPredictor, use: (url: string) => Promise<A>): TE.TaskEither<never, A> =>
  async () => {
    const server = serverOf(network).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      return E.right(await use(`http://127.0.0.1:${port}`))
    } finally {
      server.close()
    }
  }

// -------------------------------------------------------------------------------------
// a network to serve
// -------------------------------------------------------------------------------------

const small = arch({
  name: 'small',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })), nn.named('pool', nn.maxPool2d(2)))
})

const exported = pipe(
  openData(digits({ n: 16, valid: 4 })),
  RTE.chainW((data) => cnnLearner(data, small, { linFtrs: [] })),
  RTE.chainFirstW(exportLearner('served')),
  RTE.map(({ data }) => data.valid.items.map(({ file }) => join(data.root, file)))
)

// -------------------------------------------------------------------------------------
// running the program
// -------------------------------------------------------------------------------------

const post = async (url: string, body: Uint8Array): Promise<readonly [number, unknown]> => {
  const response = await fetch(url, { method: 'POST', body: new Blob([new Uint8Array(body)]) })
  return [response.status, await response.json()]
}

const result = await withNodeEnv({ engine: 'onnxruntime' })(
  pipe(
    exported,
    RTE.bindTo('pictures'),
    RTE.bindW('engine', () => RTE.asks(({ engine }: HasEngine) => engine)),
    RTE.chainW(({ pictures, engine }) =>
      RTE.bracket(
        openPredictor('served'),
        (network) =>
          RTE.fromTaskEither(
            serving(network, async (url) => {
              const before = engine.stats()
              const good = await Promise.all(pictures.map(async (file) => post(url, await readFile(file))))
              const bad = await post(url, Buffer.from('not a picture'))
              return { good, bad, compiled: engine.stats().compiles - before.compiles }
            })
          ),
        (network) => RTE.fromIO(network.close)
      )
    )
  )
)()

assert(E.isRight(result))
const { good, bad, compiled } = result.right
assert.deepStrictEqual(
  good.map(([status]) => status),
  [200, 200, 200, 200]
)
assert.strictEqual(bad[0], 415)
assert.strictEqual(compiled, 0) // no compilation after the network was opened
