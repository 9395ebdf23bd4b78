/** Training on cached features: the same results as training on images, and what is said about it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accuracy,
  balancedSampling,
  withSampling,
  type Arch,
  arch,
  batchNormUnderFreeze,
  cut,
  type DataSpec,
  earlyStopping,
  type Event,
  freezeBody,
  head,
  holdoutByPct,
  imageCsv,
  mixup,
  type Model,
  nn,
  Recipe,
  saveBest,
  Transform,
  withBatchSize,
  withHead,
  withTransforms
} from 'graft-vision'
import {
  featureCacheOf,
  type GraftEnv,
  type Learner,
  learner,
  type LearnerOptions,
  lrFind,
  openData,
  readSaved,
  resumeFrom,
  train,
  trainWith,
  validate
} from 'graft-vision/node'
import { place, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith } from './tiny.js'

const folder = workplace()
let env: GraftEnv
beforeAll(async () => {
  env = await envWith('onnxruntime')
})

const { batchNorm, conv2d, maxPool2d, named, numbered, relu, sequential, sum } = nn

/** Convolutions with batch norms, and a residual block. */
const residual = arch({
  name: 'residual',
  network: sequential(
    named('conv1', conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false })),
    named('bn1', batchNorm(8)),
    relu,
    named('maxpool', maxPool2d(2)),
    named(
      'layer1',
      numbered(
        sum(
          sequential(named('conv1', conv2d(8, 8, 3, { padding: 1, bias: false })), named('bn1', batchNorm(8))),
          sequential()
        ),
        relu
      )
    ),
    named('avgpool', maxPool2d(2))
  )
})

/** Convolutions without batch norms, and their concatenation. */
const fire = arch({
  name: 'fire',
  network: sequential(
    named(
      'features',
      numbered(
        conv2d(3, 8, 3, { stride: 2 }),
        relu,
        nn.concat(conv2d(8, 8, 1), conv2d(8, 8, 3, { padding: 1 })),
        maxPool2d(2)
      )
    ),
    named('classifier', maxPool2d(2))
  )
})

const modelOf = (of: Arch): Model =>
  pipe(of, cut, withHead(head({ linFtrs: [16] })), freezeBody, batchNormUnderFreeze('inference'))

const made = async (
  spec: DataSpec,
  model: Model,
  options: Partial<LearnerOptions> = {},
  on: GraftEnv = env
): Promise<Learner> =>
  right(
    await pipe(
      openData(spec),
      RTE.chainW((data) => learner({ data, model, metrics: [accuracy], ...options }))
    )(on)()
  )

const recipe = Recipe.fitOneCycle(3, 1e-2)

/** Trains with events. */
const watched = async (
  l: Learner,
  steps = recipe
): Promise<{ readonly l: Learner; readonly events: ReadonlyArray<Event> }> => {
  const events: Array<Event> = []
  const seen: GraftEnv = { ...env, onEvent: (event) => () => (events.push(event), 'continue') }
  return { l: right(await train(steps)(l)(seen)()), events }
}

const cachings = (events: ReadonlyArray<Event>) => events.filter((event) => event._tag === 'CachingFeatures')

/** The largest difference between numbers, relative to 1 and above. */
const apart = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!) / Math.max(1, Math.abs(x))))
}

const measures = ({ history: { losses, rows } }: Learner): ReadonlyArray<number> => [
  ...losses,
  ...rows.flatMap(({ validLoss, metrics }) => [validLoss!, ...metrics])
]

/** The features are computed by another arrangement of the same float32 operations. */
const tolerance = 1e-4

const sameAs = async (uncached: Learner): Promise<void> => {
  const cached: Learner = { ...uncached, settings: { ...uncached.settings, cacheFeatures: 'auto' } }
  const [a, b] = [await watched(uncached), await watched(cached)]
  expect(cachings(a.events)).toEqual([])
  expect(cachings(b.events).length).toBeGreaterThan(1)
  expect(a.events.filter(({ _tag }) => _tag !== 'CachingFeatures').map(({ _tag }) => _tag)).toEqual(
    b.events.filter(({ _tag }) => _tag !== 'CachingFeatures').map(({ _tag }) => _tag)
  )
  expect(apart(measures(a.l), measures(b.l))).toBeLessThan(tolerance)
  expect([...b.l.state.keys()]).toEqual([...a.l.state.keys()])
  expect([...b.l.optimiser.arrays.keys()]).toEqual([...a.l.optimiser.arrays.keys()])
  for (const [path, values] of a.l.state) expect(apart([...values], [...b.l.state.get(path)!])).toBeLessThan(0.01)
  // the learner is an ordinary one
  const row = b.l.history.rows.at(-1)!
  const validation = right(await validate(b.l)(env)())
  expect(apart([validation.loss, ...validation.metrics], [row.validLoss!, ...row.metrics])).toBeLessThan(tolerance)
}

