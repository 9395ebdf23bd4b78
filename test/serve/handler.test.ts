// The handler as a function, without a port: each task, each form of a request, every error.
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Format } from 'graft-vision'
import {
  loadPredictor,
  predict,
  predictMask,
  type RequestEntry,
  serveHandler,
  type ServeHandler
} from 'graft-vision/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embedSchema, failureSchema, modelsSchema, predictSchema, statusSchema } from '../../src/serve/requests/wire.js'
import { left, place, right, workplace } from '../io/workplace.js'
import { type Models, tinyModels } from './models.js'

const folder = workplace()
const base = 'http://localhost'
const entries: Array<RequestEntry> = []
let made: Models
let handler: ServeHandler

beforeAll(async () => {
  made = await tinyModels(folder)
  handler = right(
    await serveHandler(made.models, {
      workers: 1,
      threads: 1,
      maxBatch: 4,
      maxQueue: 24,
      maxBody: 100_000,
      maxPixels: 10_000,
      timeout: 10_000,
      onRequest: (entry) => entries.push(entry)
    })()
  )
})
afterAll(() => handler.close())

type Reply = readonly [status: number, body: unknown]

const bytesOf = (i: number): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(made.picture(i)))
const base64Of = (i: number): string => Buffer.from(bytesOf(i)).toString('base64')

const post = (path: string, body: RequestInit['body'], headers: Readonly<Record<string, string>> = {}, of = handler) =>
  of.fetch(new Request(`${base}${path}`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit))
const get = (path: string, headers: Readonly<Record<string, string>> = {}, of = handler) =>
  of.fetch(new Request(`${base}${path}`, { headers }))
const replyOf = async (response: Promise<Response>): Promise<Reply> => {
  const got = await response
  return [got.status, await got.json()]
}
const formOf = (...files: ReadonlyArray<readonly [name: string, bytes: Uint8Array<ArrayBuffer>]>): FormData => {
  const form = new FormData()
  for (const [name, bytes] of files) form.append('image', new Blob([bytes]), name)
  return form
}
const decoded = <A>(schema: Format.Schema<A>, body: unknown): A => right(Format.decodeWith(schema)(body))

/** The code of an error, whose body is what every error's is. */
const codeOf = ([status, body]: Reply): readonly [number, string] => [status, decoded(failureSchema, body).error.code]

describe('a prediction over HTTP', () => {
  it.each(['digits', 'tags', 'ages', 'streets', 'eyes', 'light'] as const)(
    'of %s has the form that /openapi.json describes',
    async (name) => {
      const [status, body] = await replyOf(post(`/predict?model=${name}`, bytesOf(0)))
      const { model, predictions } = decoded(predictSchema, body)
      expect([status, model, predictions.length]).toEqual([200, name, 1])
      expect(predictions[0]).not.toHaveProperty('error')
    }
  )

  it('is what predict says of the same image', async () => {
    const network = right(await loadPredictor(made.models.digits)(made.env)())
    const { class: name, probabilities } = right(await predict(made.picture(1))(network)(made.env)())
    const [, body] = await replyOf(post('/predict', bytesOf(1)))
    expect(body).toMatchObject({
      task: 'Classification',
      predictions: [{ class: name, probabilities: { a: probabilities[0], b: probabilities[1] } }]
    })
  })

  it('is the same for bytes, a form and JSON, with the names of files, in their order', async () => {
    const [, raw] = await replyOf(post('/predict', bytesOf(2)))
    const [, form] = await replyOf(post('/predict', formOf(['two.png', bytesOf(2)], ['three.png', bytesOf(3)])))
    const json = JSON.stringify({ images: [base64Of(2), `data:image/png;base64,${base64Of(3)}`], model: 'digits' })
    const [, inJson] = await replyOf(post('/predict', json, { 'content-type': 'application/json' }))
    const namesIn = (body: unknown) => decoded(predictSchema, body).predictions.map(({ image }) => image)
    const answersIn = (body: unknown) => decoded(predictSchema, body).predictions.map((one) => ({ ...one, image: '' }))
    expect([raw, form, inJson].map(namesIn)).toEqual([['image'], ['two.png', 'three.png'], ['images[0]', 'images[1]']])
    expect(answersIn(form)[0]).toEqual(answersIn(raw)[0])
    expect(answersIn(inJson)).toEqual(answersIn(form))
  })

  it('uses the threshold of labels that is asked for', async () => {
    const labelsAt = async (thresh: number) => {
      const [, body] = await replyOf(post(`/predict?model=tags&thresh=${thresh}`, bytesOf(0)))
      return (body as { readonly predictions: ReadonlyArray<{ readonly labels: ReadonlyArray<string> }> }).predictions
        .flatMap(({ labels }) => labels)
        .sort()
    }
    expect([await labelsAt(0), await labelsAt(1)]).toEqual([['few', 'odd'], []])
  })

  it('of a mask is a PNG if that is accepted', async () => {
    const network = right(await loadPredictor(made.models.streets)(made.env)())
    const mask = right(await predictMask(made.picture(4))(network)(made.env)())
    const response = await post('/predict?model=streets', bytesOf(4), { accept: 'image/png' })
    const png = new Uint8Array(await response.arrayBuffer())
    expect(response.headers.get('content-type')).toBe('image/png')
    const read = right(await made.env.images.mask('mask', png, { as: 'values', orientation: 'ignore' })())
    expect([...read.data]).toEqual([...mask.data])
    expect(codeOf(await replyOf(post('/predict', bytesOf(4), { accept: 'image/png' })))).toEqual([422, 'WrongTask'])
  })

  it('keeps the good images of a form beside a bad one', async () => {
    const form = formOf(['good.png', bytesOf(0)], ['bad.png', new Uint8Array([1, 2, 3])])
    const [status, body] = await replyOf(post('/predict', form))
    const { predictions } = decoded(predictSchema, body)
    expect(status).toBe(200)
    expect(predictions[0]).toHaveProperty('class')
    expect(predictions[1]).toMatchObject({ image: 'bad.png', error: { code: 'UnreadableImage', path: 'bad.png' } })
  })

  it('of many at once is computed in batches', async () => {
    const countIn = async () =>
      /graft_batch_images_count\{model="ages"\} (\d+)/.exec(await (await get('/metrics')).text())
    const before = Number((await countIn())?.[1] ?? 0)
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => replyOf(post('/predict?model=ages', bytesOf(i))))
    )
    expect(all.map(([status]) => status)).toEqual(new Array(12).fill(200))
    const batches = Number((await countIn())?.[1]) - before
    expect(batches).toBeGreaterThanOrEqual(3)
    expect(batches).toBeLessThanOrEqual(5)
  })
})

