// A U-Net from pictures and masks on a disk to a predicted mask, on each engine's tensors.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { imageMasks, masksByPattern, withBatchSize, withoutNormalisation, withSize } from '../../src/data/index.js'
import { foregroundAccuracy, meanIou } from '../../src/interpret/index.js'
import { nodeIo, openData, openBatches } from '../../src/io/index.js'
import {
  loadPredictor,
  predictMask,
  predictorOf,
  train,
  unetLearner,
  validate,
  withNodeEnv,
  writeSaved
} from '../../src/learn/index.js'
import { arch, batchNorm, conv2d, named, numbered, relu, sequential } from '../../src/model/index.js'
import { Recipe } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'

const side = 16

/** A bright rectangle on a dark ground, and where it is; the last row of a mask does not count. */
const pair = (seed: number) => {
  const random = generator(seed)
  const [top, left] = [Math.floor(random.uniform() * 8), Math.floor(random.uniform() * 8)]
  const image = new Uint8Array(side * side * 3)
  const mask = new Uint8Array(side * side)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const inside = y >= top && y < top + 8 && x >= left && x < left + 8
      mask[y * side + x] = y === side - 1 ? 255 : inside ? 1 : 0
      for (let c = 0; c < 3; c++)
        image[(y * side + x) * 3 + c] = (inside ? 170 : 60) + Math.floor(random.uniform() * 40)
    }
  return { image, mask }
}

const unit = (from: number, to: number) =>
  numbered(conv2d(from, to, 3, { stride: 2, padding: 1, bias: false }), batchNorm(to), relu)

const mine = arch({
  name: 'mine',
  network: sequential(named('a', unit(3, 8)), named('b', unit(8, 16)), named('pool', conv2d(16, 16, 1))),
  cut: 2
})

describe('a U-Net', () => {
  let root: string
  const spec = () =>
    pipe(
      imageMasks(root, { masks: masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png'), ignore: [255] }),
      withBatchSize(8),
      withoutNormalisation
    )
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'graft-masks-'))
    const { images } = nodeIo()
    mkdirSync(join(root, 'images'))
    mkdirSync(join(root, 'labels'))
    writeFileSync(join(root, 'codes.txt'), 'ground\nthing\n')
    for (let i = 0; i < 30; i++) {
      const { image, mask } = pair(i)
      for (const [file, data, channels] of [
        [`images/${i}.png`, image, 3],
        [`labels/${i}_P.png`, mask, 1]
      ] as const) {
        const png = await images.encode({ height: side, width: side, channels, data })()
        if (E.isLeft(png)) throw new Error(png.left.found)
        writeFileSync(join(root, file), png.right)
      }
    }
  })

  it('is given a class for each pixel, with those that do not count below 0', async () => {
    const env = nodeIo()
    const data = await openData(spec())(env)()
    if (E.isLeft(data)) throw new Error(data.left.found)
    expect(data.right.task).toEqual({ _tag: 'Segmentation', codes: ['ground', 'thing'] })
    expect([data.right.train.length, data.right.valid.length]).toEqual([24, 6])
    const reader = openBatches({ dataset: data.right.train, batches: [[0, 1]], stats: data.right.stats })(env)()
    const batch = await reader.next()
    await reader.close()
    if (E.isLeft(batch) || batch.right._tag === 'None') throw new Error('a batch was asked for')
    const { y, files } = batch.right.value
    const expected = files.flatMap((file) => {
      const { mask } = pair(Number(/(\d+)\.png$/.exec(file)![1]))
      return Array.from(mask, (v) => (v === 255 ? -1 : v))
    })
    expect([...y]).toEqual(expected)
  })

  it('moves a mask with its image, and never mixes classes', async () => {
    const data = await openData(withSize([8, 12])(spec()))(nodeIo())()
    if (E.isLeft(data)) throw new Error(data.left.found)
    const item = await data.right.train.item(0)(nodeIo())()
    if (E.isLeft(item)) throw new Error(item.left.found)
    expect(item.right.mask).toHaveLength(8 * 12)
    expect([...new Set(item.right.mask)].every((v) => [-1, 0, 1].includes(v))).toBe(true)
    const means = [0, 1].map((code) => {
      const values = [...item.right.mask!].flatMap((v, i) => (v === code ? [item.right.pixels.data[3 * i]!] : []))
      return values.reduce((a, b) => a + b, 0) / values.length
    })
    expect(means[1]!).toBeGreaterThan(means[0]! + 60)
  })

  it.each(['onnxruntime', 'cpu'] as const)('learns to tell a thing from its ground on %s', async (engine) => {
    const saved = join(root, `saved-${engine}.safetensors`)
    const program = pipe(
      openData(spec()),
      RTE.chainW((data) =>
        unetLearner(data, mine, { metrics: [foregroundAccuracy(-1), meanIou(['ground', 'thing'])], normType: 'batch' })
      ),
      RTE.chainW((l) => train(Recipe.fitOneCycle(4, 1e-2))(l)),
      RTE.bindTo('l'),
      RTE.bindW('scores', ({ l }) => validate(l)),
      RTE.bindW('mask', ({ l }) => predictMask(join(root, 'images/3.png'))(predictorOf(l))),
      RTE.chainFirstW(({ l }) => writeSaved(saved, l, null)),
      RTE.bindW('again', () => pipe(loadPredictor(saved), RTE.chainW(predictMask(join(root, 'images/3.png')))))
    )
    const result = await withNodeEnv({ engine })(program)()
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
    const { scores, mask, again } = result.right
    expect(scores.metrics[0]).toBeGreaterThan(0.9)
    expect(scores.metrics[1]).toBeGreaterThan(0.8)
    expect([mask.height, mask.width, mask.channels]).toEqual([side, side, 1])
    expect(again).toEqual(mask)
  })
})
