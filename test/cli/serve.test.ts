// `graft serve` as a process: its port, its log, and signals.
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Place, placeForRuns, type Started, tiny } from './graft.js'

let place: Place
let picture: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  place = placeForRuns()
  const { code, stderr } = await place.graft(...tiny, '--epochs', '1', '--out', 'net', '--quiet')
  expect(code, stderr).toBe(0)
  const three = join(place.folder, 'digits/valid/3')
  picture = new Uint8Array(readFileSync(join(three, readdirSync(three)[0]!)))
})

/** A started server, and the lines of its streams so far. */
interface Server extends Started {
  readonly url: string
  readonly lines: ReadonlyArray<string>
  readonly until: (pattern: RegExp) => Promise<string>
}

const serve = async (...args: ReadonlyArray<string>): Promise<Server> => {
  const started = place.start('serve', ...args, '--port', '0', '--workers', '1', '--threads', '1')
  const lines: Array<string> = []
  for (const stream of [started.process.stdout!, started.process.stderr!])
    stream.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trimEnd().split('\n')))
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => pattern.test(line))
      if (found !== undefined) return found
      if (started.process.exitCode !== null) throw new Error(`it ended without ${pattern.source}: ${lines.join('\n')}`)
      await setTimeout(20)
    }
  }
  const [url = ''] = /http:[^\s"]+/.exec(await until(/http:/)) ?? []
  return { ...started, url, lines, until }
}

const predict = (url: string, init: RequestInit = {}) =>
  fetch(`${url}/predict`, { method: 'POST', body: picture, ...init })

/** What comes back for text that is sent as it is. */
const rawAnswer = async (url: string, text: string): Promise<string> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  socket.write(text)
  await once(socket, 'close')
  return answer
}

describe('graft serve', () => {
  it('answers, reloads at SIGHUP, and ends with 0 after SIGTERM once requests are answered', async () => {
    mkdirSync(join(place.folder, 'served'))
    const model = join(place.folder, 'served/model.safetensors')
    copyFileSync(join(place.folder, 'net/model.safetensors'), model)
    const server = await serve('served', 'other=net')
    expect(server.lines[0]).toBe(`serving served, other at ${server.url}`)
    const response = await predict(server.url)
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ model: 'served' })])
    expect(await server.until(/POST/)).toMatch(/^POST \/predict 200 \d+\.\d ms {2}served, 1 image$/)

    server.process.kill('SIGHUP')
    await server.until(/now serving the new served, other/)
    place.file('served/model.safetensors', 'no weights')
    server.process.kill('SIGHUP')
    await server.until(/the old models stay/)
    expect(server.lines.some((line) => line.startsWith('NotWeights at '))).toBe(true)
    expect((await predict(server.url)).status).toBe(200)

    // a request whose body is still on its way
    const late = predict(server.url, {
      body: new ReadableStream({
        start: async (controller) => {
          controller.enqueue(picture.subarray(0, 50))
          await setTimeout(400)
          controller.enqueue(picture.subarray(50))
          controller.close()
        }
      }),
      duplex: 'half'
    })
    await setTimeout(100)
    server.process.kill('SIGTERM')
    expect((await late).status).toBe(200)
    const { code } = await server.ended
    expect(code).toBe(0)
    expect(server.lines.at(-1)).toMatch(/^POST \/predict 200/)
  })

  it('logs JSON lines, asks for the token of a file, and answers what is no HTTP', async () => {
    place.file('token', 'a-token\n')
    const server = await serve('net', '--json', '--token-file', 'token', '--timeout', '1')
    expect(JSON.parse(server.lines[0]!)).toEqual({ url: server.url, models: ['net'] })
    expect((await predict(server.url)).status).toBe(401)
    expect((await predict(server.url, { headers: { authorization: 'Bearer a-token' } })).status).toBe(200)
    const logged = JSON.parse(await server.until(/"status":401/)) as unknown
    expect(logged).toMatchObject({ method: 'POST', path: '/predict', status: 401, error: 'Unauthorized', images: 0 })

    expect(await rawAnswer(server.url, 'RUBBISH\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*"code":"BadRequest"/)
    expect(await rawAnswer(server.url, 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 [^]*"code":"BadRequest"/
    )
    expect(await rawAnswer(server.url, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 [^]*"code":"ContentTooLarge"/
    )
    expect(await rawAnswer(server.url, 'GET / HTTP/1.1\r\nhost: a')).toMatch(
      /^HTTP\/1.1 408 [^]*"code":"RequestTimeout"/
    )
    server.process.kill('SIGINT')
    expect((await server.ended).code).toBe(0)
  })

  it('refuses wrong flags and models with an exit code', async () => {
    const codeOf = async (...args: ReadonlyArray<string>) => {
      const { code, stderr } = await place.graft('serve', ...args)
      return [code, stderr.split('\n')[0]]
    }
    expect(await codeOf('net', '--port', '99999')).toEqual([2, 'SettingError at --port'])
    expect(await codeOf('net', 'net')).toEqual([2, 'SettingError at MODEL'])
    expect(await codeOf('nothing')).toEqual([1, 'NotFound at nothing'])
    expect(await codeOf('net', '--cors', 'https://a.example/path')).toEqual([2, 'SettingError at --cors'])
    expect(await codeOf()).toEqual([2, 'SettingError at MODEL'])
  })
})