describe('embeddings and explanations', () => {
  it('embeds each image', async () => {
    const [status, body] = await replyOf(post('/embed', formOf(['0.png', bytesOf(0)], ['1.png', bytesOf(1)])))
    const { embeddings } = decoded(embedSchema, body)
    expect(status).toBe(200)
    expect(embeddings.map((one) => 'features' in one && one.features.length)).toEqual([8, 8])
  })

  it('draws a heat map of a class by name, by index, and of the most probable one', async () => {
    const drawn = async (query: string) => {
      const response = await post(`/explain${query}`, bytesOf(0))
      const png = new Uint8Array(await response.arrayBuffer())
      const { height, width } = right(await made.env.images.header('map', png)())
      return [response.status, response.headers.get('x-graft-class'), height, width]
    }
    expect(await drawn('?class=b')).toEqual([200, 'b', 28, 28])
    expect(await drawn('?class=0')).toEqual([200, 'a', 28, 28])
    expect(await drawn('?model=streets')).toEqual([200, null, 28, 28])
    expect((await drawn('')).slice(0, 1)).toEqual([200])
  })

  it('refuses what has no classes, classes that do not exist, and several images', async () => {
    expect(codeOf(await replyOf(post('/explain?model=ages', bytesOf(0))))).toEqual([422, 'WrongTask'])
    expect(codeOf(await replyOf(post('/explain?class=c', bytesOf(0))))).toEqual([400, 'BadRequest'])
    const two = formOf(['0.png', bytesOf(0)], ['1.png', bytesOf(1)])
    expect(codeOf(await replyOf(post('/explain', two)))).toEqual([400, 'BadRequest'])
  })
})

