import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it, vi } from 'vitest'
import { mappedKernels } from '../../../src/engine/onnxruntime/index.js'
import { OnnxBackend } from '../../../src/engine/onnxruntime/running/OnnxBackend.js'
import { boolsOf, expectMapped, intsOf, tensorOf, type Program } from '../engines.js'
import type { Tolerance } from '../tolerance.js'
import { rarer } from './rarer.js'

const SEED = 20260101
const runs = { seed: SEED, numRuns: 6 }

const recorded = vi.spyOn(OnnxBackend.prototype, 'record')

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
const seeds = fc.integer({ min: 1, max: 1 << 30 })

type Unary = (x: tf.Tensor) => tf.Tensor

const exact: Readonly<Record<string, Unary>> = {
  Abs: tf.abs,
  Ceil: tf.ceil,
  ClipByValue: (x) => tf.clipByValue(x, -0.5, 0.75),
  Floor: tf.floor,
  Neg: tf.neg,
  OnesLike: tf.onesLike,
  Relu: tf.relu,
  Relu6: (x) => tf.relu6(tf.mul(x, 4)),
  Round: tf.round,
  Sign: tf.sign,
  Square: tf.square,
  Step: (x) => tf.step(x, 0),
  ZerosLike: tf.zerosLike
}

const near: Readonly<Record<string, Unary>> = {
  Acos: (x) => tf.acos(tf.mul(x, 0.3)),
  Asin: (x) => tf.asin(tf.mul(x, 0.3)),
  Atan: tf.atan,
  Cos: tf.cos,
  Elu: tf.elu,
  Erf: tf.erf,
  Exp: tf.exp,
  LeakyRelu: (x) => tf.leakyRelu(x, 0.1),
  Log: (x) => tf.log(tf.add(tf.abs(x), 0.01)),
  Log1p: (x) => tf.log1p(tf.abs(x)),
  Reciprocal: (x) => tf.reciprocal(tf.add(tf.abs(x), 0.1)),
  Rsqrt: (x) => tf.rsqrt(tf.add(tf.abs(x), 0.1)),
  Selu: tf.selu,
  Sigmoid: tf.sigmoid,
  Sin: tf.sin,
  Softmax: (x) => tf.softmax(x),
  Softplus: tf.softplus,
  Sqrt: (x) => tf.sqrt(tf.abs(x)),
  Tan: (x) => tf.tan(tf.mul(x, 0.3)),
  Tanh: tf.tanh
}

describe('a kernel of one tensor equals the cpu kernel', () => {
  const both: ReadonlyArray<readonly [string, Unary, Tolerance]> = [
    ...Object.entries(exact).map(([name, f]) => [name, f, 'exact'] as const),
    ...Object.entries(near).map(([name, f]) => [name, f, 'transcendental'] as const)
  ]
  for (const [name, f, by] of both)
    test.prop([shapes, seeds], runs)(name, (shape, seed) => {
      expectMapped(() => f(tensorOf(seed, shape, 3)), by)
    })

  it('log1p is accurate for small numbers and at the ends of its domain', () => {
    expectMapped(() => tf.log1p(tf.tensor1d([1e-8, -1e-8, 0, -1, Infinity, 1e30])), 'transcendental')
  })

  it('integers and booleans too, where tfjs supports them', () => {
    const ints = () => tf.sub(intsOf(3, [4, 3], 9), tf.scalar(4, 'int32'))
    expectMapped(() => [tf.abs(ints()), tf.neg(ints()), tf.sign(ints()), tf.square(ints())], 'exact')
    expectMapped(() => tf.logicalNot(boolsOf(4, [5])), 'exact')
  })
})

