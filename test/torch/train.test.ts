// Whole trainings by graft_torch: the same losses and tables as graft's, and runs that either continues from the
// other's checkpoint. Where PYTHON names a Python with torch.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accuracy,
  arch,
  bceWithLogits,
  cut,
  cutAt,
  type DataSpec,
  digits,
  type Event,
  getTransforms,
  head,
  holdoutByPct,
  huber,
  imageCsv,
  imageImages,
  imageMasks,
  labelSmoothing,
  masksIn,
  meanIou,
  meanSquaredError,
  mixup,
  nn,
  pck,
  pointDistance,
  pointsFrom,
  Recipe,
  saveBest,
  sgd,
  slice,
  Transform,
  targetsIn,
  unet,
  withBatchSize,
  withHead,
  withTransforms
} from 'graft-vision'
import {
  acquireEngine,
  beginRun,
  carryOn,
  describedLearner,
  type GraftEnv,
  type Learner,
  loadPredictor,
  openData,
  predictAll,
  type Run,
  type RunDescription,
  runFiles
} from 'graft-vision/node'
import { jobSettings } from '../../src/emit/torch/index.js'
import { jobOf, writeJob } from '../../src/learn/index.js'
import { ema, swa } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'
import { place, right, workplace } from '../io/workplace.js'
import { envWith } from '../learn/tiny.js'

const python = process.env['PYTHON']
const folder = workplace()
const TOLERANCE = 1e-4
/** Rounding grows from batch to batch. */
const DRIFT = 5e-3

let env: GraftEnv

const side = 16

/** Pictures of a bright rectangle, the same with less light, and its mask. */
const drawn = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) {
    const random = generator(i)
    const [top, left] = [random.integer(8), random.integer(8)]
    const inside = (k: number) => {
      const [y, x] = [Math.floor(k / side) - top, (k % side) - left]
      return y >= 0 && y < 8 && x >= 0 && x < 8
    }
    const pixels = Array.from({ length: side * side }, (_, k) => (inside(k) ? 170 : 60) + random.integer(40))
    const rgb = (f: (v: number, c: number) => number) =>
      Buffer.from(pixels.flatMap((v) => [0, 1, 2].map((c) => f(v, c))))
    const png = (data: Buffer, channels: 1 | 3) => sharp(data, { raw: { width: side, height: side, channels } }).png()
    const grey = png(Buffer.from(pixels.map((_, k) => (inside(k) ? 1 : 0))), 1).toColourspace('b-w')
    place(
      join(folder, 'pairs', 'images', `${i}.png`),
      await png(
        rgb((v, c) => v + 5 * c),
        3
      ).toBuffer()
    )
    place(
      join(folder, 'pairs', 'darker', `${i}.png`),
      await png(
        rgb((v, c) => (v + 5 * c) / 2),
        3
      ).toBuffer()
    )
    place(join(folder, 'pairs', 'masks', `${i}.png`), await grey.toBuffer())
  }
  const rows = Array.from({ length: 20 }, (_, i) => `${i}.png,${['a', 'b', 'a b', ''][i % 4]}`)
  const corners = Array.from({ length: 20 }, (_, i) => {
    const { integer } = generator(i)
    const [top, left] = [integer(8), integer(8)]
    return `${i}.png,${left},${top},${i % 5 === 2 ? ',' : `${left + 7},${top}`}`
  })
  place(join(folder, 'pairs', 'points.csv'), ['image,left_x,left_y,right_x,right_y', ...corners, ''].join('\n'))
  place(join(folder, 'pairs', 'labels.csv'), `image,labels\n${rows.join('\n')}\n`)
}

const net = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4, bias: false })),
    nn.named('bn', nn.batchNorm(8)),
    nn.relu,
    nn.named('pool', nn.maxPool2d(2))
  )
})

const encoder = pipe(net, cutAt(2), withHead(unet()))
const flat = pipe(net, cut, withHead(head({ ps: 0, linFtrs: [16] })))
const dropping = pipe(net, cut, withHead(head({ ps: 0.3, linFtrs: [16] })))

const described = (data: DataSpec, rest: Partial<RunDescription>): RunDescription => ({
  data,
  model: flat,
  archModule: null,
  recipe: Recipe.sequence(
    Recipe.freeze,
    Recipe.fitOneCycle(1, 1e-2),
    Recipe.unfreeze,
    Recipe.fitOneCycle(2, slice(1e-4, 1e-3))
  ),
  seed: 42,
  wd: 0.01,
  // a batch norm's weight before another batch norm has no gradient but rounding, which Adam takes for a direction
  opt: sgd({ momentum: 0.9 }),
  engine: 'onnxruntime',
  threads: null,
  ...rest
})

