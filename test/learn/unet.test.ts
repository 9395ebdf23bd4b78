// A U-Net from pictures and masks on a disk to a predicted mask, on each engine's tensors.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type DataSpec,
  imageMasks,
  masksByPattern,
  withBatchSize,
  withoutNormalisation,
  withSize
} from '../../src/data/index.js'
import { overlayMask } from '../../src/interpret/draw/index.js'
import { foregroundAccuracy, meanIou } from '../../src/interpret/index.js'
import { nodeIo, openData, openBatches } from '../../src/io/index.js'
import {
  loadPredictor,
  predictMask,
  predictorOf,
  readSaved,
  resumeFrom,
  segment,
  train,
  trainWith,
  unetLearner,
  validate,
  withNodeEnv,
  writeSaved
} from '../../src/learn/index.js'
import { arch, type Arch, batchNorm, conv2d, named, numbered, relu, sequential } from '../../src/model/index.js'
import { type Event, progressiveResizing, Recipe } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'

const side = 16
const pairs = 30

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

const encoder = (channels: number): Arch =>
  arch({
    name: 'mine',
    network: sequential(
      named('a', unit(3, channels)),
      named('b', unit(channels, 2 * channels)),
      named('pool', conv2d(2 * channels, 2 * channels, 1))
    ),
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
    for (let i = 0; i < pairs; i++) {
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

  it('receives a class per pixel, negative for ignored pixels', async () => {
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

  it('transforms a mask with its image, without mixing classes', async () => {
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

  const learnt = (engine: 'onnxruntime' | 'cpu', data: DataSpec, encoder: Arch, epochs: number) => {
    const saved = join(root, `saved-${engine}.safetensors`)
    const program = pipe(
      openData(data),
      RTE.chainW((opened) =>
        unetLearner(opened, encoder, {
          metrics: [foregroundAccuracy(-1), meanIou(['ground', 'thing'])],
          normType: 'batch'
        })
      ),
      RTE.chainW((l) => train(Recipe.fitOneCycle(epochs, 1e-2))(l)),
      RTE.bindTo('l'),
      RTE.bindW('scores', ({ l }) => validate(l)),
      RTE.bindW('seen', ({ l }) => segment(join(root, 'images/3.png'))(predictorOf(l))),
      RTE.chainFirstW(({ l }) => writeSaved(saved, l, null)),
      RTE.bindW('again', () => pipe(loadPredictor(saved), RTE.chainW(predictMask(join(root, 'images/3.png')))))
    )
    return withNodeEnv({ engine })(program)()
  }

  it.each([
    ['onnxruntime', [], encoder(8), 4],
    // the slow engine gets fewer pixels and channels, and more steps
    ['cpu', [withSize(8), withBatchSize(4)], encoder(4), 8]
  ] as const)('learns to tell a thing from its ground on %s', async (engine, changes, body, epochs) => {
    const data = changes.reduce((all, change) => change(all), spec())
    const result = await learnt(engine, data, body, epochs)
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
    const { scores, seen, again } = result.right
    expect(scores.metrics[0]).toBeGreaterThan(0.9)
    expect(scores.metrics[1]).toBeGreaterThan(0.8)
    expect([seen.mask.height, seen.mask.width, seen.mask.channels]).toEqual([side, side, 1])
    expect(again).toEqual(seen.mask)
    expect(seen.picture.data).toEqual(pair(3).image)
    expect(seen.overlay).toEqual(overlayMask()(seen.mask)(seen.picture))
  })

  it('trains with images and masks of growing size, resumes within each, and segments at the last', async () => {
    const file = join(root, 'resized.safetensors')
    const recipe = progressiveResizing(
      [
        [8, 1],
        [16, 2]
      ],
      (epochs) => Recipe.fit(epochs, 1e-2)
    )
    const program = pipe(
      openData(spec()),
      RTE.chainW((opened) => unetLearner(opened, encoder(4), { normType: 'batch' })),
      RTE.bindTo('start'),
      RTE.bindW('whole', ({ start }) => train(recipe)(start)),
      RTE.bindW('small', ({ start }) => train(recipe.slice(0, 2))(start)),
      RTE.bindW('seen', ({ whole }) => segment(join(root, 'images/3.png'))(predictorOf(whole)))
    )
    const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
    const { start, whole, small, seen } = result.right
    expect([small.data.shape, whole.data.shape]).toEqual([
      [3, 8, 8],
      [3, 16, 16]
    ])
    expect(whole.history.losses.slice(0, 3)).toEqual(small.history.losses)
    expect([seen.mask.height, seen.mask.width]).toEqual([side, side])
    for (const iteration of [1, 4]) {
      const onEvent = (event: Event) => () =>
        event._tag === 'BatchEnd' && event.train && whole.history.losses[iteration] === event.smoothedLoss
          ? ('halt' as const)
          : ('continue' as const)
      const part = pipe(
        trainWith(recipe, { checkpoint: { file } })(start),
        RTE.map(({ halted }) => halted?.step)
      )
      expect(await withNodeEnv({ engine: 'onnxruntime', onEvent })(part)()).toEqual(E.right(iteration < 3 ? 1 : 3))
      const rest = pipe(
        readSaved(file),
        RTE.chainEitherKW((saved) => resumeFrom(file, saved)(start)),
        RTE.chainW(({ learner, cursor }) => trainWith(recipe, { from: cursor })(learner)),
        RTE.map(({ learner: { state, history } }) => ({ state, history }))
      )
      const { state, history } = whole
      expect(await withNodeEnv({ engine: 'onnxruntime' })(rest)()).toEqual(E.right({ state, history }))
    }
  })
})