describe('a request that cannot be answered', () => {
  const json = { 'content-type': 'application/json' }
  const broken = (): ReadableStream =>
    new ReadableStream({
      pull: (controller) => {
        controller.enqueue(bytesOf(0).subarray(0, 10))
        controller.error(new Error('the client is gone'))
      }
    })
  const endless = (): ReadableStream =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(30_000)) })

  it.each<[string, number, string, () => Promise<Response>]>([
    ['no body', 400, 'BadRequest', () => post('/predict', null)],
    ['text', 415, 'UnreadableImage', () => post('/predict', Buffer.from('no image at all'))],
    ['half an image', 415, 'UnreadableImage', () => post('/predict', bytesOf(0).subarray(0, 400))],
    [
      'an SVG',
      415,
      'UnsupportedMediaType',
      () => post('/predict', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'))
    ],
    ['another type', 415, 'UnsupportedMediaType', () => post('/predict', 'a,b', { 'content-type': 'text/csv' })],
    ['broken JSON', 400, 'BadRequest', () => post('/predict', '{"images": [', json)],
    ['another key', 400, 'BadRequest', () => post('/predict', '{"image": "AA"}', json)],
    ['no base64', 400, 'BadRequest', () => post('/predict', '{"images": ["***"]}', json)],
    ['no images', 400, 'BadRequest', () => post('/predict', '{"images": []}', json)],
    [
      'a broken form',
      400,
      'BadRequest',
      () => post('/predict', 'xx', { 'content-type': 'multipart/form-data; boundary=b' })
    ],
    ['too many bytes', 413, 'ContentTooLarge', () => post('/predict', new Uint8Array(100_001))],
    ['bytes without end', 413, 'ContentTooLarge', () => post('/predict', endless())],
    ['a body that breaks off', 400, 'BadRequest', () => post('/predict', broken())],
    [
      'too many images',
      413,
      'ContentTooLarge',
      () => post('/predict', JSON.stringify({ images: new Array(65).fill('AA') }), json)
    ],
    ['another model', 404, 'UnknownResource', () => post('/predict?model=digit', bytesOf(0))],
    ['a threshold of 2', 400, 'BadRequest', () => post('/predict?thresh=2', bytesOf(0))],
    ['another parameter', 400, 'BadRequest', () => post('/predict?treshold=1', bytesOf(0))],
    ['another path', 404, 'UnknownResource', () => get('/predictions')],
    ['another method', 405, 'MethodNotAllowed', () => get('/predict')]
  ])('%s: %i %s', async (_, status, code, ask) => {
    expect(codeOf(await replyOf(ask()))).toEqual([status, code])
    expect(entries.at(-1)).toMatchObject({ status, error: code })
  })

  it('is refused by the header of its image, before its pixels are decoded', async () => {
    const wide = right(
      await made.env.images.encode({ height: 1, width: 10_001, channels: 1, data: new Uint8Array(10_001) })()
    )
    const [status, body] = await replyOf(post('/predict', new Uint8Array(wide)))
    expect([status, decoded(failureSchema, body).error]).toEqual([
      413,
      expect.objectContaining({ code: 'ContentTooLarge', found: '10001 x 1' })
    ])
  })

  it('suggests what may have been meant', async () => {
    const [, body] = await replyOf(post('/predict?model=digit', bytesOf(0)))
    expect(decoded(failureSchema, body).error.hint).toBe('did you mean digits?')
  })

  it('is told when to come back while the queue is full', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => post('/predict?model=light', bytesOf(i % 12))))
    const refused = all.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(20)
    for (const response of refused) {
      expect(codeOf(await replyOf(Promise.resolve(response)))).toEqual([503, 'Overloaded'])
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    }
  })
})

