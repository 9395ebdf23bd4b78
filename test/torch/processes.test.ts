// One and two processes of graft_torch train on the images of a job as graft does, and validate every image once.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accuracy,
  cut,
  cutmix,
  digits,
  type Event,
  getTransforms,
  head,
  randomErasing,
  Recipe,
  sgd,
  withBatchSize,
  withDropLast,
  withHead,
  withTransforms
} from 'graft-vision'
import {
  acquireEngine,
  beginRun,
  carryOn,
  describedLearner,
  type GraftEnv,
  openData,
  runFiles
} from 'graft-vision/node'
import { jobSettings } from '../../src/emit/torch/index.js'
import { jobOf, type RunDescription, writeJob } from '../../src/learn/index.js'
import { right, workplace } from '../io/workplace.js'
import { envWith, net } from '../learn/tiny.js'

const python = process.env['PYTHON']
const folder = workplace()
let env: GraftEnv

const data = pipe(
  // 60 and 25 images: batches of 16 end with one of 12 and one of 9, which two processes cannot halve
  digits({ n: 60, valid: 25, path: join(folder, 'digits') }),
  withBatchSize(16),
  withDropLast(false),
  withTransforms(getTransforms())
)

const description: RunDescription = {
  data,
  model: pipe(net, cut, withHead(head({ ps: 0.25, linFtrs: [16] }))),
  archModule: null,
  recipe: Recipe.sequence(Recipe.unfreeze, Recipe.fit(2, 1e-2)),
  batchViews: [cutmix(), randomErasing({ p: 0.5, fill: 'noise' })],
  metrics: [accuracy],
  // where rounding is all of a gradient, Adam would make it a step
  opt: sgd(),
  seed: 42,
  wd: 0.01,
  engine: 'onnxruntime',
  threads: null
}

interface Trained {
  readonly losses: ReadonlyArray<number>
  /** Rows of the table, without the time. */
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

const lossesOf = (events: ReadonlyArray<Event>): ReadonlyArray<number> =>
  events.flatMap((event) => (event._tag === 'BatchEnd' && event.train ? [event.loss] : []))

const rowsIn = (directory: string): Trained['rows'] =>
  readFileSync(runFiles(directory).history, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, -1))

/** Trains with a number of processes, each with a number of workers that load images. */
const trained = async (processes: number, workers: number): Promise<Trained> => {
  const at = join(folder, `job-${processes}-${workers}`)
  const run = right(await beginRun(join(folder, `described-${processes}-${workers}`), description)(env)())
  const l = right(await pipe(openData(data), RTE.chainW(describedLearner(run.directory, description, false)))(env)())
  const plain = jobSettings({ threads: 1, processes })
  const settings = { ...plain, fast: { ...plain.fast, workers } }
  right(await pipe(jobOf(description, settings)(l), RTE.chainW(writeJob(at)))(env)())
  const program = ['-m', 'graft_torch', at, '--data-root', l.data.root]
  const launcher = ['-m', 'torch.distributed.run', '--standalone', `--nproc-per-node=${processes}`]
  const { status, stdout, stderr } = spawnSync(python!, ['-B', ...launcher, ...program], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: fileURLToPath(new URL('../../src', import.meta.url)) }
  })
  expect(status, stderr).toBe(0)
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return { losses: lossesOf(lines.map((line) => JSON.parse(line) as Event)), rows: rowsIn(join(at, 'run')) }
}

const locally = async (): Promise<Trained> => {
  const run = right(await beginRun(join(folder, 'local'), description)(env)())
  const events: Array<Event> = []
  const onEvent = (event: Event) => () => {
    events.push(event)
    return 'continue' as const
  }
  const learner = pipe(openData(data), RTE.chainW(describedLearner(run.directory, description, false)))
  right(await pipe(learner, RTE.chainW(carryOn(run)))({ ...env, onEvent })())
  return { losses: lossesOf(events), rows: rowsIn(run.directory) }
}

const furthest = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!) / Math.abs(b[i]!)))
}

describe.skipIf(python === undefined)('graft_torch (PYTHON)', () => {
  beforeAll(async () => {
    env = { ...(await envWith('cpu')), engine: right(await acquireEngine('onnxruntime', { exactConv: true })()) }
  })

  it('trains in one process and in two as graft does', { timeout: 200_000 }, async () => {
    const ours = await locally()
    expect(ours.losses).toHaveLength(8)
    for (const [processes, workers] of [
      [1, 2],
      [2, 1]
    ] as const) {
      const theirs = await trained(processes, workers)
      expect(furthest(theirs.losses, ours.losses), `${processes} processes`).toBeLessThan(1e-4)
      const [found, expected] = [theirs.rows, ours.rows].map((rows) => rows.map((row) => row.map(Number)))
      for (const [i, row] of found!.entries()) {
        expect(furthest(row.slice(2, 4), expected![i]!.slice(2, 4)), `${processes} processes`).toBeLessThan(1e-4)
        expect(row.slice(4), `${processes} processes`).toEqual(expected![i]!.slice(4))
      }
    }
  })
})
