// Learning where points are: training, metrics in pixels, predictions in the image's own pixels, saving, views.
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  adam,
  arch,
  balancedSampling,
  crossEntropy,
  customHead,
  cutAt,
  cutmix,
  type DataSpec,
  freezeBody,
  generator,
  type GraftError,
  huber,
  kFold,
  meanSquaredError,
  mixup,
  nn,
  normalise,
  pck,
  pointDistance,
  points,
  pointsFrom,
  randomErasing,
  Recipe,
  topLosses,
  Transform,
  withBatchSize,
  withHead,
  withSampling,
  withSize,
  withTransforms
} from 'graft-vision'
import {
  crossValidate,
  exportLearner,
  featureCacheOf,
  getPreds,
  type GraftEnv,
  interpret,
  learner,
  type LearnerOptions,
  loadPredictor,
  openData,
  predict,
  predictorOf,
  train,
  tta,
  validate,
  withNodeEnv
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { spots } from '../io/spots.js'
import { left, place, right, workplace } from '../io/workplace.js'

const work = workplace()
const [height, width] = [48, 64]
const count = 40
const names = ['leftEye', 'rightEye']

const placesOf = (i: number): readonly [readonly [number, number], readonly [number, number]] => {
  const random = generator(i)
  const at = (from: number, to: number) => from + random.integer(to - from)
  return [
    [at(12, 30), at(6, 42)],
    [at(34, 52), at(6, 42)]
  ]
}

beforeAll(async () => {
  const rows = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [one, other] = placesOf(i)
      place(join(work, 'faces', `${i}.png`), await spots([height, width], [one, other]).png().toBuffer())
      // a missing point in some
      return `${i}.png,${one.join()},${i % 7 === 3 ? ',' : other.join()}`
    })
  )
  place(join(work, 'faces/labels.csv'), ['file,leftEye_x,leftEye_y,rightEye_x,rightEye_y', ...rows].join('\n'))
})

const spec = (): DataSpec =>
  pipe(
    pointsFrom(join(work, 'faces')),
    withSize([24, 32]),
    withBatchSize(8),
    normalise({ mean: [0.1, 0.1, 0.1], std: [0.3, 0.3, 0.3] })
  )

const net = arch({
  name: 'eyes',
  network: nn.sequential(
    nn.named('a', nn.conv2d(3, 8, 5, { stride: 2, padding: 2 })),
    nn.relu,
    nn.named('b', nn.conv2d(8, 16, 3, { stride: 2, padding: 1 })),
    nn.relu
  )
})
// a head that pools over the image would forget where things are
const model = pipe(
  net,
  cutAt(2),
  withHead(customHead(nn.sequential(nn.flatten, nn.named('fc', nn.linear(16 * 6 * 8, 4)))))
)

const made = (of: DataSpec = spec(), options: Partial<LearnerOptions> = {}) =>
  pipe(
    openData(of),
    RTE.chainW((data) => learner({ data, model, opt: adam(), wd: 0, metrics: [pointDistance], ...options }))
  )

const run = <A>(program: RTE.ReaderTaskEither<GraftEnv, GraftError, A>) =>
  withNodeEnv({ engine: 'onnxruntime' })(program)()

const fitted = (epochs: number, of?: DataSpec, options: Partial<LearnerOptions> = {}) =>
  pipe(made(of, options), RTE.chainW(train(Recipe.fit(epochs, 3e-3))))

describe('a training on points', () => {
  it('learns them, also from mirrored images, and reports the distance in pixels of the images', async () => {
    const flipped = pipe(spec(), withTransforms([Transform.flipLr(0.5)]))
    const { first, last } = right(
      await run(
        pipe(
          RTE.Do,
          RTE.bindW('first', () => pipe(made(flipped), RTE.chainW(validate))),
          RTE.bindW('last', () =>
            pipe(
              fitted(12, flipped, { metrics: [pointDistance, pck({ alpha: 0.3 })], loss: huber({ delta: 0.3 }) }),
              RTE.bindTo('l'),
              RTE.bindW('scores', ({ l }) => validate(l)),
              RTE.bindW('preds', ({ l }) => getPreds({ withLoss: true })(l))
            )
          )
        )
      )
    )
    const [before, after] = [first.metrics[0]!, last.scores.metrics[0]!]
    expect(after).toBeLessThan(before / 2)
    // the metric, from the predictions
    const distances = last.preds.preds.flatMap((row, i) => {
      const target = [last.preds.targets[i]!].flat()
      return [0, 2].flatMap((k) =>
        Number.isNaN(target[k]!) ? [] : [Math.hypot(row[k]! - target[k]!, row[k + 1]! - target[k + 1]!)]
      )
    })
    expect(distances.reduce((a, b) => a + b) / distances.length).toBeCloseTo(after, 3)
    expect(last.scores.predictions[0]!.points?.map(({ name }) => name)).toEqual(names)
    const [own] = last.preds.files.map((name) => placesOf(Number.parseInt(name)))
    expect([last.preds.targets[0]!].flat().slice(0, 2)).toEqual(own![0])
  })

  it('gives the same bits after an interruption', async () => {
    const halves = right(
      await run(
        pipe(
          fitted(1),
          RTE.chainW(train(Recipe.fit(1, 3e-3))),
          RTE.bindTo('twice'),
          RTE.bindW('again', () => pipe(fitted(1), RTE.chainW(train(Recipe.fit(1, 3e-3)))))
        )
      )
    )
    expect([...halves.twice.state].map(([, v]) => [...v])).toEqual([...halves.again.state].map(([, v]) => [...v]))
  })

  it('gives the same losses on cached features, with mirrored points', async () => {
    const flipped = pipe(spec(), withTransforms([Transform.flipLr(0.5)]))
    const losses = async (cacheFeatures: false | 'auto') => {
      const frozen = freezeBody(model)
      const l = right(
        await run(
          pipe(
            openData(flipped),
            RTE.chainW((data) =>
              learner({ data, model: frozen, opt: adam(), wd: 0, cacheFeatures, metrics: [pointDistance] })
            ),
            RTE.chainFirstIOK((made) => () => {
              expect(featureCacheOf(4)(made)._tag).toBe(cacheFeatures === false ? 'NotCached' : 'Cached')
            }),
            RTE.chainW(train(Recipe.fit(4, 3e-3)))
          )
        )
      )
      return [...l.history.losses, ...l.history.rows.flatMap(({ metrics }) => metrics)]
    }
    const [cached, plain] = [await losses('auto'), await losses(false)]
    cached.forEach((value, i) => expect(value / plain[i]!).toBeCloseTo(1, 3))
  })

  it('mixes points with mixup, and rejects cutmix and balanced sampling', async () => {
    const mixedUp = right(await run(fitted(1, undefined, { batchViews: [mixup(), randomErasing()] })))
    expect(mixedUp.history.rows).toHaveLength(1)
    const failures = await Promise.all(
      [{ batchViews: [cutmix()] }, { metrics: [meanSquaredError] }, { loss: crossEntropy() }].map(async (options) =>
        JSON.stringify(left(await run(made(undefined, options))))
      )
    )
    expect(failures[0]).toContain('batchViews.cutmix')
    expect(failures[1]).toContain('metrics.mean_squared_error')
    expect(failures[2]).toContain('use mse, l1, huber')
    const balanced = left(await run(made(withSampling(balancedSampling())(spec()))))
    expect(balanced).toMatchObject({ _tag: 'BadSpec', path: 'data.sampling' })
  })
})