const some = withBatchSize(16)(digits({ n: 64, valid: 24, path: join(folder, 'digits') }))
const pairs = join(folder, 'pairs')
const holdout = holdoutByPct(0.25, 1)

const runs: Readonly<Record<string, () => RunDescription>> = {
  'with transforms, mixed images and dropout': () =>
    described(withTransforms(getTransforms())(some), {
      model: dropping,
      batchViews: [mixup(0.4)],
      metrics: [accuracy],
      clip: 1,
      loss: labelSmoothing()
    }),
  'with watchers, averages, accumulated gradients and other sizes': () =>
    described(some, {
      recipe: Recipe.sequence(
        Recipe.until(saveBest())(ema(0.9)(Recipe.fitOneCycle(2, 1e-3))),
        Recipe.save('between'),
        Recipe.setSize(24),
        swa(1)(Recipe.fit(2, [1e-4, 1e-3], { wd: [0, 0.1] })),
        Recipe.load('between')
      )
    }),
  'of masks': () =>
    described(
      withTransforms([Transform.flipLr()])(
        withBatchSize(4)(
          imageMasks(pairs, { images: 'images', masks: masksIn('masks'), holdout, codes: ['out', 'in'] })
        )
      ),
      { model: encoder, metrics: [meanIou(['out', 'in'])] }
    ),
  'of masks in two sizes': () =>
    described(
      withBatchSize(4)(imageMasks(pairs, { images: 'images', masks: masksIn('masks'), holdout, codes: ['out', 'in'] })),
      {
        model: encoder,
        metrics: [meanIou(['out', 'in'])],
        recipe: Recipe.sequence(Recipe.fitOneCycle(1, 1e-3), Recipe.setSize([20, 12]), Recipe.fit(1, 1e-4))
      }
    ),
  'of images': () =>
    described(withBatchSize(4)(imageImages(pairs, { images: 'images', targets: targetsIn('darker'), holdout })), {
      model: pipe(net, cutAt(2), withHead(unet({ yRange: [0, 1] }))),
      metrics: [meanSquaredError]
    }),
  'of points': () =>
    described(
      pipe(
        pointsFrom(pairs, { csv: 'points.csv', folder: 'images', holdout }),
        withBatchSize(4),
        withTransforms(getTransforms())
      ),
      { loss: huber({ delta: 0.2 }), metrics: [pointDistance, pck()] }
    ),
  'of several labels': () =>
    described(withBatchSize(4)(imageCsv(pairs, { csv: 'labels.csv', folder: 'images', labelDelim: ' ', holdout })), {
      loss: bceWithLogits,
      metrics: []
    })
}

const learnerOf = (run: Run, resumed = false) =>
  pipe(openData(run.description.data), RTE.chainW(describedLearner(run.directory, run.description, resumed)))

const trainingLosses = (events: ReadonlyArray<Event>): ReadonlyArray<number> =>
  events.flatMap((event) => (event._tag === 'BatchEnd' && event.train ? [event.loss] : []))

/** Trains with graft, to the end or to a batch. */
const local = async (run: Run, haltAt = Infinity): Promise<ReadonlyArray<number>> => {
  const events: Array<Event> = []
  const onEvent = (event: Event) => () => {
    events.push(event)
    return event._tag === 'BatchEnd' && trainingLosses(events).length === haltAt ? 'halt' : 'continue'
  }
  right(
    await pipe(
      learnerOf(run, existsSync(runFiles(run.directory).checkpoint)),
      RTE.chainW(carryOn(run))
    )({ ...env, onEvent })()
  )
  return trainingLosses(events)
}

/** The folder of a new job for a description, and the learner it begins with. */
const jobFor = async (name: string, description: RunDescription) => {
  const at = join(folder, name)
  const run = right(await beginRun(join(at, 'described'), description)(env)())
  const l = right(await learnerOf(run)(env)())
  const settings = jobSettings({ threads: 1 })
  right(await pipe(jobOf(description, settings)(l), RTE.chainW(writeJob(join(at, 'job'))))(env)())
  return { at: join(at, 'job'), l, run: { ...run, directory: join(at, 'job', 'run') } }
}

interface Ended {
  readonly status: number | null
  readonly losses: ReadonlyArray<number>
  readonly errors: string
}

