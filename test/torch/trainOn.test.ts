/** `trainOn`: trains a learner as a job, at a service that answers as Ray does, and with torchrun where PYTHON has torch. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Event, head, cut, type Launcher, Recipe, sgd, torchrun, withHead } from 'graft-vision'
import { type GraftEnv, type Learner, trainOn, type TrainOnOptions } from 'graft-vision/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kubernetes, ray, sky } from '../../src/emit/launch/index.js'
import { jobSettings } from '../../src/emit/torch/index.js'
import { beginRun, carryOn, describedLearner, type RunDescription } from '../../src/learn/index.js'
import { openData } from '../../src/io/index.js'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, net } from '../learn/tiny.js'
import { type Service, service } from './service.js'

const python = process.env['PYTHON']
const folder = workplace()
const recipe = Recipe.fit(2, 1e-2)

let env: GraftEnv
let start: Learner
/** The learner as graft itself trains it, the events of that, and its run. */
let trained: Learner
const events: Array<Event> = []
const run = join(folder, 'run')

const described = (): RunDescription => ({
  ...{ data: drawn(folder), model: pipe(net, cut, withHead(head({ ps: 0, linFtrs: [16] }))), archModule: null },
  ...{ recipe, opt: sgd({ momentum: 0.9 }), seed: 42, wd: 0.01, engine: 'cpu', threads: null }
})

beforeAll(async () => {
  env = await envWith('cpu')
  const begun = right(await beginRun(run, described())(env)())
  start = right(await pipe(openData(drawn(folder)), RTE.chainW(describedLearner(run, described(), false)))(env)())
  const onEvent = (event: Event) => () => {
    events.push(event)
    return 'continue' as const
  }
  trained = right(await carryOn(begun)(start)({ ...env, onEvent })()).learner
})

// ---------------------------------------------------------------------------------------------------------------------
// a service
// ---------------------------------------------------------------------------------------------------------------------

let cluster: Service
let stopped = false
beforeEach(() => {
  stopped = false
})

/** The files of a run, as `print_files.py` prints them. */
const printed = (directory: string): string => {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile())
  const lines = files.flatMap((file) => {
    const content = readFileSync(file)
    return [`graft-file ${content.length} ${relative(directory, file)}`, `graft-data ${content.toString('base64')}`]
  })
  return [...lines, `graft-end ${files.length}`, ''].join('\n')
}

/** What the program prints: the step of a recipe is not in its events. */
const lineOf = (event: Event): string => JSON.stringify('step' in event ? { ...event, step: undefined } : event)

beforeAll(async () => {
  const progress = ['(RayTrainWorker pid=7) starting', ...events.map(lineOf), ''].join('\n')
  cluster = await service(({ method, url, body }) => {
    if (method === 'PUT') return { status: 200, body: '' }
    if (url.endsWith('/stop')) {
      stopped = true
      return { status: 200, body: { stopped } }
    }
    if (method === 'POST') {
      const { submission_id } = JSON.parse(body) as { readonly submission_id: string }
      return { status: 200, body: { submission_id } }
    }
    const fetches = url.includes('-files-')
    if (url.endsWith('/logs')) return { status: 200, body: { logs: fetches ? printed(run) : progress } }
    return { status: 200, body: { status: stopped && !fetches ? 'STOPPED' : 'SUCCEEDED', message: '' } }
  })
})
afterAll(() => cluster.close())

const trainedOn = (launcher: Launcher, name: string, options: TrainOnOptions = {}, own: Partial<GraftEnv> = {}) =>
  trainOn(launcher, { folder: join(folder, name), ...options })(recipe)(start)({ ...env, ...own })()

describe('a learner trained by a service', () => {
  it('is that of the run that is fetched, and handlers see its events', async () => {
    const seen: Array<string> = []
    const rows: Array<number> = []
    const texts: Array<string> = []
    const onEvent: GraftEnv['onEvent'] = (event, now) => () => {
      seen.push(event._tag)
      if (event._tag === 'EpochEnd') rows.push(right(now()).history.rows.length)
      return 'continue'
    }
    const onText = (line: string) => void texts.push(line)
    const launcher = ray({ address: cluster.url })
    const l = right(await trainedOn(launcher, 'ray', { onText }, { onEvent }))
    expect(bitsOf(l)).toEqual(bitsOf({ ...trained, optimiser: l.optimiser, mom: l.mom }))
    expect(l.history.rows).toHaveLength(2)
    expect(seen).toEqual(events.map(({ _tag }) => _tag))
    expect([rows, texts]).toEqual([[1, 2], ['starting']])
    expect(readdirSync(join(folder, 'ray'))).toEqual(expect.arrayContaining(['job.json', 'run', 'submitted.json']))
  })

  it('is stopped there when a handler halts', async () => {
    const onEvent: GraftEnv['onEvent'] = (event) => () => (event._tag === 'EpochEnd' ? 'halt' : 'continue')
    right(await trainedOn(ray({ address: cluster.url }), 'halted', {}, { onEvent }))
    expect(stopped).toBe(true)
  })

  it.each([kubernetes(), sky()])('is refused by $_tag, before anything is written', async (launcher) => {
    expect(left(await trainedOn(launcher, launcher._tag))).toMatchObject({ _tag: 'JobError' })
    expect(readdirSync(folder)).not.toContain(launcher._tag)
  })
})

describe.skipIf(python === undefined)('a learner trained with torchrun (PYTHON)', () => {
  it('is that of graft', { timeout: 120_000 }, async () => {
    const settings = jobSettings({ threads: 1 })
    const l = right(await trainedOn(torchrun({ python: python! }), 'torchrun', { settings }))
    const losses = ({ history: { rows } }: Learner) => rows.map(({ trainLoss }) => trainLoss)
    losses(trained).forEach((loss, i) => expect(Math.abs(losses(l)[i]! - loss) / loss).toBeLessThan(1e-4))
    for (const [path, values] of trained.state)
      values.forEach((value, i) => expect(Math.abs(l.state.get(path)![i]! - value), path).toBeLessThan(1e-4))
  })
})
