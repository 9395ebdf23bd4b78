import { chmodSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import {
  classesOf,
  holdoutByPct,
  imageFolder,
  normaliseFromBatch,
  strictly,
  trainOrder,
  withBatchSize,
  withCacheBytes,
  withoutNormalisation,
  withSize,
  withVerify,
  type Verify
} from '../../src/data/index.js'
import { dataFingerprint, nodeIo, openBatches, openData, type DataEnv } from '../../src/io/index.js'
import { grey, left, place, right, smallSet, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: path.join(work, 'cache'), assets: [] }, workers: 2 })
const protectable = process.getuid?.() !== 0

const counting = () => {
  let reads = 0
  const files: DataEnv['files'] = {
    ...env.files,
    read: (file) => {
      reads += 1
      return env.files.read(file)
    }
  }
  return { env: { ...env, files }, reads: () => reads }
}

const set = async (name: string, each = 3): Promise<string> => {
  const root = path.join(work, name)
  await smallSet(root, each)
  return root
}

describe('openData', () => {
  it('finds images, classes and sides', async () => {
    const data = right(await openData(imageFolder(await set('plain')))(env)())
    expect(classesOf(data.task)).toEqual(['a', 'b'])
    expect([data.train.length, data.valid.length, data.shape, data.generated, data.skipped]).toEqual([
      6,
      6,
      [3, 4, 6],
      false,
      []
    ])
  })

  it('reads one item with its label', async () => {
    const data = right(await openData(imageFolder(await set('one')))(env)())
    const item = right(await data.train.item(3)(env)())
    expect(item).toMatchObject({
      file: 'train/b/0.png',
      label: 'b',
      target: 1,
      pixels: { height: 4, width: 6, channels: 3 }
    })
    expect([...item.pixels.data.subarray(0, 6)]).toEqual([100, 100, 100, 101, 101, 101])
    expect(left(await data.train.item(6)(env)())._tag).toBe('NoSuchItem')
  })

  it('decodes a file once for verification and all epochs, or every time without a cache', async () => {
    const root = await set('once')
    const twice = async (cacheBytes: number) => {
      const counter = counting()
      const data = right(await openData(withCacheBytes(cacheBytes)(imageFolder(root)))(counter.env)())
      right(await data.train.item(0)(counter.env)())
      return counter.reads()
    }
    expect(await twice(1e6)).toBe(12)
    expect(await twice(0)).toBe(13)
  })

  it('resizes', async () => {
    const data = right(await openData(pipe(imageFolder(await set('resized')), withSize([8, 10])))(env)())
    expect(data.shape).toEqual([3, 8, 10])
    expect(right(await data.train.item(0)(env)()).pixels).toMatchObject({ height: 8, width: 10 })
  })

  it('uses the statistics of a training batch when asked', async () => {
    const spec = pipe(imageFolder(await set('stats')), withBatchSize(4), normaliseFromBatch)
    const data = right(await openData(spec)(env)())
    expect(data.stats.mean[0]).toBeGreaterThan(0)
    expect(data.stats.std[0]).toBe(data.stats.std[2])
    expect(left(await openData(withBatchSize(64)(spec))(env)())._tag).toBe('TooFewItems')
  })

  it('draws the same holdout for the same seed', async () => {
    const spec = imageFolder(await set('drawn'), { holdout: holdoutByPct(0.25, 5) })
    const [one, two] = [right(await openData(spec)(env)()), right(await openData(spec)(env)())]
    expect(one.valid.items).toEqual(two.valid.items)
    expect([one.train.length, one.valid.length]).toEqual([9, 3])
  })
})

