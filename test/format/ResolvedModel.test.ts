import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import { classification, defaultDecoding, imagenetStats, type Task } from '../../src/data/index.js'
import * as _ from '../../src/format/index.js'
import * as M from '../../src/model/index.js'
import { type Plan, plan } from '../../src/plan/index.js'
import { crossEntropy, customLoss, labelSmoothing, sgd } from '../../src/recipe/index.js'

const preprocessing: _.Preprocessing = { size: 64, resize: 'crop', stats: imagenetStats, decoding: defaultDecoding }
const cats: Task = classification(['cat', 'dog'])

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const throughText = (first: Plan, loss = crossEntropy()): M.Model | M.Arch =>
  pipe(
    _.resolvedModel({ input: resnet18.input, preprocessing, loss })(first),
    E.chain(_.encodeResolvedModel('0.1.0')),
    E.chain((json) => _.parseJson(JSON.stringify(json))),
    E.chain(_.decodeResolvedModel),
    right,
    ({ model }) => _.modelOf(model)
  )

const known = ({ network: _n, weights: _w, warnings: _g, parameters, layers, buffers, ...rest }: Plan) => ({
  ...rest,
  // how parameters start is not exported
  parameters: parameters.map(({ init: _i, ...p }) => p),
  buffers: buffers.map((b) => [b.path, b.shape]),
  layers: layers.map(({ layer, ...l }) => ({ ...l, kind: layer._tag }))
})

const models: ReadonlyArray<M.Model> = [
  pipe(resnet18, M.cut, M.withHead(M.head()), M.freezeBody),
  pipe(
    resnet18,
    M.cutBy('mine', (n) => (M.isCombination(n) ? { ...n, children: n.children.slice(0, 5) } : n)),
    M.withHead(M.head({ ps: 0 })),
    M.splitBy('mine', () => ['body.layer1.1', 'head', 'head.4']),
    M.freezeTo(-2)
  ),
  pipe(
    squeezenet1_1,
    M.cut,
    M.withHead(M.head({ bnFinal: true })),
    M.splitOn([]),
    M.batchNormUnderFreeze('statisticsOnly')
  ),
  pipe(resnet18, M.cut, M.withHead(M.head()), M.replaceAt('body.layer1.0.bn1', M.identity), M.freeze)
]

describe('an exported model', () => {
  it.each(models.map((m) => [M.showModel.show(m), m] as const))('has the plan of %s', (_name, model) => {
    const how = { input: [3, 64, 64], task: cats }
    const first = pipe(model, plan(how), right)
    const second = pipe(throughText(first), plan(how), right)
    expect(known(second)).toStrictEqual(known(first))
  })

  it('may be a bare architecture, with its own paths', () => {
    const how = { input: [3, 64, 64], task: classification(Array.from({ length: 1000 }, (_x, i) => `c${i}`)) }
    const first = pipe(resnet18, plan(how), right)
    expect(first.parameters[0]!.path).toBe('conv1.weight')
    expect(known(pipe(throughText(first), plan(how), right))).toStrictEqual(known(first))
  })

  it('keeps the label and activation of a user-defined loss', () => {
    const first = pipe(models[0]!, plan({ input: [3, 64, 64], task: cats }), right)
    const loss = customLoss('mine', 'sigmoid', (a) => a)
    const resolved = right(_.resolvedModel({ input: resnet18.input, preprocessing, loss })(first))
    expect(resolved.loss).toStrictEqual({ name: 'mine', activation: 'sigmoid', loss: null })
  })

  it('is read back unchanged, with the version that wrote it', () => {
    const first = pipe(models[0]!, plan({ input: [3, 64, 64], task: cats }), right)
    const resolved = right(
      _.resolvedModel({
        input: resnet18.input,
        preprocessing: {
          size: [3, 4],
          resize: 'pad',
          stats: null,
          decoding: { ...defaultDecoding, orientation: 'ignore', exact: true }
        },
        loss: crossEntropy()
      })(first)
    )
    const read = right(pipe(resolved, _.encodeResolvedModel('7.8.9'), E.chain(_.decodeResolvedModel)))
    expect(read.graft).toBe('7.8.9')
    expect({ ...read.model, body: 0, head: 0 }).toStrictEqual({ ...resolved, body: 0, head: 0 })
  })

  it('needs a task', () => {
    const first = pipe(pipe(resnet18, M.cut, M.withHead(M.customHead(M.flatten))), plan({ input: [3, 64, 64] }), right)
    const result = _.resolvedModel({ input: resnet18.input, preprocessing, loss: crossEntropy() })(first)
    expect(E.isLeft(result) && result.left.map((e) => e.path)).toStrictEqual(['task'])
  })

  it('of a later format is an error that says so', () => {
    const result = _.decodeResolvedModel({ format: 3, anything: true })
    expect(E.isLeft(result) && result.left).toStrictEqual([
      {
        _tag: 'UnknownVersion',
        path: 'format',
        expected: 'format 2 or earlier',
        found: 'format 3',
        hint: 'read it with a later version of graft-vision'
      }
    ])
  })

  it('of format 1, which has no training settings, gets the defaults', () => {
    // what graft wrote before: a file that somebody may still have
    const old = {
      format: 1,
      graft: '0.1.0',
      arch: 'mine',
      input: { channels: 3, size: 32, mean: [0, 0, 0], std: [1, 1, 1], crop: 1 },
      body: { sequential: [{ name: 'pool', layer: { adaptiveAvgPool2d: { outputSize: [1, 1] } } }] },
      head: { sequential: ['flatten', { name: '0', layer: { linear: { inFeatures: 3, outFeatures: 2 } } }] },
      starts: ['head'],
      freeze: 'body',
      batchNorm: 'trains',
      task: { classification: ['cat', 'dog'] },
      preprocessing: { size: 32, resize: 'crop', normalise: 'none' }
    }
    const read = (loss: object) => right(_.decodeResolvedModel({ ...old, loss }))
    const { graft, model } = read({ name: 'labelSmoothing', activation: 'softmax' })
    expect(graft).toBe('0.1.0')
    expect(model.training).toStrictEqual(_.defaultTraining)
    expect(model.loss).toStrictEqual({ name: 'labelSmoothing', activation: 'softmax', loss: labelSmoothing() })
    expect(model.starts).toStrictEqual(['head'])
    const own = read({ name: 'mine', activation: 'sigmoid' })
    expect(own.model.loss).toStrictEqual({ name: 'mine', activation: 'sigmoid', loss: null })
    // and is written as today's, which is read as it was
    expect(right(pipe(model, _.encodeResolvedModel(graft), E.chain(_.decodeResolvedModel)))).toStrictEqual({
      graft,
      model
    })
  })

  it('keeps its training settings except functions', () => {
    const first = pipe(models[0]!, plan({ input: [3, 64, 64], task: cats }), right)
    const training: _.Training = { opt: sgd({ momentum: 0.5 }), wd: 0, bnWd: false, trueWd: false, clip: 1, seed: -7 }
    const loss = crossEntropy({ weight: [1, 3] })
    const resolved = right(_.resolvedModel({ input: resnet18.input, preprocessing, loss, training })(first))
    const read = right(pipe(resolved, _.encodeResolvedModel('1'), E.chain(_.decodeResolvedModel)))
    expect(read.model.training).toStrictEqual(training)
    expect(read.model.loss.loss).toStrictEqual(loss)
  })

  it('without a version is an error that says what is missing', () => {
    const result = _.decodeResolvedModel({})
    expect(E.isLeft(result) && result.left.map((e) => e.path)).toContain('format')
  })
})