const off = { cacheFeatures: false } as const

describe('training on cached features', () => {
  it('gives the losses of training on images: residual blocks and batch norms', async () => {
    await sameAs(await made(drawn(folder), modelOf(residual), off))
  })

  it('gives the losses of training on images: concatenations', async () => {
    await sameAs(await made(drawn(folder), modelOf(fire), off))
  })

  it('gives the losses of training on images: horizontal flips', async () => {
    await sameAs(await made(withTransforms([Transform.flipLr()])(drawn(folder)), modelOf(fire), off))
  })

  it('gives the losses of training on images: images drawn several times, with weights', async () => {
    const spec = withSampling(balancedSampling())(withTransforms([Transform.flipLr()])(drawn(folder)))
    const l = await made(spec, modelOf(fire), off)
    const items = l.data.train.items.map((item, i) => ({ ...item, weight: 1 + (i % 3) }))
    const item: typeof l.data.train.item = (i, view) =>
      pipe(
        l.data.train.item(i, view),
        RTE.map((read) => ({ ...read, weight: 1 + (i % 3) }))
      )
    await sameAs({ ...l, data: { ...l.data, train: { ...l.data.train, items, item } } })
  })

  it('gives the losses of training on images: several labels for each image', async () => {
    mkdirSync(join(folder, 'pictures'))
    const pixels = (i: number) => new Uint8Array(28 * 28 * 3).map((_, k) => (k * (i + 3)) % 251)
    for (let i = 0; i < 40; i++) {
      const picture = { height: 28, width: 28, channels: 3, data: pixels(i) }
      place(join(folder, 'pictures', `${i}.png`), right(await env.images.encode(picture)()))
    }
    const labels = ['', 'left', 'right', 'left right']
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${labels[i % 4]}`)
    place(join(folder, 'labels.csv'), ['name,tags', ...rows].join('\n'))
    const spec = imageCsv(folder, {
      holdout: holdoutByPct(0.2, 1),
      suffix: '.png',
      folder: 'pictures',
      labelDelim: ' '
    })
    await sameAs(await made(withBatchSize(8)(spec), modelOf(fire), { ...off, metrics: [] }))
  })

  it('reads every image once', async () => {
    const start = await made(drawn(folder), modelOf(fire))
    let read = 0
    const counted: Learner['data']['train'] = {
      ...start.data.train,
      item: (i, view) => {
        read++
        return start.data.train.item(i, view)
      }
    }
    await watched({ ...start, data: { ...start.data, train: counted } })
    expect(read).toBe(64)
  })

  it('keeps the frozen parameters bit for bit', async () => {
    const start = await made(drawn(folder), modelOf(residual))
    const { l } = await watched(start)
    const frozen = start.plan.parameters.filter(({ trainable }) => !trainable)
    expect(frozen.length).toBeGreaterThan(0)
    for (const { path } of [...frozen, ...start.plan.buffers.filter(({ path }) => path.startsWith('body'))])
      expect(l.state.get(path)).toEqual(start.state.get(path))
  })

  it('works with watchers, which restore whole networks', async () => {
    const start = await made(drawn(folder), modelOf(fire))
    const steps = Recipe.until(saveBest(), earlyStopping({ patience: 5 }))(Recipe.fit(3, 0.3))
    const { l, events } = await watched(start, steps)
    expect(cachings(events).length).toBeGreaterThan(0)
    const best = Math.min(...l.history.rows.map(({ validLoss }) => validLoss!))
    expect(apart([right(await validate(l)(env)()).loss], [best])).toBeLessThan(tolerance)
  })

  it('is for the steps that allow it: others of the recipe train on images', async () => {
    const start = await made(drawn(folder), modelOf(fire))
    const steps = Recipe.sequence(Recipe.fit(2, 1e-2), Recipe.unfreeze, Recipe.fit(2, 1e-3))
    const { l, events } = await watched(start, steps)
    const at = events.flatMap(({ _tag }, i) => (_tag === 'CachingFeatures' ? [i] : []))
    expect(at.at(-1)).toBeLessThan(events.findIndex(({ _tag }) => _tag === 'TrainBegin'))
    expect(l.state.get('body.features.0.weight')).not.toEqual(start.state.get('body.features.0.weight'))
  })

  it('finds learning rates with the same losses', async () => {
    const start = await made(drawn(folder), modelOf(residual))
    const progress: Array<string> = []
    const heard: GraftEnv = {
      ...env,
      progress:
        ({ what }) =>
        () =>
          void progress.push(what)
    }
    const options = { numIt: 12, stopDiv: false, endLr: 0.1 }
    const cached = right(await lrFind(options)(start)(heard)())
    const plain = right(await lrFind(options)({ ...start, settings: { ...start.settings, ...off } })(env)())
    expect(progress).toContain('features')
    expect(apart(cached.losses, plain.losses)).toBeLessThan(tolerance)
  })
})

describe('cached features and resuming', () => {
  const file = join(folder, 'checkpoint.safetensors')

  /** Halts after `k` training batches, and resumes from the file. */
  const broken = async (first: Learner, second: Learner, k: number): Promise<Learner> => {
    let seen = 0
    const halting: GraftEnv = {
      ...env,
      onEvent: (event) => () => (event._tag === 'BatchEnd' && event.train && ++seen === k ? 'halt' : 'continue')
    }
    const checkpoint = { file }
    expect(right(await trainWith(recipe, { checkpoint })(first)(halting)()).halted).not.toBeNull()
    const saved = right(await readSaved(file)(env)())
    const { learner: l, cursor } = right(resumeFrom(file, saved)(second))
    return right(await trainWith(recipe, { from: cursor })(l)(env)()).learner
  }

  it.each([1, 4, 6])('gives the same bits when halted after batch %i', async (k) => {
    const start = await made(drawn(folder), modelOf(residual))
    const { l: unbroken } = await watched(start)
    expect(bitsOf(await broken(start, start, k))).toEqual(bitsOf(unbroken))
  })

  it('lets a run begun on features go on with images, and the reverse', async () => {
    const cached = await made(drawn(folder), modelOf(residual))
    const uncached = await made(drawn(folder), modelOf(residual), off)
    const { l: unbroken } = await watched(uncached)
    expect(apart(measures(await broken(cached, uncached, 6)), measures(unbroken))).toBeLessThan(tolerance)
    expect(apart(measures(await broken(uncached, cached, 6)), measures(unbroken))).toBeLessThan(tolerance)
  })

  it('writes a checkpoint when it is halted while features are computed', async () => {
    const start = await made(drawn(folder), modelOf(fire))
    const halting: GraftEnv = {
      ...env,
      onEvent: (event) => () => (event._tag === 'CachingFeatures' && event.done === 32 ? 'halt' : 'continue')
    }
    const halted = right(await trainWith(recipe, { checkpoint: { file } })(start)(halting)())
    expect(halted.learner.steps).toBe(0)
    const { learner: l, cursor } = right(resumeFrom(file, right(await readSaved(file)(env)()))(start))
    expect(cursor).toEqual(halted.halted)
    const { learner: ended } = right(await trainWith(recipe, { from: cursor })(l)(env)())
    expect(bitsOf(ended)).toEqual(bitsOf((await watched(start)).l))
  })
})

describe('features', () => {
  it('are announced with their place, number and memory', async () => {
    const { events } = await watched(await made(drawn(folder), modelOf(fire)))
    const bytes = 4 * 88 * (32 + 1)
    expect(cachings(events)).toEqual(
      [0, 16, 32, 48, 64, 80, 88].map((done) => ({ _tag: 'CachingFeatures', after: 'head.1', done, images: 88, bytes }))
    )
  })

  it('are not cached beyond the limit, which changes no bit of training on images', async () => {
    const bytes = 4 * 88 * (32 + 1)
    const within = await made(drawn(folder), modelOf(fire), { cacheFeatures: { maxBytes: bytes } })
    expect(featureCacheOf(3)(within)).toMatchObject({ _tag: 'Cached', bytes })
    const beyond = await made(drawn(folder), modelOf(fire), { cacheFeatures: { maxBytes: bytes - 1 } })
    const because = [{ _tag: 'TooLarge', bytes, maxBytes: bytes - 1 }]
    expect(featureCacheOf(3)(beyond)).toEqual({ _tag: 'NotCached', because })
    const uncached = await made(drawn(folder), modelOf(fire), off)
    expect(bitsOf((await watched(beyond)).l)).toEqual(bitsOf((await watched(uncached)).l))
  })

  it('are not cached of images that are mixed, or when switched off', async () => {
    const mixing = await made(drawn(folder), modelOf(fire), { batchViews: [mixup(0.4)] })
    expect(featureCacheOf(3)(mixing)).toEqual({
      _tag: 'NotCached',
      because: [{ _tag: 'BatchesChange', views: ['mixup(0.4)'] }]
    })
    expect(cachings((await watched(mixing)).events)).toEqual([])
    const because = [{ _tag: 'SwitchedOff' }]
    expect(featureCacheOf(3)(await made(drawn(folder), modelOf(fire), off))).toEqual({ _tag: 'NotCached', because })
  })

  it('have a limit that is a positive number', async () => {
    const data = right(await openData(drawn(folder))(env)())
    const wrong = await learner({ data, model: modelOf(fire), cacheFeatures: { maxBytes: 0 } })(env)()
    expect(wrong).toMatchObject({ _tag: 'Left', left: { _tag: 'SettingError', path: 'cacheFeatures.maxBytes' } })
  })
})
