// Pictures made of pictures: pairs on a disk, targets that move with their images, a U-Net that learns to lighten.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type DataSpec,
  imageImages,
  type ImageImagesOptions,
  imageRegression,
  type Pixels,
  targetsBy,
  targetsIn,
  type Transform,
  withBatchSize,
  withoutNormalisation,
  withSize
} from '../../src/data/index.js'
import { applyTransforms } from '../../src/data/pixel/index.js'
import { decodeData, encodeData } from '../../src/format/index.js'
import { explainedVariance, meanSquaredError, topLosses } from '../../src/interpret/index.js'
import { nodeIo, openBatches, openData } from '../../src/io/index.js'
import {
  cnnLearner,
  defaultMetrics,
  exportLearner,
  getPreds,
  type GraftEnv,
  interpret,
  loadLearner,
  predict,
  predictImage,
  predictMask,
  predictorOf,
  train,
  tta,
  unetLearner,
  validate,
  withData,
  withNodeEnv
} from '../../src/learn/index.js'
import { arch, batchNorm, conv2d, named, numbered, relu, sequential } from '../../src/model/index.js'
import { Recipe } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'
import { right } from '../io/workplace.js'

const side = 16
const pairs = 30
const env = nodeIo()

/** A rectangle of a colour on a ground of another, and the same with half the light. */
const pair = (seed: number): { readonly dark: Pixels; readonly light: Pixels } => {
  const random = generator(seed)
  const draw = (n: number) => Math.floor(random.uniform() * n)
  const [top, left] = [draw(8), draw(8)]
  const [ground, thing] = [
    [draw(256), draw(256), draw(256)],
    [draw(256), draw(256), draw(256)]
  ] as const
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    return (x >= left && x < left + 8 && y >= top && y < top + 8 ? thing : ground)[i % 3]!
  })
  const picture = { height: side, width: side, channels: 3 }
  return { dark: { ...picture, data: data.map((v) => v >> 1) }, light: { ...picture, data } }
}

const encoder = arch({
  name: 'mine',
  network: sequential(
    named('a', numbered(conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false }), batchNorm(8), relu)),
    named('b', numbered(conv2d(8, 16, 3, { stride: 2, padding: 1, bias: false }), batchNorm(16), relu)),
    named('c', conv2d(16, 16, 1))
  ),
  cut: 2
})

const root = mkdtempSync(join(tmpdir(), 'graft-pairs-'))
const spec = (options: ImageImagesOptions = {}): DataSpec =>
  pipe(
    imageImages(root, { images: 'dark', targets: targetsIn('light'), ...options }),
    withBatchSize(4),
    withoutNormalisation
  )
const opened = async (of: DataSpec) => right(await openData(of)(env)())
const numberOf = (file: string): number => Number(/(\d+)\.png$/.exec(file)![1])

beforeAll(async () => {
  for (const folder of ['dark', 'light']) mkdirSync(join(root, folder))
  for (let i = 0; i < pairs; i++) {
    const { dark, light } = pair(i)
    writeFileSync(join(root, `dark/${i}.png`), right(await env.images.encode(dark)()))
    writeFileSync(join(root, `light/${i}.png`), right(await env.images.encode(light)()))
  }
})

