// The batches that graft_torch loads are those of TypeScript: order, pixels, masks, targets, weights and mixed images.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  balancedSampling,
  type BatchView,
  cutmix,
  type DataSpec,
  fromCoco,
  fromShards,
  getTransforms,
  holdoutByPct,
  imageCsv,
  imageFolder,
  imageImages,
  imageMasks,
  imagenetStats,
  masksIn,
  mixup,
  normalise,
  pointsFrom,
  randomErasing,
  targetsIn,
  trainOrder,
  Transform,
  validOrder,
  withBatchSize,
  withDropLast,
  withExact,
  withOrientation,
  withRange,
  withResize,
  withSampling,
  withSize,
  withTransforms
} from '../../src/data/index.js'
import { manifest } from '../../src/emit/torch/index.js'
import { dataTo } from '../../src/emit/torch/jobJson.js'
import { type Batch, type BatchReader, type Data, nodeIo, openBatches, openData } from '../../src/io/index.js'
import { jobData } from '../../src/learn/jobs/jobData.js'
import { batchingOf, trainViews, viewed } from '../../src/learn/loop/training.js'
import { generator } from '../../src/Seed.js'
import { pngFile } from '../io/imageFiles.js'
import { plainTarball } from '../io/tarball.js'
import { place, right, workplace } from '../io/workplace.js'
import { npy, zip } from '../io/zip.js'

const python = process.env['PYTHON']
const work = workplace()
const root = join(work, 'data')
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })
const seed = 7

interface Case {
  readonly name: string
  readonly spec: DataSpec
  readonly views?: ReadonlyArray<BatchView>
  readonly workers?: number
  readonly world?: number
  readonly resized?: number | readonly [number, number]
}

const noise = (i: number, length: number, most = 256): Uint8Array => {
  const { uniform } = generator(i)
  return Uint8Array.from({ length }, () => uniform() * most)
}

/** Sides of the i-th image: all differ. */
const sidesOf = (i: number): readonly [height: number, width: number] => [20 + ((i * 7) % 23), 18 + ((i * 5) % 29)]

const rgb = (i: number, [height, width] = sidesOf(i)) =>
  sharp(noise(i, 3 * height * width), { raw: { height, width, channels: 3 } }).blur(0.7)

const greyPng = (i: number, [height, width] = sidesOf(i), most = 256): Buffer =>
  pngFile({ width, samples: noise(1000 + i, height * width, most) })

const at = (path: string, content: Uint8Array | string): void => place(join(root, path), content)

const n = 22
const numbers = Array.from({ length: n }, (_, i) => i)

const photo = (i: number): Promise<Buffer> =>
  i % 5 === 3
    ? rgb(i)
        .withMetadata({ orientation: 1 + (i % 8) })
        .jpeg({ quality: 95 })
        .toBuffer()
    : i % 5 === 4
      ? Promise.resolve(greyPng(i))
      : rgb(i).png().toBuffer()

const deepPng = (i: number): Buffer => {
  const { uniform } = generator(i)
  const [height, width] = sidesOf(i)
  return pngFile({
    width,
    depth: 16,
    samples: Array.from({ length: height * width }, () => Math.floor(uniform() * 5000))
  })
}

const palettePng = (i: number): Buffer =>
  pngFile({
    width: sidesOf(i)[1],
    samples: noise(i, sidesOf(i)[0] * sidesOf(i)[1], 4),
    depth: 4,
    colour: 3,
    palette: [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]
  })

/** Polygons and run lengths over each image. */
const coco = () => ({
  images: numbers.map((i) => ({ id: i, file_name: `${i}.png`, height: sidesOf(i)[0], width: sidesOf(i)[1] })),
  categories: [
    { id: 7, name: 'dog' },
    { id: 3, name: 'cat' }
  ],
  annotations: numbers.flatMap((i) => {
    const [height, width] = sidesOf(i)
    const runs = [height + 3, 5, height - 5, 9]
    const covered = runs.reduce((a, b) => a + b, 0)
    return [
      { id: 2 * i, image_id: i, category_id: 7, segmentation: [[1.5, 2, width - 3, 4.25, 8, height - 2.5]] },
      {
        ...{ id: 2 * i + 1, image_id: i, category_id: 3, iscrowd: 1 },
        segmentation: { size: [height, width], counts: [...runs, height * width - covered] }
      }
    ]
  })
})

const shardSamples = (numbers_: ReadonlyArray<number>, pngs: ReadonlyArray<Buffer>) =>
  numbers_.flatMap((i) => [
    { name: `${String(i).padStart(4, '0')}.png`, content: pngs[i]! },
    { name: `${String(i).padStart(4, '0')}.cls`, content: String(i % 2) }
  ])

