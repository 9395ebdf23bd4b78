// node load.mjs: sends images to a server from a number of connections, each with its next request after its last
// response, and asks /healthz meanwhile. What to do comes as JSON in the first argument; prints the numbers as JSON.
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

const { url, pid, files, connections, warmup, seconds, field } = JSON.parse(process.argv[2])

const boundary = 'graft-bench-boundary'
const bodies = files.map((file) =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`
    ),
    readFileSync(file),
    Buffer.from(`\r\n--${boundary}--\r\n`)
  ])
)
const agent = new Agent({ keepAlive: true, maxSockets: connections + 1 })

const ask = (path, body) =>
  new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? {}
        : { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length }
    const start = performance.now()
    const sent = request(
      new URL(path, url),
      { agent, method: body === undefined ? 'GET' : 'POST', headers },
      (response) => {
        response.resume()
        response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - start }))
      }
    )
    sent.on('error', reject)
    sent.end(body)
  })

/** Processor time in ms of a process and its children, user and system; Linux counts in hundredths of a second. */
const cpuOf = (parent) => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
        return [{ pid: Number(name), ppid: Number(fields[1]), user: 10 * fields[11], system: 10 * fields[12] }]
      } catch {
        return []
      }
    })
  const isIn = ({ pid, ppid }) =>
    pid === parent || ppid === parent || all.some((one) => one.pid === ppid && one.ppid === parent)
  return all.filter(isIn).reduce((sum, { user, system }) => [sum[0] + user, sum[1] + system], [0, 0])
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]

let next = 0
let counting = false
let over = false
const times = []
const health = []
const statuses = {}

const sender = async () => {
  while (!over) {
    const { status, ms } = await ask('/predict', bodies[next++ % bodies.length])
    if (!counting || over) continue
    statuses[status] = (statuses[status] ?? 0) + 1
    times.push(ms)
  }
}
const prober = async () => {
  while (!over) {
    const { ms } = await ask('/healthz')
    if (counting) health.push(ms)
    await setTimeout(20)
  }
}

const all = [...Array.from({ length: connections }, sender), prober()]
await setTimeout(1000 * warmup)
counting = true
const start = performance.now()
const before = cpuOf(pid)
await setTimeout(1000 * seconds)
const elapsed = (performance.now() - start) / 1000
const used = cpuOf(pid).map((ms, i) => ms - before[i])
over = true
await Promise.all(all)
times.sort((a, b) => a - b)
health.sort((a, b) => a - b)
console.log(
  JSON.stringify({
    perSecond: times.length / elapsed,
    userMs: used[0] / times.length,
    systemMs: used[1] / times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    healthP50: quantile(health, 0.5),
    healthP99: quantile(health, 0.99),
    healthMax: health.at(-1),
    statuses
  })
)
