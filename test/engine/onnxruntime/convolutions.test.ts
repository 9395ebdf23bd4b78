import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { cpu, expectAgreement, expectClose, expectMapped, ort, resultsOn, tensorOf } from '../engines.js'

const SEED = 20260102

const LOWER_THAN_ALL = -1e30

type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]]

const side = (min: number, max: number) => fc.integer({ min, max })

const convolutions = fc.record({
  images: side(1, 3),
  height: side(5, 9),
  width: side(5, 9),
  channels: side(1, 4),
  filters: side(1, 4),
  kernel: fc.tuple(side(1, 3), side(1, 3)),
  stride: side(1, 3),
  dilation: side(1, 2),
  pad: fc.oneof(
    fc.constantFrom<Pad>('same', 'valid', 1),
    fc.tuple(side(0, 2), side(0, 2), side(0, 2), side(0, 2)).map(([a, b, c, d]): Pad => [
      [0, 0],
      [a, b],
      [c, d],
      [0, 0]
    ])
  ),
  seed: side(1, 1 << 30)
})

describe('a convolution and its gradients equal those of the cpu kernels', () => {
  test.prop([convolutions], { seed: SEED, numRuns: 60 })('for any stride, dilation and padding', (c) => {
    const { kernel, stride, pad } = c
    // tfjs has no gradient for dilated convolutions, and no dilation with strides
    const dilation = stride === 1 ? c.dilation : 1
    const x = () => tensorOf(c.seed, [c.images, c.height, c.width, c.channels]) as tf.Tensor4D
    const w = () => tensorOf(c.seed + 1, [...kernel, c.channels, c.filters]) as tf.Tensor4D
    const rounding = typeof pad === 'string' ? undefined : 'floor'
    const y = (a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad, 'NHWC', dilation, rounding)
    expectMapped(() => y(x(), w()), 'sums')
    if (dilation === 1) expectMapped(() => tf.grads((a, b) => tf.mul(y(a, b), 0.5))([x(), w()]), 'sums')
  })

  test.prop([convolutions], { seed: SEED + 4, numRuns: 20 })('in NCHW', (c) => {
    const pad = Array.isArray(c.pad) ? [c.pad[0], c.pad[3], c.pad[1], c.pad[2]] : c.pad
    const x = () => tensorOf(c.seed, [c.images, c.channels, c.height, c.width]) as tf.Tensor4D
    const w = () => tensorOf(c.seed + 1, [...c.kernel, c.channels, c.filters]) as tf.Tensor4D
    const rounding = typeof pad === 'string' ? undefined : 'floor'
    const y = (a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.stride, pad as Pad, 'NCHW', 1, rounding)
    expectMapped(() => y(x(), w()), 'sums')
    expectMapped(() => tf.grads((a, b) => tf.mul(y(a, b), 0.5))([x(), w()]), 'sums')
  })

  it('for the first layer of a residual network, 7x7 with stride 2', () => {
    const x = () => tensorOf(1, [2, 15, 14, 3]) as tf.Tensor4D
    const w = () => tensorOf(2, [7, 7, 3, 4], 0.2) as tf.Tensor4D
    expectMapped(
      () => tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 3, 'NHWC', 1, 'floor'))([x(), w()]),
      'sums'
    )
  })

  it('for padding that rounds sides up', () => {
    const x = () => tensorOf(1, [1, 6, 6, 2]) as tf.Tensor4D
    const w = () => tensorOf(2, [3, 3, 2, 2]) as tf.Tensor4D
    const y = (a: tf.Tensor4D) =>
      tf.conv2d(
        a,
        w(),
        2,
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0]
        ],
        'NHWC',
        1,
        'ceil'
      )
    expectMapped(() => y(x()), 'sums')
  })

  test.prop([convolutions], { seed: SEED + 1, numRuns: 12 })('depthwise with one or two filters per channel', (c) => {
    const x = () => tensorOf(c.seed, [c.images, c.height, c.width, c.channels]) as tf.Tensor4D
    const w = () => tensorOf(c.seed + 1, [...c.kernel, c.channels, 1 + (c.seed % 2)]) as tf.Tensor4D
    const rounding = typeof c.pad === 'string' ? undefined : 'floor'
    const y = (a: tf.Tensor, b: tf.Tensor) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.stride, c.pad, 'NHWC', 1, rounding)
    expectMapped(() => y(x(), w()), 'sums')
    expectMapped(() => tf.grads((a, b) => tf.mul(y(a, b), 0.5))([x(), w()]), 'sums')
  })
})

const pools = fc.record({
  images: side(1, 3),
  height: side(4, 9),
  width: side(4, 9),
  channels: side(1, 4),
  size: side(1, 3),
  stride: side(1, 3),
  pad: fc.constantFrom<'same' | 'valid' | 1>('same', 'valid', 1),
  rounding: fc.constantFrom<'floor' | 'ceil'>('floor', 'ceil'),
  levels: side(2, 50),
  seed: side(1, 1 << 30)
})

