import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { squeezenet1_1 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  adaptiveMaxPool2d,
  arch,
  avgPool2d,
  batchNorm,
  concat,
  conv2d,
  cut,
  dropout,
  flatten,
  head,
  identity,
  type Layer,
  leakyRelu,
  linear,
  maxPool2d,
  named,
  numbered,
  relu,
  relu6,
  sequential,
  type Shape,
  sigmoid,
  sum,
  tanh,
  uncut,
  withHead
} from '../../src/model/index.js'
import { plan } from '../../src/plan/index.js'

const through = (network: Layer, input: Shape = [3, 8, 8]) => plan({ input })(arch({ name: 'net', network }))
const output = (network: Layer, input?: Shape) =>
  pipe(
    through(network, input),
    E.map((p) => p.output)
  )
const errors = (network: Layer, input?: Shape) =>
  pipe(
    through(network, input),
    E.match(
      (found) => found.map((e) => `${e.path}: expected ${e.expected}, found ${e.found}`),
      () => []
    )
  )

describe('the shape after a layer', () => {
  it.each([
    ['a convolution', conv2d(3, 5, 3, { stride: 2, padding: 1 }), [5, 4, 4]],
    ['an oblong convolution', conv2d(3, 5, [1, 3], { padding: [0, 1], stride: [2, 1] }), [5, 4, 8]],
    ['a dilated convolution', conv2d(3, 5, 3, { dilation: 2 }), [5, 4, 4]],
    ['a grouped convolution', conv2d(3, 6, 1, { groups: 3 }), [6, 8, 8]],
    ['a max pool that rounds up', maxPool2d(3, { stride: 2, ceilMode: true }), [3, 4, 4]],
    ['a max pool that rounds down', maxPool2d(3, { stride: 2 }), [3, 3, 3]],
    ['an average pool', avgPool2d(2), [3, 4, 4]],
    ['an adaptive average pool', adaptiveAvgPool2d([2, 3]), [3, 2, 3]],
    ['an adaptive max pool', adaptiveMaxPool2d(1), [3, 1, 1]],
    ['a concat pool', adaptiveConcatPool2d(1), [6, 1, 1]],
    ['a flatten', flatten, [192]],
    ['a linear layer', sequential(flatten, linear(192, 7)), [7]],
    ['a batch norm', batchNorm(3), [3, 8, 8]],
    ['a sum', sum(identity, conv2d(3, 3, 1)), [3, 8, 8]],
    ['a concat', concat(identity, conv2d(3, 5, 1), relu), [11, 8, 8]],
    ['a concat of vectors', sequential(flatten, concat(linear(192, 2), linear(192, 3))), [5]]
  ] as ReadonlyArray<readonly [string, Layer, Shape]>)('that is %s', (_, layer, shape) => {
    expect(output(layer)).toEqual(E.right(shape))
  })
  it('is unchanged by an activation', () => {
    for (const layer of [relu, relu6, leakyRelu(0.1), sigmoid, tanh, identity, dropout(0.5)])
      expect(output(layer)).toEqual(E.right([3, 8, 8]))
  })
})

describe('a layer that does not fit', () => {
  it.each([
    ['wants other channels', conv2d(4, 5, 3), '/conv2d: expected 4 channels, found 3 channels (3×8×8)'],
    [
      'has groups that do not divide',
      conv2d(3, 4, 1, { groups: 3 }),
      '/conv2d: expected channels divisible by 3 groups, found 3 in, 4 out'
    ],
    ['normalises other channels', batchNorm(4), '/batchNorm: expected 4 channels, found 3 channels (3×8×8)'],
    ['wants a vector', linear(192, 2), '/linear: expected 192 features, found 3×8×8'],
    ['wants another vector', sequential(flatten, linear(100, 2)), '/linear: expected 100 features, found 192'],
    ['wants a map', sequential(flatten, maxPool2d(2)), '/maxPool2d: expected channels×height×width, found 192'],
    ['is larger than the map', conv2d(3, 5, 9), '/conv2d: expected a feature map of at least 9×9, found 8×8'],
    ['drops with no probability', dropout(2), '/dropout: expected a probability in [0, 1] for p, found p 2'],
    [
      'adds unlike branches',
      sum(identity, conv2d(3, 5, 1)),
      ': expected branches of equal shape, found 3×8×8 and 5×8×8'
    ],
    [
      'joins branches of unlike sides',
      concat(identity, maxPool2d(2)),
      ': expected branches of equal height and width, found 3×8×8 and 3×4×4'
    ],
    ['has no branch', sum(), ': expected at least one branch, found none']
  ] as ReadonlyArray<readonly [string, Layer, string]>)('because it %s is an error', (_, layer, message) => {
    expect(errors(layer)).toEqual([message])
  })
  it('is one error, because later layers are checked against its intended output', () => {
    const network = numbered(conv2d(4, 5, 1), batchNorm(5), batchNorm(6), conv2d(6, 2, 1), flatten, linear(128, 2))
    expect(errors(network)).toEqual([
      '0: expected 4 channels, found 3 channels (3×8×8)',
      '2: expected 6 channels, found 5 channels (5×8×8)'
    ])
  })
  it('is reported with its path', () => {
    expect(errors(sequential(named('a', sequential(named('b', numbered(relu, batchNorm(9)))))))[0]).toMatch(/^a\.b\.1:/)
  })
})

