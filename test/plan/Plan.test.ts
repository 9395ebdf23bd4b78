import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import { classification, segmentation } from '../../src/data/index.js'
import {
  adaptiveAvgPool2d,
  arch,
  batchNorm,
  conv2d,
  cut,
  customHead,
  fromScratch,
  freeze,
  head,
  identity,
  type Layer,
  layerAt,
  leakyRelu,
  linear,
  named,
  numbered,
  pretrained,
  relu,
  replaceAt,
  sequential,
  splitOn,
  uncut,
  withHead
} from '../../src/model/index.js'
import { eqPlan, type Plan, plan, summaryOf } from '../../src/plan/index.js'

const task = classification(['ant', 'bee'])
const model = pipe(resnet18, cut, withHead(head()))
const right = <Err, A>(e: E.Either<Err, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}
const planned: Plan = right(plan({ input: [3, 64, 64], task })(model))
const errors = (e: ReturnType<ReturnType<typeof plan>>) => (E.isLeft(e) ? e.left.map((x) => [x._tag, x.path]) : [])

describe('a plan', () => {
  it("has torch's paths below body and head", () => {
    const paths = planned.parameters.map((p) => p.path)
    expect(paths.slice(0, 3)).toEqual(['body.conv1.weight', 'body.bn1.weight', 'body.bn1.bias'])
    expect(paths.at(-1)).toBe('head.8.bias')
    expect(planned.buffers[0]).toMatchObject({ path: 'body.bn1.running_mean', shape: [64] })
  })
  it('has unique paths', () => {
    const paths = [...planned.parameters, ...planned.buffers].map((p) => p.path)
    expect(new Set(paths).size).toBe(paths.length)
  })
  it('always decays weights, and biases and batch norms only with bnWd', () => {
    const decays = Object.fromEntries(planned.parameters.map((p) => [p.path, p.decays]))
    expect([decays['body.conv1.weight'], decays['head.8.weight']]).toEqual(['always', 'always'])
    expect([decays['body.bn1.weight'], decays['head.8.bias']]).toEqual(['ifBnWd', 'ifBnWd'])
  })
  it('depends on the image size only in its shapes', () => {
    const larger = right(plan({ input: [3, 96, 96], task })(model))
    expect(larger.parameters).toEqual(planned.parameters)
    expect(eqPlan.equals(larger, planned)).toBe(false)
    expect(eqPlan.equals(right(plan({ input: [3, 64, 64], task })(model)), planned)).toBe(true)
  })
})

describe('a bare architecture', () => {
  it("keeps torchvision's paths and its classifier, in one trainable group", () => {
    const p = right(plan({ input: [3, 224, 224] })(resnet18))
    expect(p.parameters.at(-1)).toMatchObject({ path: 'fc.bias', shape: [1000], group: 0, trainable: true })
    expect([p.output, p.groups, p.starts]).toEqual([[1000], 1, []])
  })
  it('must have as many outputs as the task', () => {
    expect(errors(plan({ input: [3, 224, 224], task })(squeezenet1_1))).toEqual([['ShapeError', 'squeezenet1_1']])
  })
})

