// node bench/serve/attack.mjs [--requests 2000] [--at-once 64]: requests of every kind at a server of tiny images: good,
// bad, huge, slow and cut off. The server must answer each with a status and, if it is an error, JSON of one form; it
// must not end, and its memory must not grow. Exits with 1 otherwise.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { fileURLToPath } from 'node:url'
import { graft, timed } from '../record.mjs'

const { values: given } = parseArgs({
  options: { requests: { type: 'string', default: '2000' }, 'at-once': { type: 'string', default: '64' } }
})
const place = mkdtempSync(join(tmpdir(), 'graft-attack-'))
timed(process.execPath, [fileURLToPath(new URL('tiny.mjs', import.meta.url)), place])

const noise = (side) =>
  sharp(Buffer.from(Array.from({ length: side * side * 3 }, (_, i) => (i * 2654435761) >>> 24)), {
    raw: { width: side, height: side, channels: 3 }
  })
const photo = await noise(256).jpeg().toBuffer()
const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'red' } })
  .png()
  .toBuffer()

const flags = ['--port', '0', '--timeout', '2', '--max-queue', '48', '--quiet', '--json']
const server = spawn(process.execPath, [graft, 'serve', `net=${join(place, 'net')}`, ...flags], {
  stdio: ['ignore', 'pipe', 'inherit']
})
const [first] = await once(server.stdout, 'data')
const { url } = JSON.parse(String(first).split('\n')[0])
const port = Number(new URL(url).port)

const rssMB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024

const post = (path, body, type) =>
  fetch(url + path, { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } })

const formOf = (...parts) => {
  const form = new FormData()
  for (const part of parts) form.append('image', new Blob([part]), 'a.jpg')
  return form
}

/** Sends text over a connection of its own, and returns what comes back. */
const raw = async (pieces, { cut = false, pause = 0 } = {}) => {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  for (const piece of pieces) {
    socket.write(piece)
    await setTimeout(pause)
  }
  if (cut) {
    socket.destroy()
    return undefined
  }
  await closed
  const [, status] = /^HTTP\/1.1 (\d+)/.exec(text) ?? []
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  return { status: Number(status), text: async () => body }
}

const head = (length) =>
  `POST /predict HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: image/jpeg\r\ncontent-length: ${length}\r\n\r\n`

/** Kinds of requests, and the statuses that fit. A full queue fits all that reach it. */
const kinds = {
  good: [() => post('/predict', photo), [200, 503, 504]],
  form: [() => post('/predict', formOf(photo, photo)), [200, 503, 504]],
  json: [
    () => post('/predict', JSON.stringify({ images: [photo.toString('base64')] }), 'application/json'),
    [200, 503, 504]
  ],
  embed: [() => post('/embed', photo), [200, 503, 504]],
  explain: [() => post('/explain', photo), [200, 503, 504]],
  health: [() => fetch(`${url}/healthz`), [200]],
  text: [() => post('/predict', Buffer.from('no image')), [415, 503, 504]],
  half: [() => post('/predict', photo.subarray(0, photo.length / 2)), [415, 503, 504]],
  bomb: [() => post('/predict', bomb), [413, 503, 504]],
  huge: [() => post('/predict', new Uint8Array(30 * 2 ** 20)).catch(() => undefined), [413]],
  many: [() => post('/predict', formOf(...new Array(65).fill(photo))), [413, 503]],
  brokenJson: [() => post('/predict', '{"images": [', 'application/json'), [400]],
  brokenForm: [() => post('/predict', '--b\r\nrubbish', 'multipart/form-data; boundary=b'), [400]],
  deepJson: [() => post('/predict', '['.repeat(100_000), 'application/json'), [400]],
  otherModel: [() => post('/predict?model=other', photo), [404]],
  otherPath: [() => fetch(`${url}/../../etc/passwd`), [404]],
  otherMethod: [() => fetch(`${url}/predict`, { method: 'DELETE' }), [405]],
  rubbish: [() => raw(['\0\x01\x02 rubbish\r\n\r\n']), [400]],
  cut: [() => raw([head(photo.length), photo.subarray(0, 1000)], { cut: true, pause: 5 }), []],
  slow: [() => raw([head(photo.length), photo.subarray(0, 1000)]), [408]],
  slowHeaders: [() => raw(['GET /healthz HTTP/1.1\r\nhost: a\r\n']), [408]]
}
const names = Object.keys(kinds)
/** Slow requests take their time; few of them are enough. */
const kindOf = (i) => (i % 40 === 0 ? 'slow' : i % 40 === 20 ? 'slowHeaders' : names[i % (names.length - 2)])

const counts = {}
const faults = []
const one = async (i) => {
  const kind = kindOf(i)
  const [send, fitting] = kinds[kind]
  let response
  try {
    response = await send()
  } catch (cause) {
    faults.push(`${kind}: ${cause.cause ?? cause}`)
    return
  }
  if (response === undefined) return
  const { status } = response
  counts[`${kind} ${status}`] = (counts[`${kind} ${status}`] ?? 0) + 1
  const text = await response.text()
  if (!fitting.includes(status)) faults.push(`${kind}: ${status} ${text.slice(0, 200)}`)
  if (status < 400) return
  const { code, message } = (() => {
    try {
      return JSON.parse(text).error
    } catch {
      return {}
    }
  })()
  if (typeof code !== 'string' || typeof message !== 'string')
    faults.push(`${kind}: ${status} without an error: ${text}`)
}

const total = Number(given.requests)
const memory = []
const lap = async (from, to) => {
  let next = from
  await Promise.all(
    Array.from({ length: Number(given['at-once']) }, async () => {
      while (next < to) await one(next++)
    })
  )
  memory.push(Math.round(rssMB()))
}
for (let i = 0; i < 5; i++) await lap((i * total) / 5, ((i + 1) * total) / 5)
const healthy = await fetch(`${url}/readyz`)
server.kill('SIGTERM')
const [code] = await once(server, 'exit')
rmSync(place, { recursive: true })

console.log(Object.fromEntries(Object.entries(counts).sort()))
console.log(`resident memory after each fifth: ${memory.join(', ')} MB`)
if (!healthy.ok) faults.push(`/readyz: ${healthy.status}`)
if (code !== 0) faults.push(`exit code ${code}`)
if (memory.at(-1) > 1.25 * memory[1] + 50) faults.push('the memory grows')
if (faults.length > 0) console.log(`${faults.length} faults:\n${[...new Set(faults)].slice(0, 20).join('\n')}`)
process.exitCode = faults.length > 0 ? 1 : 0