describe('a server', () => {
  it('says that it is there, ready, and what it serves', async () => {
    expect(decoded(statusSchema, (await replyOf(get('/healthz')))[1])).toEqual({ status: 'ok' })
    expect(decoded(statusSchema, (await replyOf(get('/readyz')))[1])).toEqual({ status: 'ready' })
    const { models } = decoded(modelsSchema, (await replyOf(get('/models')))[1])
    expect(models.map(({ name }) => name)).toEqual(Object.keys(made.models))
    expect(models[0]).toEqual({
      name: 'digits',
      default: true,
      architecture: 'tiny',
      task: 'Classification',
      classes: ['a', 'b'],
      input: { height: 28, width: 28 }
    })
  })

  it('counts responses, durations and batches in the format of Prometheus', async () => {
    const text = await (await get('/metrics')).text()
    expect(text).toMatch(/^graft_requests_total\{path="\/predict",status="413"\} \d+$/m)
    expect(text).toMatch(/^graft_request_seconds_bucket\{path="\/predict",le="\+Inf"\} \d+$/m)
    expect(text).toMatch(/^graft_queue_images 0$/m)
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(samples.filter((line) => !/^[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [\d.e+-]+$/.test(line))).toEqual([])
  })

  it('describes itself in an OpenAPI document that a public validator accepts', async () => {
    const [, document] = await replyOf(get('/openapi.json'))
    const { valid, errors } = await new Validator().validate(document as Record<string, unknown>)
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    const { paths } = document as { readonly paths: Readonly<Record<string, object>> }
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods))
        expect((await handler.fetch(new Request(base + path, { method: method.toUpperCase() }))).status).not.toBe(405)
  })

  it('exchanges models at once; if one cannot be loaded, the others stay', async () => {
    const { digits, tags, ages } = made.models
    const other = right(await serveHandler({ net: digits }, { workers: 2, threads: 1 })())
    const namesNow = async () =>
      decoded(modelsSchema, (await replyOf(get('/models', {}, other)))[1]).models.map(({ name }) => name)
    const during = Array.from({ length: 20 }, (_, i) => replyOf(post('/predict', bytesOf(i % 12), {}, other)))
    expect(right(await other.reload({ net: tags, more: ages })())).toEqual(['net', 'more'])
    expect((await Promise.all(during)).map(([status]) => status)).toEqual(new Array(20).fill(200))
    expect((await replyOf(post('/predict', bytesOf(0), {}, other)))[1]).toMatchObject({ task: 'MultiLabel' })

    place(`${folder}/broken/model.safetensors`, 'no weights')
    expect(left(await other.reload({ net: digits, broken: `${folder}/broken` })())).toMatchObject({
      _tag: 'NotWeights'
    })
    expect(await namesNow()).toEqual(['net', 'more'])
    expect((await replyOf(post('/predict?model=more', bytesOf(0), {}, other)))[0]).toBe(200)

    const late = replyOf(post('/predict', bytesOf(0), {}, other))
    const closed = other.close()
    expect(codeOf(await replyOf(post('/predict', bytesOf(0), {}, other)))).toEqual([503, 'Overloaded'])
    expect(codeOf(await replyOf(get('/readyz', {}, other)))).toEqual([503, 'Overloaded'])
    expect((await late)[0]).toBe(200)
    await closed
  })

  it('asks for its token, allows the origins it is given, and gives up on bodies that are slow', async () => {
    const token = 'a-token'
    const secret = right(
      await serveHandler(
        { net: made.models.digits },
        { workers: 1, threads: 1, token, cors: ['https://a.example'], timeout: 150 }
      )()
    )
    const withToken = (text: string) => ({ authorization: `Bearer ${text}` })
    for (const headers of [{}, withToken('another'), withToken(''), { authorization: token }]) {
      const response = await get('/models', headers, secret)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(codeOf(await replyOf(Promise.resolve(response)))).toEqual([401, 'Unauthorized'])
    }
    expect((await get('/models', withToken(token), secret)).status).toBe(200)
    expect((await post('/predict', bytesOf(0), {}, secret)).status).toBe(401)
    expect((await get('/healthz', {}, secret)).status).toBe(200)

    const from = (origin: string) => ({ origin, ...withToken(token) })
    const allowed = async (origin: string) =>
      (await get('/models', from(origin), secret)).headers.get('access-control-allow-origin')
    expect([await allowed('https://a.example'), await allowed('https://b.example')]).toEqual([
      'https://a.example',
      null
    ])
    expect(
      (await get('/models', { origin: 'https://a.example' })).headers.get('access-control-allow-origin')
    ).toBeNull()
    const preflight = await secret.fetch(
      new Request(`${base}/predict`, {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' }
      })
    )
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization,content-type'
    ])

    const slow = new ReadableStream({ start: (controller) => controller.enqueue(bytesOf(0).subarray(0, 20)) })
    expect(codeOf(await replyOf(post('/predict', slow, withToken(token), secret)))).toEqual([408, 'RequestTimeout'])
    await secret.close()
  })

  it('is not started with wrong options, or models that are not there', async () => {
    const refused = async (
      models: Readonly<Record<string, string>>,
      options: Parameters<typeof serveHandler>[1] = {}
    ) => {
      const result = await serveHandler(models, { workers: 1, ...options })()
      return E.isLeft(result) && [result.left._tag, 'path' in result.left && result.left.path]
    }
    const models = { net: made.models.digits }
    expect(await refused(models, { workers: 0 })).toEqual(['SettingError', 'workers'])
    expect(await refused(models, { cors: ['https://a.example/'] })).toEqual(['SettingError', 'cors'])
    expect(await refused(models, { token: 'two words' })).toEqual(['SettingError', 'token'])
    expect(await refused({})).toEqual(['SettingError', 'models'])
    expect(await refused({ 'a/b': made.models.digits })).toEqual(['SettingError', 'models'])
    expect(await refused({ net: `${folder}/nothing` })).toEqual(['NotFound', `${folder}/nothing`])
  })
})