describe('a kernel of two tensors equals the cpu kernel, with broadcasting', () => {
  type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
  const numeric: Readonly<Record<string, Binary>> = {
    Add: tf.add,
    Equal: tf.equal,
    Greater: tf.greater,
    GreaterEqual: tf.greaterEqual,
    Less: tf.less,
    LessEqual: tf.lessEqual,
    Maximum: tf.maximum,
    Minimum: tf.minimum,
    Multiply: tf.mul,
    NotEqual: tf.notEqual,
    SquaredDifference: tf.squaredDifference,
    Sub: tf.sub
  }
  const floats: Readonly<Record<string, Binary>> = {
    Pow: (a, b) => tf.pow(tf.abs(a), b),
    Prelu: (a, b) => tf.prelu(a, b),
    RealDiv: (a, b) => tf.div(a, tf.add(tf.abs(b), 0.5))
  }
  const logical: Readonly<Record<string, Binary>> = { LogicalAnd: tf.logicalAnd, LogicalOr: tf.logicalOr }
  const pairs = fc.tuple(shapes, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), seeds)
  const stretched = (shape: ReadonlyArray<number>, ones: ReadonlyArray<boolean>) =>
    shape.map((d, i) => (ones[i] === true ? 1 : d))

  for (const [name, f] of Object.entries(numeric)) {
    test.prop([pairs], runs)(name, ([shape, ones, seed]) => {
      expectMapped(() => f(tensorOf(seed, shape, 2), tensorOf(seed + 1, stretched(shape, ones), 2)))
    })
    test.prop([pairs], runs)(`${name} of whole numbers`, ([shape, ones, seed]) => {
      expectMapped(() => f(intsOf(seed, shape, 7), intsOf(seed + 1, stretched(shape, ones), 7)), 'exact')
    })
  }
  for (const [name, f] of Object.entries(floats))
    test.prop([pairs], runs)(name, ([shape, ones, seed]) => {
      expectMapped(() => f(tensorOf(seed, shape, 2), tensorOf(seed + 1, stretched(shape, ones), 2)), 'transcendental')
    })
  for (const [name, f] of Object.entries(logical))
    test.prop([pairs], runs)(name, ([shape, ones, seed]) => {
      expectMapped(() => f(boolsOf(seed, shape), boolsOf(seed + 1, stretched(shape, ones))), 'exact')
    })
})

describe('a reduction over any axes equals the cpu kernel', () => {
  const reductions: Readonly<Record<string, (x: tf.Tensor, axes: Array<number>, keep: boolean) => tf.Tensor>> = {
    Max: tf.max,
    Mean: tf.mean,
    Min: tf.min,
    Prod: tf.prod,
    Sum: tf.sum
  }
  const cases = fc.tuple(shapes, fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), fc.boolean(), seeds)
  const axesIn = (shape: ReadonlyArray<number>, asked: ReadonlyArray<number>) => [
    ...new Set(asked.map((a) => a % shape.length))
  ]
  for (const [name, f] of Object.entries(reductions))
    test.prop([cases], runs)(name, ([shape, asked, keep, seed]) => {
      expectMapped(() => f(tensorOf(seed, shape), axesIn(shape, asked), keep), 'sums')
    })
  test.prop([shapes, fc.nat({ max: 3 }), seeds], runs)('ArgMax, ArgMin and Cumsum', (shape, axis, seed) => {
    const a = axis % shape.length
    expectMapped(() => [tf.argMax(tensorOf(seed, shape), a), tf.argMin(intsOf(seed, shape, 5), a)], 'exact')
    const flags = [seed % 2 === 0, seed % 3 === 0] as const
    expectMapped(() => tf.cumsum(tensorOf(seed, shape), a, ...flags), 'sums')
  })
  it('sums tall matrices by columns', () => {
    expectMapped(() => tf.sum(tensorOf(5, [48, 7, 7, 16]), [0, 1, 2]), 'sums')
  })
})

describe('a kernel that moves values equals the cpu kernel', () => {
  test.prop([shapes, seeds], runs)('by one shape', (shape, seed) => {
    const rank = shape.length
    const x = () => tensorOf(seed, shape)
    const order = shape.map((_, i) => (i + seed) % rank)
    const pads = shape.map((_, i) => [i % 2, (seed + i) % 3] as [number, number])
    const within = shape.map((d) => [0, Math.min(1, d - 1)] as [number, number])
    const programs: ReadonlyArray<Program> = [
      () => tf.transpose(x(), order),
      () =>
        tf.tile(
          x(),
          shape.map((_, i) => 1 + ((seed + i) % 3))
        ),
      () => tf.pad(x(), pads, 0.5),
      () => tf.mirrorPad(x(), within, 'reflect'),
      () =>
        tf.mirrorPad(
          x(),
          shape.map((d) => [1, d > 1 ? 1 : 0] as [number, number]),
          'symmetric'
        ),
      () => tf.reverse(x(), [seed % rank]),
      () => tf.concat([x(), x(), tensorOf(seed + 1, shape)], seed % rank),
      () => tf.stack([x(), tensorOf(seed + 1, shape)], seed % (rank + 1)),
      () => tf.unstack(x(), seed % rank),
      () => tf.split(x(), shape[seed % rank]!, seed % rank),
      () =>
        tf.slice(
          x(),
          shape.map((d) => Math.min(1, d - 1)),
          shape.map((d) => (d > 1 ? d - 1 : 1))
        ),
      () => tf.gather(x(), intsOf(seed, [3, 2], shape[seed % rank]!), seed % rank),
      () => tf.oneHot(intsOf(seed, shape, 6), 5),
      () => tf.where(boolsOf(seed, shape), x(), tensorOf(seed + 1, shape)),
      () => tf.addN([x(), x(), tensorOf(seed + 2, shape)]),
      () => tf.cast(tf.mul(x(), 9), 'int32'),
      () => tf.cast(boolsOf(seed, shape), 'float32'),
      () => tf.add(tf.reshape(x(), [-1]), tf.fill([1], 2)),
      () => tf.add(tf.expandDims(x(), 0), tf.range(0, shape.at(-1)!, 1))
    ]
    for (const program of programs) expectMapped(program)
  })
  it('unequal splits and blocks of depth', () => {
    expectMapped(() => tf.split(tensorOf(1, [7, 3]), [2, 4, 1], 0), 'exact')
    expectMapped(() => tf.depthToSpace(tensorOf(1, [2, 3, 2, 12]) as tf.Tensor4D, 2), 'exact')
  })
})