describe('pooling and its gradient equal those of the cpu kernels', () => {
  // few levels make many ties
  const image = (c: {
    images: number
    height: number
    width: number
    channels: number
    levels: number
    seed: number
  }) => {
    const x = tensorOf(c.seed, [c.images, c.height, c.width, c.channels])
    return tf.div<tf.Tensor4D>(tf.round(tf.mul(x, c.levels)), c.levels)
  }

  test.prop([pools], { seed: SEED + 2, numRuns: 40 })(
    'for max pooling, with the gradient of ties going to the first',
    (c) => {
      const pad = c.pad === 1 && c.size < 2 ? 0 : c.pad
      const rounding = typeof pad === 'number' ? c.rounding : undefined
      const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, c.size, c.stride, pad, rounding)
      expectMapped(() => pool(image(c)), 'exact')
      const weigh = (y: tf.Tensor) => tf.mul(y, tensorOf(c.seed + 1, y.shape))
      // tfjs's gradient forgets the rounding, and its cpu kernel then leaves the last windows out
      if (rounding !== 'ceil') expectMapped(() => tf.grad((x) => weigh(pool(x)))(image(c)), 'sums')
    }
  )

  it.each([
    ['in tiles', 40, 36],
    ['in reading order', 41, 37]
  ])('the maximum of maps that go in several parts, %s', (_, height, width) => {
    const c = { images: 2, height, width, channels: 384, levels: 3, seed: 5 }
    expect(4 * c.images * height * width * c.channels).toBeGreaterThan(2 * (1 << 21))
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1)
    expectMapped(() => pool(image(c)), 'exact')
    const gradient = (x: tf.Tensor) => tf.grad((each) => tf.mul(pool(each), tensorOf(6, pool(each).shape)))(x)
    expectMapped(() => gradient(image(c)), 'sums')
  })

  test.prop([pools], { seed: SEED + 3, numRuns: 40 })('for average pooling', (c) => {
    const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, c.size, c.stride, c.pad === 1 ? 'same' : c.pad)
    expectMapped(() => pool(image(c)), 'sums')
    // tfjs's cpu gradient divides by the window's area even where padding lies under it; without padding both agree
    if (c.pad === 'valid') expectMapped(() => tf.grad((x) => tf.square(pool(x)))(image(c)), 'sums')
  })

  it('for padded average pooling, whose gradient is that of the averaged pixels', () => {
    const weights = () => tensorOf(2, [1, 3, 3, 1])
    const loss = (x: tf.Tensor) => tf.sum(tf.mul(tf.avgPool(x as tf.Tensor4D, 3, 1, 'same'), weights()))
    const [analytic] = resultsOn(ort, () => tf.grad(loss)(tf.zeros([1, 3, 3, 1])))
    // the loss is linear: its gradient is its value at each unit image
    const units = Array.from({ length: 9 }, (_, i) => i)
    const values = resultsOn(ort, () =>
      units.map((i) => loss(tf.reshape(tf.oneHot(tf.scalar(i, 'int32'), 9, 1, 0, 'float32'), [1, 3, 3, 1])))
    )
    values.forEach((v, i) => expect(analytic!.data[i]).toBeCloseTo(v.data[0]!, 5))
  })

  it('for sides rounded up, whose gradient is that of an image padded to fit', () => {
    const x = () => tensorOf(9, [2, 6, 5, 2]) as tf.Tensor4D
    const weigh = (y: tf.Tensor) => tf.mul(y, tensorOf(10, y.shape))
    const up = (a: tf.Tensor) => weigh(tf.maxPool(a as tf.Tensor4D, 3, 2, 0, 'ceil'))
    const padded = (a: tf.Tensor) => {
      const wide = tf.pad(
        a as tf.Tensor4D,
        [
          [0, 0],
          [0, 1],
          [0, 0],
          [0, 0]
        ],
        LOWER_THAN_ALL
      )
      return weigh(tf.maxPool(wide, 3, 2, 'valid'))
    }
    expectClose(
      resultsOn(ort, () => tf.grad(up)(x())),
      resultsOn(cpu, () => tf.grad(padded)(x())),
      'sums'
    )
  })

  it('for a window of one pixel, also of maps computed in several chunks', () => {
    const dy = () => tensorOf(12, [16, 128, 128, 4])
    const pooled = (a: tf.Tensor) => tf.mul(tf.maxPool(a as tf.Tensor4D, 1, 1, 'valid'), dy())
    const [gradient, expected] = resultsOn(ort, () => [tf.grad(pooled)(tensorOf(11, [16, 128, 128, 4])), dy()])
    expectClose([gradient!], [expected!], 'exact')
  })

  it("infinities in one window do not affect another's gradient", () => {
    const x = () => tf.tensor4d([-Infinity, -Infinity, 1, 2, Infinity, Infinity, 3, -1, 5], [1, 3, 3, 1])
    const weigh = (y: tf.Tensor) => tf.mul(y, tensorOf(13, y.shape))
    expectMapped(() => tf.grad((a) => weigh(tf.maxPool(a as tf.Tensor4D, 2, 1, 'valid')))(x()), 'sums')
  })

  // a map of 8x8 goes in tiles, one of 8x7 in reading order; behind 2x2 windows a last column lies under none
  it.each([
    [8, 8, 3],
    [8, 7, 3],
    [8, 7, 2]
  ])('behind a ReLU: %ix%i, windows of %i', (height, width, size) => {
    const w = () => tensorOf(17, [3, 3, 2, 3], 0.3) as tf.Tensor4D
    const pooled = (a: tf.Tensor) => {
      const y = tf.maxPool(tf.relu(tf.conv2d(a as tf.Tensor4D, w(), 1, 'same')), size, 2, 'valid')
      return tf.mul(y, tensorOf(18, y.shape))
    }
    expectMapped(() => tf.grad(pooled)(tensorOf(16, [3, height, width, 2])), 'sums')
  })

  it.each([1, 3])('behind ReLUs side by side, and %i images', (images) => {
    const w = (seed: number) => tensorOf(seed, [3, 3, 2, 3], 0.3) as tf.Tensor4D
    const pooled = (a: tf.Tensor) => {
      const branches = [20, 21].map((seed) => tf.relu(tf.conv2d(a as tf.Tensor4D, w(seed), 1, 'same')))
      const y = tf.maxPool(tf.concat(branches, 3), 3, 2, 'same')
      return tf.mul(y, tensorOf(18, y.shape))
    }
    expectMapped(() => tf.grad(pooled)(tensorOf(16, [images, 8, 8, 2])), 'sums')
  })

  it('behind a ReLU whose output has another use', () => {
    const w = () => tensorOf(17, [3, 3, 2, 3], 0.3) as tf.Tensor4D
    const both = (a: tf.Tensor) => {
      const y = tf.relu(tf.conv2d(a as tf.Tensor4D, w(), 1, 'same'))
      return tf.add(tf.sum(tf.mul(y, tensorOf(19, y.shape))), tf.sum(tf.square(tf.maxPool(y, 3, 2, 'valid'))))
    }
    expectMapped(() => tf.grad(both)(tensorOf(16, [3, 8, 8, 2])), 'sums')
  })

  it('an average and a strided convolution over the same window have gradients of their own', () => {
    const w = () => tensorOf(15, [3, 3, 3, 3]) as tf.Tensor4D
    const average = (a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, 3, 2, 'same')
    const convolution = (a: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, w(), 2, 'same')
    const gradient = (f: (a: tf.Tensor) => tf.Tensor) => tf.grad(f)(tensorOf(14, [2, 2, 2, 3]))
    const apart = resultsOn(ort, () => gradient(average)).concat(resultsOn(ort, () => gradient(convolution)))
    for (const order of [
      [average, convolution],
      [convolution, average]
    ] as const) {
      const together = resultsOn(ort, () => order.map(gradient))
      expectClose(
        together,
        order.map((f) => apart[f === average ? 0 : 1]!),
        'exact'
      )
    }
  })

  it('large averages use another algorithm with the same result', () => {
    const x = () => tensorOf(7, [1, 40, 36, 2]) as tf.Tensor4D
    expectMapped(() => [tf.avgPool(x(), 3, 2, 'same')], 'sums')
    expectAgreement(() => tf.grad((a) => tf.square(tf.avgPool(a as tf.Tensor4D, 2, 2, 'valid')))(x()), 'sums')
  })
})