describe('a network trained on points', () => {
  it('predicts pixels of the image, whatever its size, and keeps names and pairs in its file', async () => {
    const folder = join(work, 'eyes')
    const { l, one, large, loaded, again } = right(
      await run(
        pipe(
          fitted(6),
          RTE.bindTo('l'),
          RTE.bindW('files', ({ l }) => exportLearner(folder)(l)),
          RTE.bindW('loaded', () => loadPredictor(folder)),
          RTE.bindW('one', ({ l }) => predict(join(work, 'faces/0.png'))(predictorOf(l))),
          RTE.bindW('again', ({ loaded: p }) => predict(join(work, 'faces/0.png'))(p)),
          RTE.bindW('large', ({ loaded: p }) =>
            pipe(
              RTE.fromTask(() =>
                spots([height * 3, width * 3], [])
                  .png()
                  .toBuffer()
              ),
              RTE.chainW((bytes) => predict(bytes)(p))
            )
          )
        )
      )
    )
    expect(loaded.task).toEqual(points(names))
    expect(again).toEqual(one)
    expect(one.points!.map(({ name }) => name)).toEqual(names)
    expect(one.probabilities).toEqual(one.points!.flatMap(({ x, y }) => [x, y]))
    // a black image gives the same outputs at any size, and three times the pixels
    const small = right(
      await run(
        pipe(
          RTE.fromTask(() => spots([height, width], []).png().toBuffer()),
          RTE.chainW((bytes) => predict(bytes)(predictorOf(l)))
        )
      )
    )
    large.points!.forEach(({ x, y }, i) => {
      expect((x + 0.5) / 3).toBeCloseTo(small.points![i]!.x + 0.5, 3)
      expect((y + 0.5) / 3).toBeCloseTo(small.points![i]!.y + 0.5, 3)
    })
  })

  it('is interpreted, its worst images first', async () => {
    const top = right(await run(pipe(fitted(1), RTE.chainW(interpret), RTE.chainEitherKW(topLosses(3)))))
    expect(top).toHaveLength(3)
    expect(top[0]!.loss).toBeGreaterThanOrEqual(top[1]!.loss)
  })

  it('averages views in pixels of the image', async () => {
    const { all, plain } = right(
      await run(
        pipe(
          made(),
          RTE.map((l) => ({
            ...l,
            // all weights are 0, so outputs are the biases: a place in the corner for each name
            state: new Map(
              [...l.state].map(([path, values]) => [
                path,
                path.endsWith('fc.bias') ? Float32Array.of(-0.5, -0.5, 0.5, -0.5) : values.map(() => 0)
              ])
            )
          })),
          RTE.chainW((l) =>
            pipe(
              RTE.Do,
              RTE.bindW('all', () => tta({ beta: 0, scale: 1, withLoss: true })(l)),
              RTE.bindW('plain', () => getPreds({ withLoss: true })(l))
            )
          )
        )
      )
    )
    // without a zoom, the mirrored view of a symmetrical answer is the same answer with its names
    all.preds.flat().forEach((value, i) => expect(value).toBeCloseTo(plain.preds.flat()[i]!, 3))
    all.losses!.forEach((value, i) => expect(value).toBeCloseTo(plain.losses![i]!, 4))
  })

  it('is validated on folds', async () => {
    const folds = right(kFold(2)(spec()))
    const found = right(
      await run(
        crossValidate(Recipe.fit(1, 1e-3), (data) =>
          learner({ data, model, opt: adam(), wd: 0, metrics: [pointDistance] })
        )(folds)
      )
    )
    expect(found.predictions.preds).toHaveLength(count)
    expect(found.scores.map(({ name }) => name)).toEqual(['valid_loss', 'point_distance'])
  })
})