beforeAll(async () => {
  const pngs = await Promise.all(numbers.map((i) => rgb(i).png().toBuffer()))
  const photos = await Promise.all(numbers.map(photo))
  for (const i of numbers) {
    at(`folder/${i % 3 === 0 ? 'rare' : 'common'}/${i}.${i % 5 === 3 ? 'jpg' : 'png'}`, photos[i]!)
    at(`masks/images/${i}.png`, pngs[i]!)
    at(`masks/labels/${i}.png`, i % 2 === 0 ? greyPng(i, sidesOf(i), 4) : palettePng(i))
    at(`pairs/blurred/${i}.png`, pngs[i]!)
    at(`pairs/sharp/${i}.png`, await rgb(i).negate().png().toBuffer())
    at(`coco/images/${i}.png`, pngs[i]!)
    at(`deep/${i % 2 === 0 ? 'a' : 'b'}/${i}.png`, deepPng(i))
    at(`table/${i}.png`, pngs[i]!)
    at(`same/${i % 2 === 0 ? 'a' : 'b'}/${i}.png`, greyPng(i, [12, 10]))
  }
  const pointsOf = (file: string, i: number) =>
    `${file},${i % 4 === 1 ? ',' : `${i / 2},${i / 3 + 0.25}`},${i % 17},${(i * 7) % 20}`
  const pointTable = (file: (i: number) => string) =>
    ['name,left_x,left_y,right_x,right_y', ...numbers.map((i) => pointsOf(file(i), i)), ''].join('\n')
  at(
    'table/points.csv',
    pointTable((i) => `${i}.png`)
  )
  at(
    'folder/points.csv',
    pointTable((i) => `${i % 3 === 0 ? 'rare' : 'common'}/${i}.${i % 5 === 3 ? 'jpg' : 'png'}`)
  )
  at('masks/codes.txt', 'sky\nroad\ncar\nvoid\n')
  at('coco/instances.json', JSON.stringify(coco()))
  const labels = numbers.map((i) => `${i}.png,${['red', 'red blue', 'green'][i % 3]},${1 + (i % 4)},${i / 3},${-i}`)
  at('table/labels.csv', `name,tags,weight,x,y\n${labels.join('\n')}\n`)
  at('tar/pets-000000.tar', plainTarball(shardSamples(numbers.slice(0, 9), pngs)))
  at('tar/pets-000001.tar', plainTarball(shardSamples(numbers.slice(9), pngs)))
  const planes = Buffer.concat(numbers.map((i) => Buffer.from(noise(i, 3 * 9 * 8))))
  const classes = Buffer.from(BigInt64Array.from(numbers.map((i) => BigInt(i % 2))).buffer)
  const arrays = (shape: ReadonlyArray<number>) => ({
    'x_train.npy': npy('|u1', shape, planes),
    'y_train.npy': npy('<i8', [n], classes)
  })
  at('npz/digits.npz', zip(arrays([n, 9, 8, 3])))
  at('npz-deflated/digits.npz', zip(arrays([n, 9, 8, 3]), true))
})

const holdout = { holdout: holdoutByPct(0.25, 1) }
const small = (spec: DataSpec): DataSpec => pipe(spec, withBatchSize(8), withExact(true), normalise(imagenetStats))
const folder = (): DataSpec => pipe(imageFolder(join(root, 'folder'), holdout), small, withSize(24))
const masks = (): DataSpec =>
  pipe(
    imageMasks(join(root, 'masks'), { images: 'images', masks: masksIn('labels'), ...holdout }),
    small,
    withSize([17, 22])
  )
const pairs = (channels: 1 | 3 = 3): DataSpec =>
  pipe(
    imageImages(join(root, 'pairs'), { images: 'blurred', targets: targetsIn('sharp'), channels, ...holdout }),
    small,
    withSize(20)
  )
const cropped = [Transform.randomResizedCrop({ scale: [0.3, 1] }), Transform.flipLr(), Transform.trivialAugment()]

