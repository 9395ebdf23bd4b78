import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  customHead,
  cut,
  embeddingPlan,
  nn,
  plan,
  resnet18,
  squeezenet1_1,
  vgg11,
  withHead,
  withSize
} from 'graft-vision'
import {
  embed,
  Engine,
  embedData,
  embedEach,
  type GraftEnv,
  type Learner,
  openData,
  openPredictor,
  predict,
  predictorOf
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, net, tinyLearner } from './tiny.js'

const folder = workplace()
let [env, cpu]: ReadonlyArray<GraftEnv> = []
let l: Learner
let pictures: ReadonlyArray<string>

beforeAll(async () => {
  ;[env, cpu] = [await envWith('onnxruntime'), await envWith('cpu')]
  l = right(await tinyLearner(drawn(folder))(env)())
  pictures = l.data.valid.items.map(({ file }) => join(l.data.root, file))
})

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)

describe('the plan of features', () => {
  const outputOf = (e: E.Either<unknown, { readonly output: ReadonlyArray<number> }>) => right(e).output

  it('ends before the classifier of a whole architecture', () => {
    const embedded = (arch: typeof resnet18) =>
      outputOf(pipe(plan({ input: [3, 64, 64] })(arch), E.chainW(embeddingPlan)))
    expect([resnet18, squeezenet1_1, vgg11].map(embedded)).toEqual([[512], [512], [4096]])
  })

  it('has only the parameters of its layers', () => {
    const features = right(embeddingPlan(l.plan))
    expect(features.parameters.map(({ path }) => path)).toEqual(
      l.plan.parameters.map(({ path }) => path).filter((path) => path.startsWith('body.'))
    )
  })
})

describe('embed', () => {
  it('averages the outputs of the body over positions', async () => {
    const rows = right(await embed(predictorOf(l), { bs: 5 })(pictures)(env!)())
    expect(rows.map((row) => row.length)).toEqual(pictures.map(() => 8))
    expect(distance(rows[0]!, rows[1]!)).toBeGreaterThan(1e-3)
    const body = right(plan({ input: l.plan.input })(pipe(net, cut, withHead(customHead(nn.identity)))))
    const network = right(Engine.compileInference(cpu!.engine)(body, l.state))
    const { pixels } = right(await l.data.valid.item(0)(env!)())
    const { mean, std } = l.data.stats
    const x = Float32Array.from(pixels.data, (value, i) => (value / 255 - mean[i % 3]!) / std[i % 3]!)
    // [height, width, 8]
    const maps = right(network.predict(x, 1))
    const means = Float32Array.from({ length: 8 }, (_, c) => {
      const channel = maps.filter((_, i) => i % 8 === c)
      return channel.reduce((a, b) => a + b, 0) / channel.length
    })
    expect(distance(rows[0]!, means)).toBeLessThan(1e-5)
    network.dispose()
  })

  it('gives the features of a set as of its files', async () => {
    const set = right(await embedData(l.data, 'valid')(predictorOf(l))(env!)())
    const rows = right(await embed(predictorOf(l))(pictures)(env!)())
    expect(set.files).toEqual(l.data.valid.items.map(({ file }) => file))
    set.features.forEach((row, i) => expect(distance(row, rows[i]!)).toBeLessThan(1e-5))
  })

  it('compiles once for a learner', async () => {
    const fresh = predictorOf({ ...l, state: new Map(l.state) })
    const before = env!.engine.stats().compiles
    for (const _ of [1, 2]) right(await embed(fresh)(pictures.slice(0, 2))(env!)())
    expect(env!.engine.stats().compiles - before).toBe(1)
  })

  it('names what it cannot read, and the size that data should have', async () => {
    const broken = Buffer.from('not a picture')
    const each = right(await embedEach(predictorOf(l))([pictures[0]!, broken])(env!)())
    expect(each.map(E.isRight)).toEqual([true, false])
    expect(left(await embed(predictorOf(l))([broken])(env!)())._tag).toBe('UnreadableImage')
    const small = right(await openData(withSize(14)(l.data.spec))(env!)())
    expect(left(await embedData(small)(predictorOf(l))(env!)())).toMatchObject({ expected: 'images of 3×28×28' })
  })

  it('is a method of an open predictor', async () => {
    const open = right(await openPredictor(predictorOf(l))(env!)())
    const rows = right(await open.embed(pictures.slice(0, 2))())
    right(await predict(pictures[0]!)(predictorOf(l))(env!)())
    open.close()
    expect(rows.length).toBe(2)
  })
})
