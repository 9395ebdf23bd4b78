/** `graft job` on a Ray cluster of this machine, where PYTHON names a Python with torch and Ray with its dashboard. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, type Place, placeForRuns, tiny } from './graft.js'

const python = process.env['PYTHON']
const needed = 'import torch, pandas, pyarrow, ray.train.torch, ray.dashboard.optional_deps'

/** Why no cluster can be started; null: one can. */
const obstacle = (): string | null => {
  if (python === undefined) return 'PYTHON is not set'
  const { status, stderr } = spawnSync(python, ['-c', needed], { encoding: 'utf8' })
  return status === 0 ? null : `PYTHON lacks Ray: ${stderr.trim().split('\n').at(-1) ?? ''}`
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** Starts the head of a cluster, and waits for its REST API. */
const started = async (folder: string): Promise<{ readonly head: ChildProcess; readonly address: string }> => {
  const [port, dashboard] = [await freePort(), await freePort()]
  const flags = [
    ...['--head', '--block', '--num-cpus=2', '--disable-usage-stats', '--object-store-memory=100000000'],
    ...[`--port=${port}`, '--dashboard-host=127.0.0.1', `--dashboard-port=${dashboard}`, `--temp-dir=${folder}`]
  ]
  const program = 'from ray.scripts.scripts import main; main()'
  const head = spawn(python!, ['-c', program, 'start', ...flags], {
    detached: true,
    stdio: 'ignore',
    // jobs run the program `python`
    env: { ...process.env, PATH: `${dirname(python!)}${delimiter}${process.env['PATH'] ?? ''}` }
  })
  const address = `http://127.0.0.1:${dashboard}`
  for (let i = 0; i < 120; i++) {
    const answer = await fetch(`${address}/api/version`).catch(() => null)
    if (answer?.ok === true) return { head, address }
    await sleep(500)
  }
  throw new Error('the cluster does not answer')
}

/** Ray ends the processes of a head that is asked to end. */
const ended = async (head: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => head.once('exit', resolve))
  head.kill('SIGTERM')
  await Promise.race([gone, sleep(20_000)])
  if (head.exitCode === null && head.signalCode === null) head.kill('SIGKILL')
  // its dashboard outlives it for a moment, and writes a file
  await sleep(2000)
}

const why = obstacle()

describe.skipIf(why !== null)(`graft job --to ray on a cluster (PYTHON)${why === null ? '' : `: ${why}`}`, () => {
  const limit = { timeout: 240_000 }
  const folder = mkdtempSync(join(tmpdir(), 'ray-'))
  let cluster: Awaited<ReturnType<typeof started>>
  let place: Place
  const [, ...what] = tiny.filter((word) => word !== '--no-figures')

  beforeAll(async () => {
    place = placeForRuns()
    cluster = await started(folder)
  }, 120_000)
  afterAll(async () => {
    await ended(cluster.head)
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  const graft = (...args: ReadonlyArray<string>) => place.graft(...args)
  const submitted = async (out: string, ...flags: ReadonlyArray<string>): Promise<void> => {
    const at = ['--to', 'ray', '--address', cluster.address, '--storage', join(folder, 'runs'), '--submit']
    const { code, stderr } = await graft('job', ...what, ...at, '--threads', '1', '--out', out, ...flags)
    expect(code, stderr).toBe(0)
  }
  const state = async (out: string): Promise<string> => (await graft('job', 'status', out)).stdout.trim()

  /** The losses in the table of a training. */
  const losses = ({ lines }: Outcome): ReadonlyArray<number> =>
    lines
      .map((line) => line.trim().split(/\s+/))
      .filter(([first]) => /^\d+$/.test(first ?? ''))
      .map(([, loss]) => Number(loss))

  it('trains in two processes, and is followed, fetched and used for predictions', limit, async () => {
    const steps = ['--epochs', '2', '--lr', '1e-2']
    await submitted('job', '--procs', '2', ...steps)
    const logs = await graft('job', 'logs', 'job')
    expect(logs.code, logs.stderr).toBe(0)
    const local = await graft(...tiny, ...steps, '--out', 'local')
    expect(local.code, local.stderr).toBe(0)
    expect(losses(logs)).toHaveLength(2)
    losses(logs).forEach((loss, i) => expect(Math.abs(loss - losses(local)[i]!)).toBeLessThan(1e-4))
    expect(await state('job')).toMatch(/^succeeded/)
    const fetched = await graft('job', 'fetch', 'job')
    expect(fetched.code, fetched.stderr).toBe(0)
    expect(readdirSync(join(place.folder, 'job', 'run'))).toEqual(
      expect.arrayContaining(['graft.json', 'history.csv', 'model.safetensors'])
    )
    const predicted = await graft('predict', join('job', 'run'), 'digits/valid/3', '--json')
    expect(predicted.code, predicted.stderr).toBe(0)
  })

  it('is stopped, and its checkpoint fetched', limit, async () => {
    await submitted('long', '--epochs', '100000', '--checkpoint-seconds', '1')
    const files = async (): Promise<Outcome> => graft('job', 'fetch', 'long')
    for (let i = 0; i < 60 && (await files()).code !== 0; i++) await sleep(1000)
    expect(await state('long')).toMatch(/^running/)
    expect((await graft('job', 'stop', 'long')).code).toBe(0)
    for (let i = 0; i < 60 && !(await state('long')).startsWith('stopped'); i++) await sleep(500)
    expect(await state('long')).toMatch(/^stopped/)
    expect((await files()).code).toBe(0)
    expect(readdirSync(join(place.folder, 'long', 'run'))).toContain('graft.json')
  })

  it('that fails says why', limit, async () => {
    await submitted('lost', '--data-root', join(folder, 'nowhere'))
    const { code, stderr } = await graft('job', 'logs', 'lost')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/JobError at .*\.png[^]*--data-root/)])
    expect(await state('lost')).toMatch(/^failed/)
  })
})
