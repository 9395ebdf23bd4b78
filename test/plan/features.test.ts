// `create_body`, `create_head` and `num_features_model` as the reference's users try them: by themselves.
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  alexnet,
  bodyNetwork,
  catalogue,
  createBody,
  createHead,
  customHead,
  nn,
  numFeatures,
  plan,
  resnet18,
  resnet34,
  squeezenet1_1,
  withHead
} from 'graft-vision'
import { isCombination } from '../../src/model/index.js'
import { describe, expect, it } from 'vitest'
import { left, right } from '../io/workplace.js'

interface Case {
  readonly arch: string
  readonly num_features_model?: number
  readonly cut_argument?: unknown
}

const recorded = JSON.parse(readFileSync(new URL('../oracle/bodies.json', import.meta.url), 'utf8')) as {
  readonly cases: ReadonlyArray<Case>
}

describe('createBody', () => {
  it("accepts the architecture's cut, a count, a name, or a function", () => {
    const children = (options?: Parameters<typeof createBody>[1]) =>
      nn.namedChildren(right(bodyNetwork(createBody(resnet18, options)))).map(({ name }) => name)
    const whole = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4']
    expect(children()).toEqual(whole)
    expect(children({ cut: -2 })).toEqual(whole)
    expect(children({ cut: 5 })).toEqual(whole.slice(0, 5))
    expect(children({ cut: 'layer3' })).toEqual(whole.slice(0, 6))
    expect(children({ cut: (n) => (isCombination(n) ? { ...n, children: n.children.slice(0, 1) } : n) })).toEqual([
      'conv1'
    ])
  })

  it('records whether to use published weights', () => {
    expect(createBody(resnet34, { pretrained: true }).weights).toEqual({ _tag: 'Pretrained', tag: null })
    expect(createBody(resnet34, { pretrained: false }).weights).toEqual({ _tag: 'FromScratch' })
  })
})

describe('numFeatures', () => {
  it('agrees with fastai for every architecture that both have', () => {
    const known = recorded.cases.flatMap(({ arch, num_features_model: channels, cut_argument: cut }) => {
      const found = catalogue.find(({ name }) => name === arch)
      return found === undefined || channels === undefined || cut !== undefined ? [] : [[found, channels] as const]
    })
    expect(known.length).toBeGreaterThan(10)
    for (const [arch, channels] of known)
      expect([arch.name, numFeatures(createBody(arch))]).toEqual([arch.name, E.right(channels)])
  })

  it('tries larger images where 64 × 64 are too small', () => {
    const deep = {
      ...squeezenet1_1,
      network: nn.sequential(nn.named('pools', nn.avgPool2d(100)), nn.named('rest', squeezenet1_1.network))
    }
    expect(numFeatures(createBody(deep, { cut: 'rest.classifier' }))).toEqual(E.right(512))
  })

  it('reports a wrong cut, and a body whose output is a vector', () => {
    expect(left(numFeatures(createBody(resnet18, { cut: 99 })))).toMatchObject([{ _tag: 'CutError' }])
    const flat = { ...alexnet, network: nn.sequential(nn.named('flatten', nn.flatten)) }
    expect(left(numFeatures(createBody(flat, { cut: 1 })))).toMatchObject([{ _tag: 'HeadError', path: 'body' }])
  })
})

describe('createHead', () => {
  it('has the reference’s layers: pool, flatten, then norm, dropout, linear for each block', () => {
    const kinds = nn.namedChildren(right(createHead(1024, 10))).map(({ layer }) => layer._tag)
    expect(kinds).toEqual([
      'AdaptiveConcatPool2d',
      'Flatten',
      'BatchNorm',
      'Dropout',
      'Linear',
      'Relu',
      'BatchNorm',
      'Dropout',
      'Linear'
    ])
    const plain = right(createHead(512, 10, { concatPool: false, linFtrs: [], ps: 0, bnFinal: true }))
    expect(nn.namedChildren(plain).map(({ layer }) => layer._tag)).toEqual([
      'AdaptiveAvgPool2d',
      'Flatten',
      'BatchNorm',
      'Linear',
      'BatchNorm'
    ])
  })

  it('fits the body it was made for', () => {
    const body = createBody(resnet18)
    const model = pipe(
      numFeatures(body),
      E.chain((nf) => createHead(2 * nf, 37)),
      E.map((network) => withHead(customHead(network))(body)),
      E.chain(plan({ input: [3, 64, 64] }))
    )
    expect(right(model).output).toEqual([37])
  })

  it('reports all mistakes at once', () => {
    const errors = left(createHead(0, 1.5, { ps: [0.1, 2, 0.3], linFtrs: [-1] }))
    expect(errors.map(({ path }) => path)).toEqual(['nf', 'nc', 'head.ps', 'head.ps', 'head.linFtrs'])
  })
})