/** Trains with PyTorch; asked to stop after a number of batches. */
const torch = (at: string, l: Learner, stopAfter = Infinity): Promise<Ended> =>
  new Promise((resolve) => {
    const root = fileURLToPath(new URL('../../src', import.meta.url))
    const args = ['-B', '-m', 'graft_torch', at, '--data-root', l.data.root]
    const child = spawn(python!, args, { env: { ...process.env, PYTHONPATH: root } })
    const losses: Array<number> = []
    let [rest, errors] = ['', '']
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
    child.stdout.on('data', (text: Buffer) => {
      const lines = `${rest}${text.toString()}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = JSON.parse(line) as Event
        if (event._tag !== 'BatchEnd' || !event.train) continue
        losses.push(event.loss)
        if (losses.length === stopAfter) child.kill('SIGTERM')
      }
    })
    child.on('close', (status) => resolve({ status, losses, errors }))
  })

const table = (directory: string): ReadonlyArray<ReadonlyArray<string>> =>
  readFileSync(runFiles(directory).history, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').slice(0, -1))

const expectNear = (theirs: ReadonlyArray<number>, ours: ReadonlyArray<number>): void => {
  expect(theirs).toHaveLength(ours.length)
  const distances = ours.map((x, i) => Math.abs(theirs[i]! - x) / Math.max(Math.abs(x), 1e-12))
  expect(Math.max(...distances), distances.map((d) => d.toExponential(0)).join(' ')).toBeLessThan(TOLERANCE)
}

/** Names, and numbers: the first row within the tolerance (six decimals are a millionth), later ones as they drift. */
const expectTables = (theirs: string, ours: string): void => {
  const [a, b] = [table(theirs), table(ours)]
  expect(a[0]).toEqual(b[0])
  expect(a.map((row) => row.slice(0, 2))).toEqual(b.map((row) => row.slice(0, 2)))
  a.slice(1).forEach((row, i) =>
    row.slice(2).forEach((cell, k) => {
      const own = Number(b[i + 1]![k + 2])
      const most = 1e-6 + (i === 0 ? TOLERANCE : DRIFT) * Math.abs(own)
      expect(Math.abs(Number(cell) - own), `row ${i}: ${row.join()} and ${b[i + 1]!.join()}`).toBeLessThan(most)
    })
  )
}

describe.skipIf(python === undefined)('a training by graft_torch (PYTHON)', () => {
  beforeAll(async () => {
    await drawn()
    env = { ...(await envWith('cpu')), engine: right(await acquireEngine('onnxruntime', { exactConv: true })()) }
  })

  it.for(Object.entries(runs))('%s is that of graft', { timeout: 120_000 }, async ([name, description]) => {
    const { at, l, run } = await jobFor(name.replaceAll(' ', '-'), description())
    const ended = await torch(at, l)
    expect(ended.status, ended.errors).toBe(0)
    const own = { ...run, directory: join(at, '..', 'described') }
    const losses = await local(own)
    expectNear(ended.losses.slice(0, 10), losses.slice(0, 10))
    expectTables(run.directory, own.directory)
  })

  it('is continued by graft, and continues what graft began', { timeout: 200_000 }, async () => {
    const description = runs['with transforms, mixed images and dropout']!()
    const { at, l, run } = await jobFor('continued', description)
    const whole = { ...run, directory: join(at, '..', 'described') }
    const losses = await local(whole)

    const stopped = await torch(at, l, 5)
    expect(stopped.status, stopped.errors).toBe(143)
    const rest = await local(run)
    expectNear([...stopped.losses, ...rest].slice(0, 10), losses.slice(0, 10))
    expectTables(run.directory, whole.directory)

    rmSync(run.directory, { recursive: true })
    mkdirSync(run.directory)
    copyFileSync(join(at, 'graft.json'), runFiles(run.directory).description)
    const begun = await local(run, 5)
    const ended = await torch(at, l)
    expect(ended.status, ended.errors).toBe(0)
    expectNear([...begun, ...ended.losses].slice(0, 10), losses.slice(0, 10))
    expectTables(run.directory, whole.directory)

    const files = [join(l.data.root, l.data.valid.items[0]!.file)]
    const [ours, theirs] = await Promise.all(
      [whole, run].map(async ({ directory }) =>
        right(await pipe(loadPredictor(directory), RTE.chainW(predictAll(files)))(env)())
      )
    )
    const probabilities = (all: typeof ours) => all!.flatMap((p) => p.probabilities)
    expectNear(probabilities(theirs), probabilities(ours))
  })
})