const cases: ReadonlyArray<Case> = [
  { name: 'plain', spec: folder() },
  { name: 'augmented', spec: withTransforms(getTransforms())(folder()), workers: 2 },
  { name: 'cropped', spec: withTransforms(cropped)(folder()) },
  { name: 'presized', spec: withTransforms([Transform.presize(33), ...getTransforms()])(folder()) },
  { name: 'short', spec: pipe(folder(), withDropLast(false), withResize('pad')), world: 3 },
  { name: 'unturned', spec: pipe(folder(), withOrientation('ignore'), withResize('squish')) },
  { name: 'balanced', spec: pipe(folder(), withSampling(balancedSampling()), withTransforms(getTransforms())) },
  { name: 'resized', spec: withTransforms(getTransforms())(folder()), resized: 16 },
  { name: 'resizedToPair', spec: withTransforms(getTransforms())(folder()), resized: [16, 12] },
  { name: 'resizedAsGiven', spec: pipe(folder(), withResize('pad')), resized: [16, 12] },
  {
    name: 'mixed',
    spec: withTransforms(getTransforms())(folder()),
    views: [mixup(), randomErasing({ p: 1, fill: 'noise' })]
  },
  { name: 'mixedInTwo', spec: folder(), views: [mixup(), randomErasing({ p: 0.5, fill: 'zero' }), cutmix()], world: 2 },
  { name: 'masks', spec: withTransforms([...getTransforms(), Transform.trivialAugment()])(masks()), workers: 1 },
  { name: 'croppedMasks', spec: withTransforms(cropped)(masks()), views: [cutmix()], world: 2 },
  {
    name: 'drawnMasks',
    spec: pipe(
      fromCoco(join(root, 'coco'), { labels: 'masks', ...holdout }),
      small,
      withSize(20),
      withTransforms(getTransforms())
    )
  },
  { name: 'pairs', spec: withTransforms([...getTransforms(), Transform.trivialAugment()])(pairs()), views: [mixup()] },
  { name: 'greyPairs', spec: withTransforms(cropped)(pairs(1)), views: [cutmix()] },
  {
    name: 'labels',
    spec: pipe(
      imageCsv(join(root, 'table'), { labelCol: 'tags', labelDelim: ' ', weightCol: 'weight', ...holdout }),
      small,
      withSize(20)
    ),
    views: [mixup()]
  },
  {
    name: 'numbers',
    spec: pipe(
      imageCsv(join(root, 'table'), { labelCol: ['x', 'y'], labels: 'numbers', ...holdout }),
      small,
      withSize(20)
    )
  },
  {
    name: 'points',
    spec: pipe(
      pointsFrom(join(root, 'table'), { csv: 'points.csv', ...holdout }),
      small,
      withSize(20),
      withTransforms([...getTransforms({ flipVert: true }), Transform.trivialAugment()])
    ),
    views: [mixup(), randomErasing()],
    world: 2
  },
  {
    name: 'pointsOfTurnedPhotos',
    spec: pipe(
      pointsFrom(join(root, 'folder'), { csv: 'points.csv', ...holdout }),
      small,
      withSize([17, 22]),
      withTransforms(cropped)
    ),
    workers: 2
  },
  { name: 'deep', spec: pipe(imageFolder(join(root, 'deep'), holdout), small, withSize(20), withRange([100, 4095])) },
  { name: 'deepWhole', spec: pipe(imageFolder(join(root, 'deep'), holdout), small, withSize(20)) },
  { name: 'unsized', spec: pipe(imageFolder(join(root, 'same'), holdout), small) },
  { name: 'tar', spec: pipe(fromShards(join(root, 'tar'), holdout), small, withSize(20)) },
  { name: 'npz', spec: pipe(fromShards(join(root, 'npz'), holdout), small) },
  { name: 'npzDeflated', spec: pipe(fromShards(join(root, 'npz-deflated'), holdout), small) }
]

/** An epoch, and the batch to begin with. */
const epochs = [
  [0, 0],
  [3, 1]
] as const

const readAll = async (reader: BatchReader): Promise<ReadonlyArray<Batch>> => {
  const batches: Array<Batch> = []
  for (;;) {
    const next = right(await reader.next())
    if (O.isNone(next)) return batches
    batches.push(next.value)
  }
}

interface Expected {
  readonly data: Data
  readonly train: ReadonlyArray<Batch>
  readonly valid: ReadonlyArray<Batch>
}

