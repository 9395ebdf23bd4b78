import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { runNetwork } from '../../../src/engine/index.js'
import {
  arch,
  avgPool2d,
  conv2d,
  type Layer,
  named,
  padChannels,
  resizeNearest,
  scale,
  sequential
} from '../../../src/model/index.js'
import { plan } from '../../../src/plan/index.js'
import { right } from '../../io/workplace.js'
import { cpu, expectClose, numbers, ort, resultsOn, tensorOf } from '../engines.js'

/** A network of one layer, `it`, on `[n, h, w, c]`, as a function of its input and its weight. */
const through = (layer: Layer, shape: readonly [number, number, number, number]) => {
  const [, h, w, c] = shape
  const network = sequential(named('it', layer))
  const planned = right(plan({ input: [c, h, w] })(arch({ name: 'net', network })))
  return (x: tf.Tensor, weight: tf.Tensor = tf.scalar(0)): tf.Tensor =>
    runNetwork(planned, x, () => weight, { _tag: 'Evaluation' })
}

const counting = (shape: readonly [number, number, number, number]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i + 1),
    [...shape]
  )

describe.each([
  ['onnxruntime', ort],
  ['cpu', cpu]
] as const)('on %s', (_name, engine) => {
  const valuesOf = (layer: Layer, shape: readonly [number, number, number, number]): ReadonlyArray<number> =>
    resultsOn(engine, () => through(layer, shape)(counting(shape)))[0]!.data

  it('an average pool with ceilMode averages only the pixels inside (torch 2.13)', () => {
    expect(valuesOf(avgPool2d(2, { ceilMode: true }), [1, 3, 3, 1])).toEqual([3, 4.5, 7.5, 9])
    expect(valuesOf(avgPool2d(3, { stride: 2, ceilMode: true }), [1, 4, 6, 1])).toEqual([8, 10, 11.5, 17, 19, 20.5])
    expect(valuesOf(avgPool2d(2, { ceilMode: true }), [1, 2, 2, 1])).toEqual([2.5])
  })
  it('its gradient gives each pixel its share', () => {
    const layer = through(avgPool2d(2, { ceilMode: true }), [1, 3, 3, 1])
    const gradient = resultsOn(engine, () => tf.grad((x: tf.Tensor) => layer(x))(counting([1, 3, 3, 1])))
    expect(gradient[0]!.data).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1])
  })
  it('nearest-neighbour resizing returns the gradient of each image of a batch', () => {
    const gradient = (size: readonly [number, number], shape: readonly [number, number, number, number]) => {
      const layer = through(resizeNearest(size), shape)
      const weights = counting([shape[0], ...size, shape[3]])
      const weighted = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(layer(x), weights))
      return resultsOn(engine, () => tf.grad(weighted)(counting(shape)))[0]!.data
    }
    expect(gradient([2, 2], [2, 1, 1, 1])).toEqual([1 + 2 + 3 + 4, 5 + 6 + 7 + 8])
    expect(gradient([1, 2], [3, 2, 4, 1])).toEqual([
      1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0
    ])
  })
  it('an average pool of one pixel with stride 2 takes every second pixel', () => {
    expect(valuesOf(avgPool2d(1, { stride: 2 }), [1, 3, 3, 1])).toEqual([1, 3, 7, 9])
  })
  it('padChannels adds channels of zeros before and after', () => {
    expect(valuesOf(padChannels(1, 2), [1, 1, 2, 2])).toEqual([0, 1, 2, 0, 0, 0, 3, 4, 0, 0])
  })
  it('a scaled value is that value times the factor', () => {
    expect(valuesOf(scale(-2), [1, 1, 1, 3])).toEqual([-2, -4, -6])
  })
})

describe('a grouped convolution', () => {
  /** The same as one convolution, whose filters are zero on the channels of other groups. */
  const dense = (w: tf.Tensor, groups: number): tf.Tensor => {
    const parts = tf.split(w, groups, 3)
    return tf.concat(
      parts.map((part, g) =>
        tf.pad(part, [
          [0, 0],
          [0, 0],
          [g * part.shape[2]!, (groups - 1 - g) * part.shape[2]!],
          [0, 0]
        ])
      ),
      3
    )
  }
  it.each([
    ['of two groups', { groups: 2, stride: 1, padding: 1 }, 6],
    ['of a group for each channel', { groups: 4, stride: 1, padding: 1 }, 4],
    ['of two filters for each channel', { groups: 4, stride: 2, padding: 1 }, 8],
    ['of a group for each channel, without padding', { groups: 4, stride: 1, padding: 0 }, 4]
  ] as const)('%s is independent of other groups, gradients too', (_name, options, out) => {
    const shape = [2, 7, 6, 4] as const
    const grouped = through(conv2d(4, out, 3, { ...options, bias: false }), shape)
    const ungrouped = through(conv2d(4, out, 3, { ...options, groups: 1, bias: false }), shape)
    const results = (f: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor) => () => {
      const x = tensorOf(1, shape)
      const w = tensorOf(2, [3, 3, 4 / options.groups, out])
      const dy = tf.tensor(numbers(3, f(x, w).size), f(x, w).shape)
      return [f(x, w), ...tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.mul(f(a, b), dy))([x, w])]
    }
    const expected = resultsOn(
      cpu,
      results((x, w) => ungrouped(x, dense(w, options.groups)))
    )
    for (const engine of [ort, cpu]) expectClose(resultsOn(engine, results(grouped)), expected, 'operation')
  })
})
