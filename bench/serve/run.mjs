// Requests a second of `graft serve`, of FastAPI with PyTorch, and images a second of ONNX Runtime alone: resnet18 at
// 224 px, one JPEG a request, sent from a number of connections that each wait for their response.
//   PYTHON=... npm run bench -- serve FOLDER [--seconds 10] [--connections 64] [--only graft,fastapi,...] [--flags '...']
// FOLDER has train/ and valid/ with class folders of photographs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { graft, lastJson, python, record, timed } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: 'graft,fastapi,fastapi-tuned,onnxruntime-1,onnxruntime-16' },
    flags: { type: 'string', default: '' }
  }
})
if (positionals[0] === undefined) {
  console.error('name a folder with train/ and valid/, of photographs in class folders')
  process.exit(2)
}
const folder = resolve(positionals[0])
const seconds = Number(given.seconds)
const cores = availableParallelism()
const at = (file) => fileURLToPath(new URL(file, import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'graft-bench-'))
const model = join(place, 'net')
timed(process.execPath, [at('model.mjs'), folder, model])

const files = readdirSync(join(folder, 'valid'), { recursive: true })
  .filter((file) => /\.jpe?g$/i.test(file))
  .map((file) => join(folder, 'valid', file))

const untilReady = async (url) => {
  for (let i = 0; i < 600; i++) {
    const ready = await fetch(`${url}/healthz`).catch(() => undefined)
    if (ready?.ok) return
    await setTimeout(100)
  }
  throw new Error(`${url} does not respond`)
}

/** Starts a server, measures it, and ends it. */
const loaded = async (port, command, args, env = {}) => {
  const server = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(url)
    const load = {
      url,
      pid: server.pid,
      files,
      connections: Number(given.connections),
      warmup: 2,
      seconds,
      field: 'file'
    }
    const client = spawn(process.execPath, [at('load.mjs'), JSON.stringify(load)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    client.stdout.on('data', (chunk) => (output += chunk))
    await once(client, 'close')
    return lastJson(output)
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
}

const fastapi = (port, workers, env) => {
  const interpreter = python('torch', 'torchvision', 'PIL', 'fastapi', 'uvicorn', 'multipart')
  const args = ['-m', 'uvicorn', 'fastapi_server:app', '--app-dir', dirname(at('run.mjs')), '--port', String(port)]
  return loaded(
    port,
    interpreter,
    [...args, '--no-access-log', '--log-level', 'warning', '--workers', String(workers)],
    env
  )
}

const alone = (batch) => {
  const args = [at('onnx_loop.mjs'), `${model}.onnx`, batch, cores, seconds].map(String)
  return lastJson(timed(process.execPath, args).stdout)
}

const arms = {
  graft: () => {
    const flags = given.flags === '' ? [] : given.flags.split(' ')
    return loaded(8631, process.execPath, [graft, 'serve', `net=${model}`, '--port', '8631', '--quiet', ...flags])
  },
  fastapi: () => fastapi(8632, 1),
  // a process for each core, each with one thread: what a search for more speed finds
  'fastapi-tuned': () => fastapi(8633, cores, { THREADS: '1' }),
  'onnxruntime-1': () => alone(1),
  'onnxruntime-16': () => alone(16)
}

// perSecond and response times need an idle machine; userMs and systemMs, the processor time of a request, do not
const rows = []
for (const name of given.only.split(',')) {
  const { statuses, ...numbers } = await arms[name]()
  const rounded = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, value.toFixed(1)]))
  console.error(name, JSON.stringify({ ...rounded, statuses }))
  const {
    perSecond,
    userMs = '',
    systemMs = '',
    p50 = '',
    p99 = '',
    healthP50 = '',
    healthP99 = '',
    healthMax = ''
  } = rounded
  rows.push({
    arm: name,
    ...{ perSecond, userMs, systemMs, p50, p99, healthP50, healthP99, healthMax },
    connections: given.connections,
    seconds
  })
}
rmSync(place, { recursive: true })
record('serve', 'onnxruntime', rows)
console.table(rows)