describe('unusable data', () => {
  const truncated = async () => (await grey(40, 40)).subarray(0, 300)

  it("is left out, with the reason, if it is a truncated image or a table with an image's extension", async () => {
    const root = await set('corrupt')
    place(path.join(root, 'train/a/cut.png'), await truncated())
    place(path.join(root, 'valid/b/table.png'), 'name,label\n1,2\n')
    place(path.join(root, 'train/a/empty.jpg'), '')
    symlinkSync(path.join(root, 'gone'), path.join(root, 'train/b/link.png'))
    const data = right(await openData(imageFolder(root))(env)())
    expect(data.skipped.map(({ file }) => file)).toEqual([
      'train/a/cut.png',
      'train/a/empty.jpg',
      'train/b/link.png',
      'valid/b/table.png'
    ])
    expect(data.skipped.every(({ reason }) => reason.length > 5)).toBe(true)
    expect(data.warnings.map((warning) => warning._tag)).toContain('SkippedFiles')
    expect([data.train.length, data.valid.length]).toEqual([6, 6])
  })

  it('is an error that names the file with strictly', async () => {
    const root = await set('strict')
    place(path.join(root, 'train/a/cut.png'), await truncated())
    expect(left(await openData(strictly(imageFolder(root)))(env)())).toMatchObject({
      _tag: 'UnreadableImage',
      path: 'train/a/cut.png'
    })
  })

  it.each<[Verify, number]>([
    ['decode', 1],
    ['header', 0],
    ['none', 0]
  ])('is found as far as files are verified: %s', async (verify, skipped) => {
    const root = await set(`verify-${verify}`)
    place(path.join(root, 'train/a/cut.png'), await truncated())
    const data = right(await openData(pipe(imageFolder(root), withSize(4), withVerify(verify)))(env)())
    expect(data.skipped.length).toBe(skipped)
    const failing = data.train.items.findIndex((item) => item.file.endsWith('cut.png'))
    if (failing >= 0)
      expect(left(await data.train.item(failing)(env)())).toMatchObject({
        _tag: 'UnreadableImage',
        path: 'train/a/cut.png'
      })
  })

  it('with an empty class folder is an error that names it', async () => {
    const root = await set('hole')
    mkdirSync(path.join(root, 'train/c'))
    expect(left(await openData(imageFolder(root))(env)())).toMatchObject({
      _tag: 'EmptyClass',
      path: `${root}/train/c`
    })
  })

  it('with only one class is an error', async () => {
    const root = path.join(work, 'single')
    for (const part of ['train', 'valid']) place(path.join(root, part, 'a/1.png'), await grey(2, 2))
    expect(left(await openData(imageFolder(root))(env)())._tag).toBe('OneClass')
  })

  it('with images of different sizes is an error that asks for a size', async () => {
    const root = await set('mixed')
    place(path.join(root, 'train/b/other.png'), await grey(9, 9))
    const error = left(await openData(imageFolder(root))(env)())
    expect(error).toMatchObject({ _tag: 'MixedSizes', hint: expect.stringContaining('withSize') })
    expect(right(await openData(withSize(4)(imageFolder(root)))(env)()).train.length).toBe(7)
  })

  it('is a different error for a missing folder, a file and an empty folder', async () => {
    place(path.join(work, 'nothing/notes.txt'), '')
    const tagOf = async (name: string) => left(await openData(imageFolder(path.join(work, name)))(env)())._tag
    expect(await tagOf('missing')).toBe('MissingFolder')
    expect(await tagOf('nothing/notes.txt')).toBe('NotAFolder')
    expect(await tagOf('nothing')).toBe('NoImages')
  })

  it('is not searched for if the description is wrong', async () => {
    expect(left(await openData(withBatchSize(0)(imageFolder('x')))(env)())).toMatchObject({
      _tag: 'BadSpec',
      path: 'data.bs'
    })
  })

  it.skipIf(!protectable)('that may not be read is left out and named', async () => {
    const root = await set('secret')
    chmodSync(path.join(root, 'train/a/0.png'), 0)
    expect(right(await openData(imageFolder(root))(env)()).skipped).toMatchObject([{ file: 'train/a/0.png' }])
  })
})