// few filters: a sum of products; many: one product of the concatenation
describe.each([1, 2, 9])('one pixel of branches side by side, %i filters', (filters) => {
  const w = (seed: number, shape: readonly [number, number]) => tensorOf(seed, [1, 1, ...shape], 0.3) as tf.Tensor4D
  const branches = (x: tf.Tensor, a: tf.Tensor) =>
    tf.concat([tf.relu(tf.conv2d(x as tf.Tensor4D, a as tf.Tensor4D, 1, 'same')), x], 3) as tf.Tensor4D

  it.each([1, 3])('%i images, and their gradients', (images) => {
    const image = () => tf.conv2d(tensorOf(30, [images, 8, 8, 2]) as tf.Tensor4D, w(31, [2, 3]), 1, 'same')
    expectMapped(() => tf.conv2d(branches(image(), w(32, [3, 5])), w(33, [8, filters]), 1, 'same'), 'sums')
    const loss = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.conv2d(
        branches(tf.conv2d(x as tf.Tensor4D, w(31, [2, 3]), 1, 'same'), a),
        b as tf.Tensor4D,
        1,
        'same'
      )
      return tf.sum(tf.mul(y, tensorOf(34, y.shape)))
    }
    expectMapped(() => tf.grads(loss)([tensorOf(30, [images, 8, 8, 2]), w(32, [3, 5]), w(33, [8, filters])]), 'sums')
  })
})