/** Writes a job's files about images, and returns the batches that TypeScript makes of them. */
const prepared = async ({ name, spec, views = [], resized }: Case): Promise<Expected> => {
  const opened = right(await openData(spec)(env)())
  const made = right(await jobData(opened)(env)())
  const training = { seed, batchViews: views }
  place(join(work, name, 'job.json'), JSON.stringify({ data: dataTo(made.data), training }))
  place(join(work, name, 'manifest.jsonl'), manifest(made.data.train, made.data.valid))
  if (made.packed.length > 0) place(join(work, name, 'images.bin'), made.packed)
  const data = resized === undefined ? opened : { ...opened, ...(await opened.resized!(resized)()) }
  const l = { data, settings: training }
  const train: Array<Batch> = []
  for (const [epoch, from] of epochs) {
    const order = right(trainOrder(batchingOf(l), data.train.length)(epoch))
    const { stats } = data
    const its = openBatches({
      dataset: data.train,
      batches: order.slice(from),
      stats,
      ...trainViews(l, epoch, order, from)
    })
    for (const [k, batch] of (await readAll(its(env)())).entries())
      train.push(viewed(l, epoch * order.length + from + k)(batch))
  }
  const order = validOrder(data.spec, data.valid.length)
  return {
    data,
    train,
    valid: await readAll(openBatches({ dataset: data.valid, batches: order, stats: data.stats })(env)())
  }
}

interface Answer {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
  readonly w: ReadonlyArray<number> | null
  readonly start: number
  readonly total: number
  readonly files: ReadonlyArray<string>
  readonly whole: boolean
  readonly frames: ReadonlyArray<ReadonlyArray<number>> | null
}

interface Answers {
  readonly train: ReadonlyArray<Answer>
  readonly valid: ReadonlyArray<Answer>
}

const rowsOf = (all: Float32Array | Int32Array, { n: rows }: Batch, { start }: Answer, count: number) => {
  const each = all.length / rows
  return all.slice(start * each, (start + count) * each)
}

/** The largest distance; missing coordinates are NaN in both. */
const most = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let worst = 0
  for (let i = 0; i < a.length; i++)
    if (!Number.isNaN(a[i]!) || !Number.isNaN(b[i]!)) worst = Math.max(worst, Math.abs(a[i]! - b[i]!))
  return worst
}

describe.skipIf(python === undefined)('graft_torch (PYTHON)', () => {
  it('loads the batches of TypeScript', { timeout: 300_000 }, async () => {
    const expected: Array<Expected> = []
    for (const one of cases) expected.push(await prepared(one))
    const asked = cases.map(({ name, workers = 0, world = 1, resized = null }, i) => ({
      name,
      workers,
      world,
      resized: typeof resized === 'number' ? [resized, resized] : resized,
      epochs,
      root: expected[i]!.data.root
    }))
    place(join(work, 'cases.json'), JSON.stringify(asked))
    const script = fileURLToPath(new URL('python/batches.py', import.meta.url))
    const { status, stderr } = spawnSync(python!, ['-B', script, work], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const answers = JSON.parse(readFileSync(join(work, 'answers.json'), 'utf8')) as ReadonlyArray<
      ReadonlyArray<Answers>
    >
    const bytes = readFileSync(join(work, 'arrays'))
    let from = 0
    const taken = (shape: ReadonlyArray<number>): Float32Array => {
      const length = shape.reduce((a, b) => a * b, 1)
      const array = new Float32Array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + 4 * length))
      from += 4 * length
      return array
    }
    cases.forEach(({ name }, i) => {
      for (const process_ of answers[i]!)
        for (const set of ['train', 'valid'] as const) {
          const [ours, found] = [expected[i]![set], process_[set]]
          expect(found.length, `${name} ${set}`).toBe(ours.length)
          found.forEach((answer, k) => {
            const batch = ours[k]!
            const what = `${name} ${set} ${k}`
            const count = answer.x[0]!
            expect(answer.total, what).toBe(batch.n)
            expect(answer.files, what).toEqual(batch.files.slice(answer.start, answer.start + count))
            expect(answer.whole, what).toBe(batch.y instanceof Int32Array)
            const x = rowsOf(batch.x, batch, answer, count)
            const [theirs, targets] = [taken(answer.x), taken(answer.y)]
            expect(theirs.length, what).toBe(x.length)
            // photographs may be decoded one level apart
            expect(most(x, theirs), `${what} x`).toBeLessThanOrEqual(1e-5)
            const y = rowsOf(batch.y, batch, answer, count)
            expect(targets.length, `${what} y`).toBe(y.length)
            expect(most(y, targets), `${what} y`).toBeLessThanOrEqual(1e-6)
            if (set === 'valid') {
              const frames = batch.frames?.slice(answer.start, answer.start + count).flat()
              expect(answer.frames === null, what).toBe(frames === undefined)
              expect(most(frames ?? [], answer.frames?.flat() ?? []), `${what} frames`).toBeLessThanOrEqual(1e-9)
            }
            if (batch.w !== undefined)
              expect(answer.w, what).toEqual([...batch.w.slice(answer.start, answer.start + count)])
          })
        }
    })
    expect(from).toBe(bytes.length)
  })
})