describe('openBatches', () => {
  const opened = async (name: string) =>
    right(
      await openData(pipe(imageFolder(await set(name, 5)), withBatchSize(3), withCacheBytes(0), withoutNormalisation))(
        env
      )()
    )

  it('yields every batch in order, then nothing', async () => {
    const data = await opened('batches')
    const batches = right(trainOrder(data.spec, data.train.length)(0))
    const reader = openBatches({ dataset: data.train, batches, stats: data.stats })(env)()
    for (const indices of batches) {
      const batch = O.toNullable(right(await reader.next()))!
      expect(batch.indices).toEqual(indices)
      expect(batch.files).toEqual(indices.map((i) => data.train.items[i]!.file))
      expect([...batch.y]).toEqual(indices.map((i) => data.train.items[i]!.target))
      const pixels = right(await data.train.item(indices[2]!)(env)()).pixels.data
      expect([...batch.x.subarray(2 * 72)]).toEqual([...Float32Array.from(pixels, (v) => v / 255)])
    }
    expect(right(await reader.next())).toEqual(O.none)
  })

  it('decodes ahead up to the limit, and not before the first batch is requested', async () => {
    const data = await opened('ahead')
    const batches = right(trainOrder(data.spec, data.train.length)(0))
    const counter = counting()
    const reader = openBatches({ dataset: data.train, batches, stats: data.stats, prefetch: 1 })(counter.env)()
    expect(counter.reads()).toBe(0)
    right(await reader.next())
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(counter.reads()).toBe(6)
    await reader.close()
    expect(right(await reader.next())).toEqual(O.none)
  })

  it('overwrites batches that were recycled, each once, and no others', async () => {
    const data = await opened('recycled')
    const batches = [[0, 1], [2, 3], [4, 5], [6, 7], [1, 0], [3, 2], [5]]
    const of = { dataset: data.train, batches, stats: data.stats, prefetch: 1 }
    const expected: Array<ReadonlyArray<number>> = []
    const plain = openBatches(of)(env)()
    for (let i = 0; i < batches.length; i++) expected.push([...O.toNullable(right(await plain.next()))!.x])
    const reader = openBatches(of)(env)()
    const [given, kept] = [new Set<Float32Array>(), [] as Array<readonly [number, Float32Array]>]
    for (let i = 0; i < batches.length; i++) {
      const batch = O.toNullable(right(await reader.next()))!
      expect([...batch.x]).toEqual(expected[i])
      if (i % 2 === 1) kept.push([i, batch.x])
      else for (const _ of ['once', 'again']) reader.recycle(batch)()
      given.add(batch.x)
    }
    for (const [i, x] of kept) expect([...x]).toEqual(expected[i])
    expect(given.size).toBeLessThan(batches.length)
  })

  it('names a file that can no longer be read', async () => {
    const data = await opened('vanishing')
    unlinkSync(path.join(data.root, 'train/a/0.png'))
    const reader = openBatches({ dataset: data.train, batches: [[0, 1, 2], [3]], stats: data.stats })(env)()
    expect(left(await reader.next())).toMatchObject({ _tag: 'NotFound', path: path.join(data.root, 'train/a/0.png') })
    expect(right(await reader.next())).toEqual(O.none)
  })
})

describe('dataFingerprint', () => {
  it("is independent of the data's location, and differs for other data, sizes or batches", async () => {
    const of = async (spec: Parameters<typeof openData>[0]) => dataFingerprint(right(await openData(spec)(env)()))
    const [here, there] = [await set('here'), await set('there')]
    const print = await of(imageFolder(here))
    expect(await of(withVerify('header')(imageFolder(there)))).toBe(print)
    expect(await of(withBatchSize(7)(imageFolder(here)))).not.toBe(print)
    expect(await of(withSize(8)(imageFolder(here)))).not.toBe(print)
    unlinkSync(path.join(there, 'train/a/0.png'))
    expect(await of(imageFolder(there))).not.toBe(print)
  })
})