describe('a replaced layer', () => {
  it('is in the plan, as are several', () => {
    const p = right(
      plan({ input: [3, 64, 64], task })(pipe(model, replaceAt('body.relu', identity), replaceAt('head.5', identity)))
    )
    expect([layerAt('body.relu')(p.network), layerAt('head.5')(p.network)]).toMatchObject([
      { value: identity },
      { value: identity }
    ])
  })
  it('is seen by a later replacement', () => {
    const twice = pipe(model, replaceAt('body.relu', numbered(relu, relu)), replaceAt('body.relu.1', identity))
    const p = right(plan({ input: [3, 64, 64], task })(twice))
    expect(layerAt('body.relu')(p.network)).toMatchObject({ value: numbered(relu, identity) })
  })
  it('may be the whole head', () => {
    const network = numbered(adaptiveAvgPool2d(1), { _tag: 'Flatten' }, linear(512, 2))
    expect(right(plan({ input: [3, 64, 64], task })(replaceAt('head', network)(model))).output).toEqual([2])
  })
  it('may be a leaf without a name, addressed by the path that the summary shows', () => {
    const p = right(plan({ input: [3, 64, 64], task })(replaceAt('body.layer1.0/relu', leakyRelu(0.1))(model)))
    const kinds = p.layers.filter((l) => l.path.startsWith('body.layer1.0/')).map((l) => l.path)
    expect(kinds).toEqual(['body.layer1.0/leakyRelu', 'body.layer1.0/identity', 'body.layer1.0/relu'])
    const shown = summaryOf(planned).layers.filter(({ layer }) => layer === 'Relu')
    for (const { path } of shown)
      expect(right(plan({ input: [3, 64, 64], task })(replaceAt(path, identity)(model))).layers.length).toBe(
        planned.layers.length
      )
  })
  it("is initialised randomly like the head, unlike the architecture's layers", () => {
    const same = conv2d(64, 64, 3, { padding: 1, bias: false })
    const fresh = (m: typeof model) => {
      const p = right(plan({ input: [3, 64, 64], task })(m))
      return [...p.parameters, ...p.buffers].flatMap((x) => (x.fresh && !x.path.startsWith('head.') ? [x.path] : []))
    }
    expect(fresh(model)).toEqual([])
    expect(fresh(replaceAt('body.layer1.0.conv1', same)(model))).toEqual(['body.layer1.0.conv1.weight'])
    expect(fresh(replaceAt('body.layer1.0.bn1', batchNorm(64))(model))).toEqual([
      'body.layer1.0.bn1.weight',
      'body.layer1.0.bn1.bias',
      'body.layer1.0.bn1.running_mean',
      'body.layer1.0.bn1.running_var'
    ])
    expect(fresh(replaceAt('body.layer1.0/relu', numbered(same, relu))(model))).toEqual(['body.layer1.0.0.weight'])
    expect(
      [...planned.parameters, ...planned.buffers].filter((x) => x.path.startsWith('head.')).every((x) => x.fresh)
    ).toBe(true)
    expect(right(plan({ input: [3, 64, 64] })(resnet18)).parameters.some((x) => x.fresh)).toBe(false)
  })
  it('is initialised randomly even if the architecture contains the same layer elsewhere', () => {
    const one = conv2d(3, 3, 1)
    const twice = arch({ name: 'twice', network: numbered(one, one) })
    const p = right(
      plan({ input: [3, 8, 8] })(
        pipe(twice, uncut, withHead(customHead(identity)), splitOn(['head']), replaceAt('body.1', one))
      )
    )
    expect(p.parameters.map((x) => [x.path, x.fresh])).toEqual([
      ['body.0.weight', false],
      ['body.0.bias', false],
      ['body.1.weight', true],
      ['body.1.bias', true]
    ])
  })
  it.each([
    'body.nothing',
    'head.99',
    'fc',
    '',
    'body.',
    'body.layer1.',
    'body/conv1',
    'body/layer1.0.conv1',
    'body./relu',
    'body.layer1.0/relu9',
    'head/0'
  ])('at %j is an error', (path) => {
    expect(errors(plan({ input: [3, 64, 64], task })(replaceAt(path, relu)(model)))).toEqual([['ReplaceError', path]])
  })
})

describe('names', () => {
  it('shared by two parameters are one error', () => {
    const network: Layer = sequential(
      named('a', conv2d(3, 3, 1, { bias: false })),
      named('a', conv2d(3, 3, 1, { bias: false }))
    )
    expect(errors(plan({ input: [3, 8, 8] })(arch({ name: 'twins', network })))).toEqual([['NameError', 'a.weight']])
  })
})

describe('outputs', () => {
  it('of a segmentation are not checked against the number of classes', () => {
    const m = pipe(arch({ name: 'maps', network: conv2d(3, 2, 1) }), uncut, withHead(customHead(identity)))
    expect(errors(plan({ input: [3, 8, 8], task: segmentation(['road', 'sky']) })(m))).toEqual([])
  })
})

describe('a warning', () => {
  const warnings = (m: typeof model) => right(plan({ input: [3, 64, 64], task })(m)).warnings

  it('reports frozen random weights', () => {
    expect(warnings(freeze(model))).toEqual([
      '20 frozen parameters are initialised randomly: load weights, or unfreeze them'
    ])
  })
  it('is absent when nothing is frozen, or weights are loaded', () => {
    expect([warnings(model), warnings(pipe(model, freeze, pretrained))]).toEqual([[], []])
    expect(warnings(pipe(model, freeze, pretrained, fromScratch)).length).toBe(1)
  })
})