describe('matrix products and kernels built on them', () => {
  const sides = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  test.prop([sides, fc.boolean(), fc.boolean(), seeds], runs)('a batch of matrices', ([m, k, n], ta, tb, seed) => {
    const a = () => tensorOf(seed, ta ? [2, k, m] : [2, m, k])
    const b = () => tensorOf(seed + 1, tb ? [1, n, k] : [1, k, n])
    expectMapped(() => tf.matMul(a(), b(), ta, tb), 'sums')
  })
  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const)
    it(`fused with ${activation}`, () => {
      const slopes = () =>
        activation === 'prelu' ? { preluActivationWeights: tensorOf(4, [5]) } : { leakyreluAlpha: 0.1 }
      const common = () => ({ bias: tensorOf(3, [5]), activation, ...slopes() })
      const [image, filter] = [
        () => tensorOf(1, [2, 6, 5, 3]) as tf.Tensor4D,
        () => tensorOf(2, [3, 3, 3, 5]) as tf.Tensor4D
      ]
      const [a, b] = [() => tensorOf(1, [4, 3]) as tf.Tensor2D, () => tensorOf(2, [3, 5]) as tf.Tensor2D]
      expectMapped(() => tf.fused.matMul({ a: a(), b: b(), ...common() }), 'sums')
      expectMapped(
        () => tf.fused.conv2d({ x: image(), filter: filter(), strides: 1, pad: 'same', ...common() }),
        'sums'
      )
      const each = () => tensorOf(2, [3, 3, 5, 1]) as tf.Tensor4D
      const five = () => tensorOf(1, [2, 6, 5, 5]) as tf.Tensor4D
      expectMapped(
        () => tf.fused.depthwiseConv2d({ x: five(), filter: each(), strides: 1, pad: 'same', ...common() }),
        'sums'
      )
    })
  it('elu has its own gradient', () => {
    expectMapped(() => tf.grad((x: tf.Tensor) => tf.elu(x))(tensorOf(1, [3, 4])), 'transcendental')
  })
  test.prop([fc.boolean(), fc.boolean(), seeds], runs)('resized images and their gradients', (corners, half, seed) => {
    const centres = half && !corners
    const size = [3 + (seed % 6), 2 + (seed % 5)] as [number, number]
    const x = () => tensorOf(seed, [2, 4, 5, 3]) as tf.Tensor4D
    // tfjs's cpu gradients exchange the sides of images that are not square, and confuse several images
    const square = () => tensorOf(seed, [1, 4, 4, 3]) as tf.Tensor4D
    for (const method of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
      expectMapped(() => method(x(), size, corners, centres), 'sums')
      if (!centres)
        expectMapped(() => tf.grad((i) => tf.square(method(i as tf.Tensor4D, size, corners)))(square()), 'sums')
    }
  })
  it('nearest-neighbour enlargement, also of infinite pixels', () => {
    const x = () => tf.tensor4d([1, Infinity, NaN, 4], [1, 2, 2, 1])
    expectMapped(() => tf.image.resizeNearestNeighbor(x(), [4, 5]), 'exact')
  })
  it('batch norm with given statistics', () => {
    const v = (seed: number) => tensorOf(seed, [3], 0.4, 0.6) as tf.Tensor1D
    const x = () => tensorOf(1, [2, 4, 4, 3]) as tf.Tensor4D
    expectMapped(() => tf.batchNorm(x(), v(2), v(3), v(4), v(5), 1e-5), 'sums')
    expectMapped(() => tf.batchNorm(x(), v(2), v(3)), 'sums')
  })
})

it('every kernel with an ONNX form is compared here or in a file of its own', () => {
  const elsewhere = /^(Graft|Conv2D|DepthwiseConv2d|MaxPool|AvgPool)/
  const computeNothing = ['ExpandDims', 'Identity', 'Reshape']
  const seen = new Set(recorded.mock.calls.map(([name]) => name))
  expect(mappedKernels().filter((name) => !seen.has(name) && !elsewhere.test(name))).toEqual(
    [...computeNothing, ...rarer].sort()
  )
})