describe('images with target images', () => {
  it('are batches whose targets are samples in [0, 1], not normalised', async () => {
    const { task, train: dataset, valid } = await opened(spec())
    expect(task).toEqual(imageRegression(3))
    expect([dataset.length, valid.length]).toEqual([24, 6])
    const stats = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }
    const reader = openBatches({ dataset, batches: [[0, 5]], stats })(env)()
    const batch = right(await reader.next())
    await reader.close()
    if (O.isNone(batch)) throw new Error('a batch was asked for')
    const { x, y, files } = batch.value
    const expected = (key: 'dark' | 'light') => files.flatMap((file) => [...pair(numberOf(file))[key].data])
    expect([...y]).toEqual(expected('light').map((v) => Math.fround(v / 255)))
    expect(x[7]).toBeCloseTo((expected('dark')[7]! / 255 - 0.5) / 0.25, 5)
  })

  it('are transformed together, except for lighting', async () => {
    const { train: dataset } = await opened(spec())
    const turned: ReadonlyArray<Transform.DrawnTransform> = [{ _tag: 'FlipLr' }, { _tag: 'Rotate', degrees: 20 }]
    const bright: Transform.DrawnTransform = { _tag: 'Brightness', change: 0.8 }
    const { file, pixels, goal } = right(await dataset.item(3, [...turned, bright])(env)())
    const { dark, light } = pair(numberOf(file))
    const how = { size: O.some(side), resize: 'crop' } as const
    expect(goal).toEqual(applyTransforms(turned, how)(light))
    expect(pixels).toEqual(applyTransforms([...turned, bright], how)(dark))
  })

  it('are scaled alike, and grey where one channel is asked for', async () => {
    const { train: dataset } = await opened(withSize([8, 12])(spec({ channels: 1 })))
    const { goal, pixels } = right(await dataset.item(0)(env)())
    expect([goal?.height, goal?.width, goal?.channels]).toEqual([8, 12, 1])
    // the image has half the light of its target
    pixels.data.forEach((_, i) => {
      if (i % 3 > 0) return
      const [r, g, b] = pixels.data.subarray(i, i + 3) as unknown as readonly [number, number, number]
      expect(Math.abs(goal!.data[i / 3]! - 2 * (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThan(4)
    })
  })

  it('are refused where a target is missing, of another size, or of two channels', async () => {
    const missing = await openData(spec({ targets: targetsIn('lost') }))(env)()
    expect(missing).toMatchObject({ left: { _tag: 'MissingFolder', hint: /imageImages\(path, \{ targets \}\)/ } })
    const thrown = targetsBy('none', () => {
      throw new Error('no')
    })
    const mended = { left: { _tag: 'NoMatch', hint: "fix targetsBy('none')" } }
    expect(await openData(spec({ targets: thrown }))(env)()).toMatchObject(mended)
    expect(await openData(spec({ channels: 2 }))(env)()).toMatchObject({ left: { path: 'data.source.channels' } })
    const small = right(await env.images.encode({ height: 2, width: 2, channels: 3, data: new Uint8Array(12) })())
    writeFileSync(join(root, 'small.png'), small)
    const others = spec({ targets: targetsBy('small', () => 'small.png') })
    expect(await openData(others)(env)()).toMatchObject({
      left: {
        _tag: 'BadMask',
        path: 'small.png',
        hint: 'make the image and its target the same size, or set one: withSize(224)'
      }
    })
  })

  it('are written and read as JSON, unless a function names the targets', () => {
    const json = { source: { imageImages: { path: root, images: 'dark', targets: 'light' } }, normalise: 'none', bs: 4 }
    expect(encodeData(spec())).toEqual(E.right(json))
    expect(decodeData(json)).toEqual(E.right(spec()))
    const named = encodeData(spec({ targets: targetsBy('mine', (file) => file) }))
    expect(named).toMatchObject({ left: [{ _tag: 'OpaqueFunction', path: 'source.targets', found: /mine/ }] })
  })
})

describe('a U-Net for images', () => {
  const run = withNodeEnv({ engine: 'onnxruntime' })
  const image = join(root, 'dark/3.png')

  it('learns to brighten images, also after export and loading', async () => {
    const folder = join(root, 'exported')
    const program = pipe(
      openData(spec()),
      RTE.bindTo('data'),
      RTE.bindW('fresh', ({ data }) =>
        unetLearner(data, encoder, {
          metrics: [...defaultMetrics(data.task), explainedVariance()],
          normType: 'batch',
          yRange: [0, 1]
        })
      ),
      RTE.bindW('l', ({ fresh }) => train(Recipe.fitOneCycle(12, 1e-2))(fresh)),
      RTE.bindW('before', ({ fresh }) => validate(fresh)),
      RTE.bindW('after', ({ l }) => validate(l)),
      RTE.bindW('all', ({ l }) => getPreds({ withLoss: true })(l)),
      RTE.bindW('top', ({ l }) => pipe(interpret(l), RTE.chainEitherKW(topLosses(1)))),
      RTE.bindW('seen', ({ l }) => predictImage(image)(predictorOf(l))),
      RTE.chainFirstW(({ l }) => exportLearner(folder)(l)),
      RTE.bindW('loaded', () => loadLearner(folder, { metrics: [meanSquaredError] })),
      RTE.bindW('again', ({ loaded }) => predictImage(image)(predictorOf(loaded))),
      RTE.bindW('more', ({ loaded, data }) =>
        pipe(RTE.fromEither(withData(data)(loaded)), RTE.chainW(train(Recipe.fit(1, 1e-4))))
      )
    )
    const result = await run(program)()
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
    const { l, before, after, all, top, seen, again, more } = result.right
    expect(l.plan.output).toEqual([3, side, side])
    expect(l.settings.loss._tag).toBe('Mse')
    expect(after.loss).toBeLessThan(before.loss / 2)
    expect(after.metrics[0]).toBeCloseTo(after.loss, 6)
    expect(after.predictions).toEqual([])
    const errors = all.preds.map((row, i) => {
      const target = all.targets[i] as ReadonlyArray<number>
      return row.reduce((sum, v, k) => sum + (v - target[k]!) ** 2, 0) / row.length
    })
    errors.forEach((error, i) => expect(all.losses![i]).toBeCloseTo(error, 5))
    expect(top[0]!.loss).toBe(Math.max(...all.losses!))
    expect(all.preds.flat().every((v) => v >= 0 && v <= 1)).toBe(true)
    expect([seen.height, seen.width, seen.channels]).toEqual([side, side, 3])
    expect(again).toEqual(seen)
    expect(more.history.rows.length).toBe(l.history.rows.length + 1)
  })

  it("returns an image of the input's size, or of its own size, clamped to the valid range", async () => {
    const large = { height: 20, width: 10, channels: 3, data: new Uint8Array(600).fill(90) }
    const png = right(await env.images.encode(large)())
    const program = pipe(
      openData(spec({ channels: 1 })),
      // without a range it may say anything
      RTE.chainW((data) => unetLearner(data, encoder, { normType: 'batch' })),
      RTE.map(predictorOf),
      RTE.chainW((p) => RTE.sequenceSeqArray([predictImage(png)(p), predictImage(png, { at: 'network' })(p)])),
      RTE.map((each) => each.map(({ height, width, channels }) => [height, width, channels]))
    )
    expect(await run(program)()).toEqual(
      E.right([
        [20, 10, 1],
        [side, side, 1]
      ])
    )
  })

  it('refuses class, mask and test-time augmentation, and a head that pools', async () => {
    const program = pipe(
      openData(spec()),
      RTE.bindTo('data'),
      RTE.bindW('l', ({ data }) => unetLearner(data, encoder, { yRange: [0, 1] })),
      RTE.chainW(({ data, l }) => (handed: GraftEnv) => async () => ({
        _tag: 'Right' as const,
        right: [
          await predict(image)(predictorOf(l))(handed)(),
          await predictMask(image)(predictorOf(l))(handed)(),
          await tta()(l)(handed)(),
          await cnnLearner(data, encoder)(handed)()
        ]
      }))
    )
    const refused = right(await run(program)())
    expect(refused).toMatchObject([
      { left: { _tag: 'SettingError', hint: 'use predictImage' } },
      { left: { _tag: 'SettingError', hint: /predict/ } },
      { left: { _tag: 'SettingError', path: 'tta' } },
      { left: { _tag: 'HeadError', expected: /whose output is an image/ } }
    ])
  })
})
