// Pictures loaded by threads against the same pictures loaded on the calling thread.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bilinearPixels,
  type DataSpec,
  getTransforms,
  imageFolder,
  imageImages,
  imageMasks,
  masksBy,
  targetsIn,
  Transform,
  trainOrder,
  withBatchSize,
  withCacheBytes,
  withExact,
  withoutNormalisation,
  withSize,
  withTransforms
} from '../../src/data/index.js'
import { applyTransforms } from '../../src/data/pixel/index.js'
import { type Batch, type DataEnv, nodeIo, openBatches, openData } from '../../src/io/index.js'
import { generator } from '../../src/Seed.js'
import { left, place, right, smallSet, workplace } from './workplace.js'

const work = workplace()
const envWith = (workers: number) => nodeIo({ cache: { home: path.join(work, 'cache'), assets: [] }, workers })
const [here, alone, two] = [envWith(0), envWith(1), envWith(2)]

const [height, width] = [90, 120]

const blocks = (seed: number, levels: number, channels: 1 | 3) => {
  const random = generator(seed)
  const grid = Uint8Array.from({ length: 6 * 8 * channels }, () => random.integer(levels))
  return sharp(grid, { raw: { height: 6, width: 8, channels } }).resize({
    height,
    width,
    kernel: 'nearest',
    fit: 'fill'
  })
}

beforeAll(async () => {
  for (let i = 0; i < 9; i++) {
    const photo = await blocks(i, 256, 3).jpeg().toBuffer()
    place(path.join(work, `set/${i % 2 === 0 ? 'a' : 'b'}/${i}.jpg`), photo)
    place(path.join(work, `pairs/images/${i}.png`), await blocks(i, 256, 3).png().toBuffer())
    place(path.join(work, `pairs/labels/${i}.png`), await blocks(i, 3, 1).toColourspace('b-w').png().toBuffer())
    place(
      path.join(work, `pairs/light/${i}.png`),
      await blocks(100 + i, 256, 3)
        .png()
        .toBuffer()
    )
  }
  await smallSet(path.join(work, 'small'), 3, [20, 20])
})

afterAll(async () => {
  for (const env of [here, alone, two]) await env.workers.close()
})

const photos = (file = 'set'): DataSpec =>
  pipe(imageFolder(path.join(work, file)), withSize(80), withBatchSize(3), withTransforms(getTransforms()))

/** Counts what its threads are asked for. */
const watched = (env: DataEnv) => {
  let asked = 0
  const ask: DataEnv['workers']['ask'] = (...what) => {
    asked++
    return env.workers.ask(...what)
  }
  return { env: { ...env, workers: { ...env.workers, ask } }, asked: () => asked }
}

/** Every batch of two epochs. */
const batchesOf = async (spec: DataSpec, env: DataEnv): Promise<ReadonlyArray<Batch>> => {
  const data = right(await openData(spec)(env)())
  const all: Array<Batch> = []
  for (const epoch of [0, 1]) {
    const reader = openBatches({
      dataset: data.train,
      batches: right(trainOrder(data.spec, data.train.length)(epoch)),
      stats: data.stats,
      views: (i) => Transform.drawAll(data.spec.seed, epoch, i)(data.spec.transforms)
    })(env)()
    for (let batch = right(await reader.next()); O.isSome(batch); batch = right(await reader.next()))
      all.push(batch.value)
    await reader.close()
  }
  return all
}

const hash = (numbers: Batch['x'] | Batch['y']): string =>
  createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('hex')

const bitsOf = ({ files, x, y }: Batch) => ({ files, x: hash(x), y: hash(y) })

const codes = ['ground', 'grass', 'sky']
const masks = imageMasks(path.join(work, 'pairs'), {
  codes,
  masks: masksBy('labels', (file) => file.replace('images', 'labels'))
})

/** One of every kind that was not among the usual ones, with noise, policies, moves and crops of other sizes. */
const more: ReadonlyArray<Transform.Transform> = [
  Transform.randomResizedCrop({ scale: [0.3, 1] }),
  Transform.jitter(0.05),
  Transform.rgbRandomize({}, 0.5),
  Transform.randAugment(3, 12),
  Transform.trivialAugment(),
  Transform.gaussianBlur([0.1, 2], 9),
  Transform.cutout({ holes: [1, 3], length: 12 })
]

const presized: ReadonlyArray<Transform.Transform> = [
  Transform.presize(85),
  ...getTransforms(),
  Transform.pad(4, { padding: 'border' }),
  ...Transform.randResizeCrop()
]

const sets: ReadonlyArray<readonly [string, DataSpec]> = [
  ['photos, random resized crops and policies', withTransforms(more)(photos())],
  ['photos, presized', withTransforms(presized)(photos())],
  ['masks, random resized crops and policies', pipe(masks, withSize([80, 96]), withBatchSize(2), withTransforms(more))],
  ['masks, presized', pipe(masks, withSize(72), withBatchSize(2), withTransforms(presized))],
  [
    'target images, random resized crops and policies',
    pipe(
      imageImages(path.join(work, 'pairs'), { targets: targetsIn('light') }),
      withSize(70),
      withBatchSize(2),
      withTransforms(more)
    )
  ],
  ['photos, kept in memory', photos()],
  ['photos, decoded every time', withCacheBytes(0)(photos())],
  ['photos, the first of them kept', withCacheBytes(60_000)(photos())],
  ['masks that a function finds', pipe(masks, withSize([80, 96]), withBatchSize(2), withTransforms(getTransforms()))],
  [
    'pictures of their own size',
    pipe(imageImages(path.join(work, 'pairs'), { targets: targetsIn('light') }), withBatchSize(2), withoutNormalisation)
  ]
]

