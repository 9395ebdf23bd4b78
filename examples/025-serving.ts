// Trained models below a path of an application of one's own: predictions, embeddings, heat maps.
import assert from 'node:assert'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { Hono } from 'hono'
import { mount } from 'hono/mount'
import { arch, digits, nn } from 'graft-vision'
import { cnnLearner, exportLearner, openData, serveHandler, withNodeEnv } from 'graft-vision/node'

// -------------------------------------------------------------------------------------
// a model to serve
// -------------------------------------------------------------------------------------

const small = arch({
  name: 'small',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })), nn.named('pool', nn.maxPool2d(2)))
})

const exported = pipe(
  openData(digits({ n: 16, valid: 4 })),
  RTE.chainW((data) => cnnLearner(data, small, { linFtrs: [] })),
  RTE.chainFirstW(exportLearner('model-of-the-app')),
  RTE.map(({ data }) => data.valid.items.map(({ file }) => join(data.root, file)))
)

// -------------------------------------------------------------------------------------
// the application
// -------------------------------------------------------------------------------------

const made = await withNodeEnv({ engine: 'onnxruntime' })(exported)()
assert(E.isRight(made))
const served = await serveHandler({ digits: 'model-of-the-app' }, { workers: 1, threads: 1 })()
assert(E.isRight(served))

// any framework of fetch-style handlers will do
const app = new Hono()
app.get('/', (c) => c.text('my application'))
app.all('/vision/*', mount(served.right.fetch))

const server = createServer((incoming, outgoing) => void getRequestListener(app.fetch)(incoming, outgoing)).listen(0)
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

// -------------------------------------------------------------------------------------
// requests
// -------------------------------------------------------------------------------------

interface Predictions {
  readonly predictions: ReadonlyArray<{ readonly class: string; readonly probability: number }>
}

assert.strictEqual(await (await fetch(url)).text(), 'my application')

const form = new FormData()
for (const file of made.right) form.append('image', new Blob([new Uint8Array(await readFile(file))]), file)
const predicted = await fetch(`${url}/vision/predict`, { method: 'POST', body: form })
const { predictions } = (await predicted.json()) as Predictions
assert.strictEqual(predictions.length, 4)
assert.ok(predictions.every((one) => ['3', '7'].includes(one.class) && one.probability >= 0.5))

const heat = await fetch(`${url}/vision/explain?class=7`, { method: 'POST', body: await readFile(made.right[0]!) })
assert.strictEqual(heat.headers.get('content-type'), 'image/png')

const page = await fetch(`${url}/vision/`)
assert.ok((await page.text()).startsWith('<!doctype html>'))

// requests in progress are answered, then the workers end
server.close()
await served.right.close()