describe('a layer that accepts no input', () => {
  it.each([
    [
      'a convolution without a kernel',
      conv2d(3, 64, 0),
      'an integer of at least 1 for kernelSize',
      'kernelSize [0, 0]'
    ],
    ['a kernel with a half', conv2d(3, 64, 3.5), 'an integer of at least 1 for kernelSize', 'kernelSize [3.5, 3.5]'],
    ['a stride of 0', conv2d(3, 64, 3, { stride: 0 }), 'an integer of at least 1 for stride', 'stride [0, 0]'],
    [
      'a dilation of 0',
      conv2d(3, 64, 3, { dilation: [1, 0] }),
      'an integer of at least 1 for dilation',
      'dilation [1, 0]'
    ],
    [
      'a padding below 0',
      conv2d(3, 64, 3, { padding: -1 }),
      'an integer of at least 0 for padding',
      'padding [-1, -1]'
    ],
    ['no groups', conv2d(3, 64, 3, { groups: 0 }), 'an integer of at least 1 for groups', 'groups 0'],
    ['fewer than no channels', conv2d(3, -4, 3), 'an integer of at least 1 for outChannels', 'outChannels -4'],
    ['no input channels', conv2d(0, 4, 3), 'an integer of at least 1 for inChannels', 'inChannels 0'],
    [
      'no features to give',
      sequential(flatten, linear(192, 0)),
      'an integer of at least 1 for outFeatures',
      'outFeatures 0'
    ],
    [
      'no features to take',
      sequential(flatten, linear(NaN, 2)),
      'an integer of at least 1 for inFeatures',
      'inFeatures NaN'
    ],
    ['no features to normalise', batchNorm(0), 'an integer of at least 1 for features', 'features 0'],
    ['an eps of 0', batchNorm(3, { eps: 0 }), 'a positive number for eps', 'eps 0'],
    ['a momentum above 1', batchNorm(3, { momentum: 1.5 }), 'a number in [0, 1] for momentum', 'momentum 1.5'],
    [
      'a pool of nothing, whose stride is its kernel',
      maxPool2d(0),
      'an integer of at least 1 for kernelSize; an integer of at least 1 for stride',
      'kernelSize [0, 0]; stride [0, 0]'
    ],
    [
      'a padding that holds a window',
      maxPool2d(2, { padding: 2 }),
      'at most half of kernelSize for padding',
      'padding [2, 2] of [2, 2]'
    ],
    ['an average of nothing', avgPool2d(2, { stride: -1 }), 'an integer of at least 1 for stride', 'stride [-1, -1]'],
    ['a pool to nothing', adaptiveAvgPool2d(0), 'an integer of at least 1 for outputSize', 'outputSize [0, 0]'],
    ['a pool to halves', adaptiveConcatPool2d(1.5), 'an integer of at least 1 for outputSize', 'outputSize [1.5, 1.5]'],
    ['a slope without end', leakyRelu(Infinity), 'a finite number for negativeSlope', 'negativeSlope Infinity'],
    ['a probability that is none', dropout(NaN), 'a probability in [0, 1] for p', 'p NaN']
  ] as ReadonlyArray<readonly [string, Layer, string, string]>)('has %s', (_, layer, expected, found) => {
    expect(errors(layer).map((e) => e.slice(e.indexOf(': ') + 2))).toEqual([`expected ${expected}, found ${found}`])
  })
  it.each([
    ['channels', conv2d(3, -4, 3, { padding: 1 })],
    ['sides', conv2d(3, 64, 0)],
    ['sides', conv2d(3, 64, 3, { stride: 0 })]
  ])('is one error: what follows takes any %s that it leaves unknown', (_, wrong) => {
    const network = numbered(wrong, batchNorm(64), relu, maxPool2d(2), sum(identity, conv2d(64, 64, 1)), flatten)
    expect(errors(network).map((e) => e.split(':')[0])).toEqual(['0'])
  })
  it('is one error under a head', () => {
    const network = numbered(conv2d(3, -4, 3), relu)
    const wrong = pipe(
      arch({ name: 'net', network }),
      uncut,
      withHead(head()),
      plan({ input: [3, 8, 8], task: classification(['ant', 'bee']) })
    )
    expect(E.isLeft(wrong) && wrong.left.map((e) => e.path)).toEqual(['body.0'])
  })
  it('does not hide mistakes in later layers', () => {
    const network = numbered(conv2d(3, -4, 3), batchNorm(5), conv2d(6, 2, 1))
    expect(errors(network)).toEqual([
      '0: expected an integer of at least 1 for outChannels, found outChannels -4',
      '2: expected 6 channels, found 5 channels (5×6×6)'
    ])
  })
})

describe('an image that is too small', () => {
  it('is one error, although every later layer fails too', () => {
    const small = pipe(
      squeezenet1_1,
      cut,
      withHead(head()),
      plan({ input: [3, 8, 8], task: classification(['ant', 'bee']) })
    )
    expect(small).toMatchObject({
      _tag: 'Left',
      left: [{ _tag: 'ShapeError', hint: 'use larger images, or cut earlier' }]
    })
    expect(E.isLeft(small) && small.left.length).toBe(1)
  })
  it('is reported once for a chain of pools', () => {
    expect(errors(numbered(maxPool2d(4), maxPool2d(4), maxPool2d(4), maxPool2d(4)))).toEqual([
      '1: expected a feature map of at least 4×4, found 2×2'
    ])
  })
})

describe('an input', () => {
  it.each([[[8, 8]], [[3, 0, 8]], [[3, 8.5, 8]], [[3, 8, 8, 1]], [[]]] as ReadonlyArray<readonly [Shape]>)(
    'of %j is an error of the input',
    (input) => {
      expect(errors(relu, input)[0]).toMatch(/^input: expected three positive integers/)
    }
  )
  it('with other channels than the architecture expects is an error of its first layer', () => {
    expect(errors(numbered(conv2d(3, 4, 1)), [1, 8, 8])).toEqual(['0: expected 3 channels, found 1 channels (1×8×8)'])
  })
})