describe('training images', () => {
  const itemOf = async (spec: DataSpec, view: ReadonlyArray<Transform.DrawnTransform> | undefined) => {
    const data = right(await openData(spec)(here)())
    return right(await data.train.item(0, view)(here)()).pixels
  }
  const ownSize = async () => itemOf(imageFolder(path.join(work, 'set')), undefined)
  const options = { size: O.some(40), resize: 'crop' } as const

  it('are cropped from images of their own size by random resized crops', async () => {
    const crop = Transform.drawAll(1)([Transform.randomResizedCrop({ scale: 0.2 })])
    const spec = pipe(imageFolder(path.join(work, 'set')), withSize(40), withExact(true))
    expect(await itemOf(spec, crop)).toEqual(applyTransforms(crop, options)(await ownSize()))
  })

  it('are presized, and then transformed once', async () => {
    const view = Transform.drawAll(1)([Transform.presize(64), Transform.rotate(10)])
    const spec = pipe(imageFolder(path.join(work, 'set')), withSize(40), withExact(true))
    expect(await itemOf(spec, view)).toEqual(applyTransforms(view, options)(await ownSize()))
  })

  it('are as before without either', async () => {
    const view = Transform.drawAll(1)([Transform.rotate(10)])
    const spec = pipe(imageFolder(path.join(work, 'set')), withSize(40), withExact(true))
    const scaled = bilinearPixels([40, 53])(await ownSize())
    expect(await itemOf(spec, view)).toEqual(applyTransforms(view, options)(scaled))
  })
})

describe('threads', () => {
  it.each(sets)('return the same batches as the calling thread, for any number of threads: %s', async (_, spec) => {
    const expected = await batchesOf(spec, here)
    for (const env of [alone, two]) {
      const { env: counting, asked } = watched(env)
      const batches = await batchesOf(spec, counting)
      expect(asked()).toBeGreaterThan(0)
      expect(batches.map(bitsOf)).toEqual(expected.map(bitsOf))
    }
  })

  it('return the same errors as the calling thread', async () => {
    place(path.join(work, 'spoilt/a/0.jpg'), await blocks(0, 256, 3).jpeg().toBuffer())
    place(path.join(work, 'spoilt/b/1.jpg'), await blocks(1, 256, 3).jpeg().toBuffer())
    const whole = await blocks(2, 256, 3).jpeg().toBuffer()
    const failures = async (env: DataEnv) => {
      const file = path.join(work, 'spoilt/b/2.jpg')
      writeFileSync(file, whole)
      const opened = right(await openData(withCacheBytes(0)(photos('spoilt')))(env)())
      const i = opened.train.items.findIndex((item) => item.file === 'b/2.jpg')
      const of = i < 0 ? opened.valid : opened.train
      const at = of.items.findIndex((item) => item.file === 'b/2.jpg')
      const item = async (n: number) => left(await of.item(n)(env)())
      writeFileSync(file, whole.subarray(0, 700))
      const truncated = await item(at)
      writeFileSync(file, 'no picture')
      const foreign = await item(at)
      writeFileSync(file, whole)
      return [truncated, foreign, await item(-1), (await of.item(at)(env)())._tag]
    }
    const expected = await failures(here)
    expect(expected.map((error) => (typeof error === 'string' ? error : error._tag))).toEqual([
      'UnreadableImage',
      'UnreadableImage',
      'NoSuchItem',
      'Right'
    ])
    expect(await failures(two)).toEqual(expected)
  })

  it('find the same files unreadable', async () => {
    place(path.join(work, 'some/a/0.jpg'), await blocks(0, 256, 3).jpeg().toBuffer())
    place(path.join(work, 'some/a/1.jpg'), 'no picture')
    place(path.join(work, 'some/b/2.jpg'), await blocks(1, 256, 3).jpeg().toBuffer())
    place(path.join(work, 'some/b/3.jpg'), await blocks(3, 256, 3).jpeg().toBuffer())
    const skipped = async (env: DataEnv) => right(await openData(photos('some'))(env)()).skipped
    expect((await skipped(here)).map(({ file }) => file)).toEqual(['a/1.jpg'])
    expect(await skipped(two)).toEqual(await skipped(here))
  })

  it('are not used if the environment has other capabilities, nor for small images', async () => {
    const { env, asked } = watched(two)
    let reads = 0
    const files: DataEnv['files'] = { ...env.files, read: (file) => (reads++, env.files.read(file)) }
    await batchesOf(withCacheBytes(0)(photos()), { ...env, files })
    expect(reads).toBeGreaterThan(9)
    await batchesOf(withSize(20)(photos('small')), env)
    expect(asked()).toBe(0)
  })

  it('return an error when stopped while working, and start again', async () => {
    const env = envWith(2)
    const { train } = right(await openData(withCacheBytes(0)(photos()))(env)())
    const waiting = train.item(0)(env)()
    await env.workers.close()
    expect(left(await waiting)).toMatchObject({ _tag: 'IoFailure', path: 'a worker thread' })
    expect(right(await train.item(0)(env)()).pixels.height).toBe(80)
    await env.workers.close()
  })
})
