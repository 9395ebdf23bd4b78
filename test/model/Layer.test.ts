import { describe, expect, it } from 'vitest'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  batchNorm,
  concat,
  constant,
  conv2d,
  dropout,
  eqLayer,
  flatten,
  foldLayer,
  identity,
  inSequence,
  isCombination,
  leakyRelu,
  leaves,
  linear,
  maxPool2d,
  named,
  numbered,
  product,
  relu,
  sequential,
  showLayer,
  sum,
  torchDefault
} from '../../src/model/index.js'

describe('constructors', () => {
  it("use torch's defaults for convolutions", () => {
    expect(conv2d(3, 8, 5)).toEqual({
      _tag: 'Conv2d',
      inChannels: 3,
      outChannels: 8,
      kernelSize: [5, 5],
      stride: [1, 1],
      padding: [0, 0],
      dilation: [1, 1],
      groups: 1,
      bias: true,
      weightInit: torchDefault,
      biasInit: torchDefault
    })
  })
  it("use torch's defaults for batch norms", () => {
    expect(batchNorm(8)).toEqual({
      _tag: 'BatchNorm',
      features: 8,
      eps: 1e-5,
      momentum: 0.1,
      weightInit: constant(1),
      biasInit: constant(0)
    })
  })
  it('use the kernel size as the default stride of pools', () => {
    expect(maxPool2d(3)).toMatchObject({ stride: [3, 3], padding: [0, 0], ceilMode: false })
    expect(avgPool2d([2, 3])).toMatchObject({ kernelSize: [2, 3], stride: [2, 3] })
  })
  it('accept one output size for both sides', () => {
    for (const pool of [adaptiveAvgPool2d, adaptiveMaxPool2d, adaptiveConcatPool2d])
      expect(pool(2).outputSize).toEqual([2, 2])
  })
  it('number the children as nn.Sequential does', () => {
    expect(numbered(relu, flatten)).toEqual(sequential(named('0', relu), named('1', flatten)))
  })
  it('give no name to a bare layer', () => {
    expect(sequential(relu)).toEqual({ _tag: 'Sequential', children: [{ name: null, layer: relu }] })
  })
})

describe('a fold', () => {
  it('passes each combination to its own case, with the results of its children', () => {
    const shown = foldLayer<string>({
      leaf: ({ layer }) => layer._tag,
      sequential: (parts) => `(${parts.join(' ')})`,
      sum: (branches) => `(${branches.join(' + ')})`,
      product: (branches) => `(${branches.join(' * ')})`,
      concat: (branches) => `(${branches.join(' | ')})`
    })
    const network = sequential(concat(sum(relu, product(relu, identity)), flatten), relu)
    expect([relu, sum(), network].map(shown)).toEqual(['Relu', '()', '(((Relu + (Relu * Identity)) | Flatten) Relu)'])
  })
  it('passes the path of each layer, and visits primitives in data-flow order', () => {
    const order: Array<string> = []
    const paths = foldLayer<ReadonlyArray<string>>({
      leaf: ({ path }) => (order.push(path), [path]),
      sequential: (parts, { path }) => [path, ...parts.flat()],
      sum: (branches, { path }) => [path, ...branches.flat()],
      product: (branches, { path }) => [path, ...branches.flat()],
      concat: (branches, { path }) => [path, ...branches.flat()]
    })
    const network = sequential(named('a', sum(named('b', relu), identity)), relu, named('c', concat(relu)))
    expect(paths(network)).toEqual(['', 'a', 'a.b', 'a/identity', '/relu', 'c', 'c/relu'])
    expect(order).toEqual(leaves(network).map(({ path }) => path))
  })
})

describe('inSequence', () => {
  it('returns the children of a sequence, and null for branches and primitives', () => {
    expect(inSequence(sequential(relu, flatten))?.map(({ layer }) => layer)).toEqual([relu, flatten])
    expect([sum(relu), concat(relu), relu].map(inSequence)).toEqual([null, null, null])
  })
})

describe('instances', () => {
  it('distinguish combinations from primitives', () => {
    expect([sequential(), sum(), concat(), relu, flatten].map(isCombination)).toEqual([true, true, true, false, false])
  })
  it('compare layers structurally, including names', () => {
    expect(eqLayer.equals(leakyRelu(0.1), leakyRelu(0.1))).toBe(true)
    expect(eqLayer.equals(leakyRelu(0.1), leakyRelu(0.2))).toBe(false)
    expect(eqLayer.equals(sequential(named('a', relu)), sequential(relu))).toBe(false)
  })
  it('print a network as torch prints a module', () => {
    const net = sequential(
      named('conv', conv2d(3, 8, 3, { bias: false })),
      relu,
      named('fc', linear(8, 2)),
      dropout(0.5)
    )
    expect(showLayer.show(net)).toBe(
      [
        'Sequential(',
        '  (conv): Conv2d(inChannels: 3, outChannels: 8, kernelSize: [3, 3], stride: [1, 1], padding: [0, 0], ' +
          'dilation: [1, 1], groups: 1, bias: false)',
        '  Relu()',
        '  (fc): Linear(inFeatures: 8, outFeatures: 2, bias: true)',
        '  Dropout(p: 0.5)',
        ')'
      ].join('\n')
    )
  })
})
