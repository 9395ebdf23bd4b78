import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { convolve, type Convolved } from '../../src/engine/index.js'
import { cpu, expectClose, expectNear, numbers, ort, resultsOn, sizeOf, tensorOf } from './engines.js'

const SEED = 20260104

type Pair = [number, number]

interface Case extends Required<Convolved> {
  readonly images: number
  readonly sides: Pair
  /** Of the input and of the filter, for each group. */
  readonly width: number
  readonly filters: number
  readonly kernel: Pair
  readonly seed: number
}

type Shape4 = [number, number, number, number]

const inputShape = (c: Case): Shape4 => [c.images, ...c.sides, c.width * c.groups]

const filterShape = (c: Case): Shape4 => [...c.kernel, c.width, c.filters * c.groups]

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

const outputSides = (c: Case): Pair => {
  const along = (i: 0 | 1): number =>
    Math.floor((c.sides[i] + 2 * c.padding[i] - c.dilation[i] * (c.kernel[i] - 1) - 1) / c.stride[i]) + 1
  return [along(0), along(1)]
}

const outputShape = (c: Case): Shape4 => [c.images, ...outputSides(c), c.filters * c.groups]

/** Each product of a convolution by its definition: the places in the input, the filter and the output. */
const products = function* (c: Case): Generator<readonly [x: number, filter: number, y: number]> {
  const [height, width] = outputSides(c)
  const [channels, filters] = [c.width * c.groups, c.filters * c.groups]
  for (const n of upTo(c.images))
    for (const row of upTo(height))
      for (const column of upTo(width))
        for (const k of upTo(filters))
          for (const v of upTo(c.kernel[0]))
            for (const h of upTo(c.kernel[1]))
              for (const i of upTo(c.width)) {
                const y = row * c.stride[0] + v * c.dilation[0] - c.padding[0]
                const x = column * c.stride[1] + h * c.dilation[1] - c.padding[1]
                if (y < 0 || x < 0 || y >= c.sides[0] || x >= c.sides[1]) continue
                const channel = Math.floor(k / c.filters) * c.width + i
                yield [
                  ((n * c.sides[0] + y) * c.sides[1] + x) * channels + channel,
                  ((v * c.kernel[1] + h) * c.width + i) * filters + k,
                  ((n * height + row) * width + column) * filters + k
                ]
              }
}

const operands = (c: Case) => ({
  x: numbers(c.seed, sizeOf(inputShape(c))),
  filter: numbers(c.seed + 1, sizeOf(filterShape(c))),
  dy: numbers(c.seed + 2, sizeOf(outputShape(c)))
})

/** The output and both gradients, summed in float64. */
const byDefinition = (c: Case): ReadonlyArray<ArrayLike<number>> => {
  const { x, filter, dy } = operands(c)
  const [y, dx, dw] = [dy, x, filter].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array
  ]
  for (const [at, tap, out] of products(c)) {
    y[out]! += x[at]! * filter[tap]!
    dx[at]! += dy[out]! * filter[tap]!
    dw[tap]! += dy[out]! * x[at]!
  }
  return [y, dx, dw]
}

/** The same by the operation and its gradients. */
const byOperation = (c: Case) => (): ReadonlyArray<tf.Tensor> => {
  const [x, filter] = [tensorOf(c.seed, inputShape(c)), tensorOf(c.seed + 1, filterShape(c))]
  const on = (a: tf.Tensor, b: tf.Tensor) => convolve(a as tf.Tensor4D, b as tf.Tensor4D, c)
  return [on(x, filter), ...tf.grads(on)([x, filter], tensorOf(c.seed + 2, outputShape(c)))]
}

/** On every engine; on onnxruntime without a kernel of the cpu package. */
const expectDefined = (c: Case): void => {
  const expected = byDefinition(c)
  const before = ort.stats().fallbacks
  for (const engine of [cpu, ort])
    resultsOn(engine, byOperation(c)).forEach(({ data }, i) => expectNear(data, expected[i]!, 'sums'))
  expect(ort.stats().fallbacks).toEqual(before)
}

const pairOf = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))

const cases: fc.Arbitrary<Case> = fc
  .record({
    images: fc.integer({ min: 1, max: 3 }),
    sides: pairOf(5, 9),
    width: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 4 }),
    kernel: pairOf(1, 3),
    stride: pairOf(1, 3),
    dilation: pairOf(1, 3),
    padding: pairOf(0, 3),
    seed: fc.integer({ min: 1, max: 1 << 30 })
  })
  .filter((c) => outputSides(c).every((side) => side > 0))

describe('a convolution of any stride, dilation and number of groups', () => {
  test.prop([cases], { seed: SEED, numRuns: 40 })(
    'has the output and both gradients of its definition, by kernels of its own',
    (c) => expectDefined(c)
  )

  const depthwise = fc
    .record({
      images: fc.integer({ min: 1, max: 4 }),
      // tiles, tiles beside other sides, and none
      sides: fc.tuple(fc.constantFrom(4, 5, 8, 12), fc.constantFrom(3, 8, 12)),
      width: fc.constant(1),
      filters: fc.constant(1),
      // blocks of 8 and of 16 that end with an image, that end in the midst of one, and that cannot be filled
      groups: fc.constantFrom(8, 16, 20, 24),
      kernel: pairOf(1, 5),
      stride: pairOf(1, 3),
      dilation: pairOf(1, 2),
      padding: pairOf(0, 3),
      seed: fc.integer({ min: 1, max: 1 << 30 })
    })
    .filter((c) => outputSides(c).every((side) => side > 0))

  test.prop([depthwise], { seed: SEED + 1, numRuns: 60 })('has them for depthwise convolutions too', expectDefined)

  const given = { images: 2, sides: [8, 8], seed: 5, kernel: [3, 3], padding: [2, 2] } satisfies Partial<Case>
  const named: Readonly<Record<string, Case>> = {
    'spread taps': { ...given, width: 3, filters: 4, groups: 1, stride: [1, 1], dilation: [2, 2] },
    'spread taps beside strides': { ...given, width: 3, filters: 4, groups: 1, stride: [2, 3], dilation: [2, 3] },
    'a group to each channel, spread': { ...given, width: 1, filters: 2, groups: 6, stride: [1, 1], dilation: [2, 2] },
    'a group to each channel, spread and strided': {
      ...given,
      width: 1,
      filters: 1,
      groups: 6,
      stride: [2, 2],
      dilation: [2, 1]
    },
    'many small groups': { ...given, width: 4, filters: 4, groups: 32, stride: [2, 2], dilation: [1, 1] }
  }

  it.each(Object.entries(named))('holds for %s', (_, c) => expectDefined(c))

  it("equals tfjs's result where tfjs supports it", () => {
    const [x, w] = [() => tensorOf(1, [2, 9, 7, 3]) as tf.Tensor4D, () => tensorOf(2, [3, 3, 3, 4]) as tf.Tensor4D]
    expectClose(
      resultsOn(ort, () => convolve(x(), w(), { dilation: [2, 2], padding: [1, 1] })),
      resultsOn(cpu, () => tf.conv2d(x(), w(), 1, 1, 'NHWC', 2, 'floor')),
      'sums'
    )
  })
})
