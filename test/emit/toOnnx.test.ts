import { test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { networks } from '../../laws/arbitrary/index.js'
import { resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import { classification, defaultDecoding, imagenetStats } from '../../src/data/index.js'
import { toOnnx } from '../../src/emit/index.js'
import { type Engine, initialState } from '../../src/engine/index.js'
import { writeOnnx } from '../../src/format/bytes/onnx.js'
import { activate } from '../../src/interpret/index.js'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  adaptiveMaxPool2d,
  arch,
  avgPool2d,
  batchNorm,
  blur,
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
  padChannels,
  pixelShuffle,
  relu,
  relu6,
  resizeNearest,
  scale,
  selfAttention,
  sequential,
  type Shape,
  sigmoid,
  sigmoidRange,
  spectralNorm,
  sum,
  tanh,
  weightNorm,
  withHead
} from '../../src/model/index.js'
import { plan, type Plan } from '../../src/plan/index.js'
import { version } from '../../src/version.js'
import { cpu, expectClose, ort } from '../engine/engines.js'
import type { Tolerance } from '../engine/tolerance.js'
import { left, right } from '../io/workplace.js'
import { images, predicted, runOnnx, stateOf } from './session.js'

const planned = (network: Layer, input: Shape): Plan => right(plan({ input })(arch({ name: 'net', network })))

/** The exported bytes give what the engine gives, for one image and for three. */
const expectSame = async (p: Plan, state = stateOf(p), engine: Engine = cpu, by: Tolerance = 'sums') => {
  const bytes = writeOnnx(right(toOnnx(p, state)))
  for (const n of [1, 3]) {
    const x = images(p.input, n)
    const [exported, wanted] = [await runOnnx(bytes, p.input, x, n), predicted(engine, p, state, x, n)]
    const shape = [n, ...p.output]
    expectClose(
      [{ shape: exported.shape, dtype: 'float32', data: [...exported.data] }],
      [{ shape, dtype: 'float32', data: [...wanted] }],
      by
    )
  }
}

const conv = (...args: Parameters<typeof conv2d>) => named('conv', conv2d(...args))

describe('an exported layer gives what the engine gives', () => {
  it.each<readonly [string, Layer]>([
    ['conv2d', sequential(conv(2, 4, 3))],
    ['conv2d, strided and padded unequally', sequential(conv(2, 4, [3, 2], { stride: [2, 1], padding: [2, 1] }))],
    ['conv2d, dilated, without bias', sequential(conv(2, 4, 3, { dilation: 2, bias: false }))],
    ['conv2d, grouped', sequential(conv(2, 4, 3, { groups: 2 }))],
    ['weightNorm', sequential(named('conv', weightNorm(conv2d(2, 4, 3, { stride: 2 }))))],
    [
      'weightNorm, grouped, without bias',
      sequential(named('conv', weightNorm(conv2d(2, 4, 3, { groups: 2, bias: false }))))
    ],
    ['spectralNorm', sequential(named('conv', spectralNorm(conv2d(2, 4, [3, 2], { padding: [0, 1] }))))],
    ['selfAttention', sequential(named('attention', selfAttention(2)))],
    ['batchNorm of maps', sequential(named('bn', batchNorm(2, { eps: 1e-3 })))],
    ['batchNorm of rows', sequential(flatten, named('bn', batchNorm(2 * 9 * 7)))],
    ['linear', sequential(flatten, named('fc', linear(2 * 9 * 7, 5)))],
    ['linear without bias', sequential(flatten, named('fc', linear(2 * 9 * 7, 5, { bias: false })))],
    ['maxPool2d', maxPool2d([3, 2], { stride: 2, padding: [1, 0] })],
    ['maxPool2d, rounding up', maxPool2d(2, { stride: 2, ceilMode: true })],
    [
      'maxPool2d, rounding up, no window begins in the padding',
      maxPool2d(2, { stride: 3, padding: 1, ceilMode: true })
    ],
    ['maxPool2d, rounding up past the padding', maxPool2d(3, { stride: 2, padding: 1, ceilMode: true })],
    ['avgPool2d', avgPool2d([2, 3], { stride: [2, 1] })],
    ['avgPool2d, rounding up', avgPool2d([2, 4], { ceilMode: true })],
    ['adaptiveAvgPool2d to one', adaptiveAvgPool2d(1)],
    ['adaptiveAvgPool2d to a divisor', adaptiveAvgPool2d([3, 7])],
    ['adaptiveAvgPool2d to any size', adaptiveAvgPool2d([4, 5])],
    ['adaptiveAvgPool2d to one row', adaptiveAvgPool2d([1, 3])],
    ['adaptiveAvgPool2d to more than there is', adaptiveAvgPool2d([11, 2])],
    ['adaptiveMaxPool2d to one', adaptiveMaxPool2d(1)],
    ['adaptiveMaxPool2d to any size', adaptiveMaxPool2d([2, 4])],
    ['adaptiveConcatPool2d', adaptiveConcatPool2d(1)],
    ['adaptiveConcatPool2d to any size', adaptiveConcatPool2d([2, 3])],
    ['relu', relu],
    ['sigmoidRange', sigmoidRange(-1, 2)],
    ['pixelShuffle', sequential(conv(2, 4, 1), pixelShuffle(2))],
    ['blur', blur],
    ['resizeNearest', resizeNearest([4, 11])],
    ['identity', identity],
    ['dropout', dropout(0.5)],
    ['scale', scale(-0.2)],
    ['padChannels', padChannels(1, 2)],
    ['padChannels of rows', sequential(flatten, padChannels(2, 0))],
    ['sequential of nothing', sequential()],
    ['sum', sequential(sum(conv(2, 2, 3, { padding: 1 }), relu, identity))],
    ['concat', concat(relu, identity, sequential(conv(2, 3, 1)))]
  ])('%s', async (_, layer) => {
    // pixels last and channels first are the same row by row once it is flat
    await expectSame(planned(sequential(layer, flatten), [2, 9, 7]))
  })

  it.each<readonly [string, Layer]>([
    ['relu6', relu6],
    ['leakyRelu', leakyRelu(0.2)],
    ['sigmoid', sigmoid],
    ['tanh', tanh]
  ])('%s', async (_, layer) => {
    // far enough out for relu6 to clip
    const spread = sequential(named('bn', batchNorm(2)), layer, flatten)
    const p = planned(spread, [2, 9, 7])
    await expectSame(p, new Map([...stateOf(p), ['bn.weight', Float32Array.of(9, -9)]]), cpu, 'transcendental')
  })
})

describe('an exported network gives what the engine gives', () => {
  test.prop([networks], { seed: 1, numRuns: 40 })('for any layers', async ({ input, network }) => {
    const p = planned(network, input)
    await expectSame(p, initialState(p, 1))
  })

  it.each([
    ['resnet18', resnet18],
    ['squeezenet1_1', squeezenet1_1]
  ])('%s with its own classifier', async (_, of) => {
    const p = right(plan({ input: [3, 64, 64] })(of))
    await expectSame(p, initialState(p, 1), ort)
  })

  it('resnet18 with a head', async () => {
    const task = classification(['ant', 'bee'])
    const p = right(plan({ input: [3, 64, 64], task })(withHead(head())(cut(resnet18))))
    await expectSame(p, initialState(p, 1), ort)
  })
})

describe('toOnnx', () => {
  const network = sequential(conv(3, 4, 3), relu, relu, adaptiveAvgPool2d(1), flatten, named('fc', linear(4, 2)))
  const task = classification(['ant', 'bee'])
  const p = right(plan({ input: [3, 8, 9], task })(arch({ name: 'net', network })))
  const state = stateOf(p)

  it('keeps parameters under their paths, in torch’s shapes, sharing their memory', () => {
    const { initializers } = right(toOnnx(p, state))
    expect(initializers.map(({ name, shape }) => [name, shape])).toEqual(
      p.parameters.map(({ path, shape }) => [path, shape])
    )
    expect(initializers.every(({ name, bytes }) => bytes.buffer === state.get(name)!.buffer)).toBe(true)
  })

  it('declares channels first, the plan’s size, and any batch', () => {
    const { inputs, outputs } = right(toOnnx(p, state))
    expect(inputs).toEqual([{ name: 'input', type: 'float32', shape: ['batch', 3, 8, 9] }])
    expect(outputs).toEqual([{ name: 'output', type: 'float32', shape: ['batch', 2] }])
  })

  it('describes the model in its metadata', () => {
    const { metadata } = right(toOnnx(p, state, { activation: 'softmax', stats: imagenetStats, resize: 'crop' }))
    expect(metadata).toEqual({
      graft: version,
      arch: 'net',
      preprocessing: 'outside',
      inputSize: '[3,8,9]',
      activation: 'softmax',
      task: 'Classification',
      classes: '["ant","bee"]',
      mean: '[0.485,0.456,0.406]',
      std: '[0.229,0.224,0.225]',
      resize: 'crop',
      filter:
        'Pillow BILINEAR; JPEG and WebP that shrink to half their sides or less: libvips linear, which differs by a few levels',
      scaledSide: 'round_half_to_even(side / ratio), at least 1',
      cropOffset: 'floor((scaledSide - inputSide + 1) / 2)'
    })
    const decoding = { ...defaultDecoding, exact: true }
    expect(right(toOnnx(p, state, { resize: 'crop', decoding })).metadata['filter']).toBe('Pillow BILINEAR')
  })

  it.each(['softmax', 'sigmoid'] as const)('ends with %s when told to', async (activation) => {
    const x = images(p.input, 3)
    const { data } = await runOnnx(writeOnnx(right(toOnnx(p, state, { activation }))), p.input, x, 3)
    const wanted = activate(activation, 2)(predicted(cpu, p, state, x, 3))
    const host = (values: Float32Array) => [{ shape: [3, 2], dtype: 'float32', data: [...values] }]
    expectClose(host(data), host(wanted), 'transcendental')
  })

  it('uses unique names, whatever the names of layers', async () => {
    const names = ['input', 'output', '/Relu', 'input/Conv', 'relu/Relu']
    const odd = sequential(named('input', conv2d(2, 2, 1)), ...names.map((name) => named(name, relu)), relu, flatten)
    const q = planned(odd, [2, 3, 3])
    const { nodes, initializers } = right(toOnnx(q, stateOf(q)))
    const given = [...nodes.flatMap((node) => node.outputs), ...initializers.map(({ name }) => name), 'input']
    expect(new Set(given).size).toBe(given.length)
    await expectSame(q)
  })

  it('names every array that is missing or of another size', () => {
    const errors = left(toOnnx(p, new Map([...state, ['conv.bias', new Float32Array(3)]].slice(1) as never)))
    expect(errors.map(({ path, expected, found }) => [path, expected, found])).toEqual([
      ['conv.weight', '108 values', 'none'],
      ['conv.bias', '4 values', '3']
    ])
  })
})
