import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it, vi } from 'vitest'
import { OnnxBackend } from '../../../src/engine/onnxruntime/running/OnnxBackend.js'
import { boolsOf, cpu, expectClose, expectMapped, intsOf, ort, resultsOn, tensorOf } from '../engines.js'
import { rarer } from './rarer.js'

const SEED = 20260201
const runs = { seed: SEED, numRuns: 6 }

const recorded = vi.spyOn(OnnxBackend.prototype, 'record')

const side = (min: number, max: number) => fc.integer({ min, max })
const shapes = fc.array(side(1, 5), { minLength: 1, maxLength: 4 })
const seeds = side(1, 1 << 30)

const strange = () => tf.tensor1d([NaN, Infinity, -Infinity, 0, -0, 1e-8, -1e-8, 3.4e38, -1])

describe('an elementary function equals the cpu kernel', () => {
  const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    Acosh: (x) => tf.acosh(tf.add(tf.abs(x), 1.01)),
    Asinh: tf.asinh,
    Atanh: (x) => tf.atanh(tf.mul(x, 0.3)),
    Cosh: tf.cosh,
    Expm1: tf.expm1,
    Sinh: tf.sinh
  }
  for (const [name, f] of Object.entries(functions))
    test.prop([shapes, seeds], runs)(name, (shape, seed) => {
      expectMapped(() => f(tensorOf(seed, shape, 3)), 'transcendental')
    })

  it('expm1 is accurate for small numbers and at the ends of its domain', () => {
    expectMapped(
      () => tf.expm1(tf.tensor1d([1e-8, -1e-8, 1e-3, 0, 80, -200, Infinity, -Infinity, NaN])),
      'transcendental'
    )
  })

  it('tan is accurate near its poles', () => {
    expectMapped(() => tf.tan(tf.tensor1d([1.5707631, -1.57, 4.712, 0, 1e-8])), 'operation')
  })

  test.prop([shapes, seeds], runs)('an angle in any quadrant', (shape, seed) => {
    expectMapped(() => tf.atan2(tensorOf(seed, shape), tensorOf(seed + 1, shape)), 'transcendental')
  })

  it('an angle on the axes and infinitely far away', () => {
    const y = () => tf.tensor1d([0, 1, -1, 0, 0, Infinity, -Infinity, Infinity, 2, NaN])
    const x = () => tf.tensor1d([0, 0, 0, 1, -1, Infinity, Infinity, -Infinity, -Infinity, 1])
    expectMapped(() => tf.atan2(y(), x()), 'transcendental')
  })

  it('NaN, infinite and finite values', () => {
    for (const x of [strange, () => intsOf(1, [3], 4), () => boolsOf(2, [4])])
      expectMapped(() => [tf.isNaN(x()), tf.isInf(x()), tf.isFinite(x())], 'exact')
  })
})

describe('a remainder equals the cpu kernel', () => {
  const signed = (seed: number, shape: ReadonlyArray<number>) => tf.sub(intsOf(seed, shape, 19), tf.scalar(9, 'int32'))

  test.prop([shapes, seeds], runs)('of integers, also by zero', (shape, seed) => {
    expectMapped(() => tf.floorDiv(signed(seed, shape), signed(seed + 1, shape)), 'exact')
    expectMapped(() => tf.mod(signed(seed, shape), signed(seed + 1, shape)), 'exact')
  })

  test.prop([shapes, seeds], runs)('of floats', (shape, seed) => {
    expectMapped(() => tf.floorDiv(tensorOf(seed, shape, 9), tensorOf(seed + 1, [1], 2)), 'exact')
    expectMapped(() => tf.mod(tensorOf(seed, shape, 9), tensorOf(seed + 1, shape, 2)))
  })

  it('of a small negative number, whose remainder is nearly the divisor', () => {
    expectMapped(() => tf.mod(tf.tensor1d([-1e-10, 1e-10, 5]), tf.tensor1d([3, -3, 0])), 'exact')
  })
})

describe('a selection equals the cpu kernel', () => {
  test.prop([shapes, seeds], runs)('the k largest, the first of equals first', (shape, seed) => {
    const k = 1 + (seed % shape.at(-1)!)
    for (const x of [() => tensorOf(seed, shape), () => intsOf(seed, shape, 3)])
      expectMapped(() => {
        const { values, indices } = tf.topk(x(), k, seed % 2 === 0)
        return [values, indices]
      }, 'exact')
  })

  test.prop([shapes, seeds, fc.boolean()], runs)('all of them, any of them', (shape, seed, keep) => {
    const axis = seed % shape.length
    expectMapped(() => [tf.all(boolsOf(seed, shape), axis, keep), tf.any(boolsOf(seed, shape), axis, keep)], 'exact')
    expectMapped(() => [tf.all(boolsOf(seed, shape)), tf.any(boolsOf(seed, shape))], 'exact')
  })

  it('extremes with NaNs and infinities', () => {
    const x = () =>
      tf.tensor2d([
        [1, NaN, 3],
        [-Infinity, -Infinity, -Infinity],
        [2, Infinity, 1]
      ])
    expectMapped(() => [tf.max(x(), 1), tf.min(x(), 1), tf.max(x()), tf.argMax(x(), 1), tf.argMin(x(), 1)], 'exact')
  })

  it('between booleans', () => {
    expectMapped(() => tf.where(boolsOf(1, [3, 2]), boolsOf(2, [3, 2]), boolsOf(3, [3, 2])), 'exact')
  })
})

describe('a cumulative product equals the cpu kernel', () => {
  test.prop([shapes, seeds, fc.boolean(), fc.boolean()], runs)('along any axis', (shape, seed, exclusive, reverse) => {
    expectMapped(() => tf.cumprod(tensorOf(seed, shape, 2), seed % shape.length, exclusive, reverse))
    expectMapped(() => tf.cumprod(intsOf(seed, shape, 4), seed % shape.length, exclusive, reverse), 'exact')
  })

  it('without an overflow that the sequential order avoids', () => {
    expectMapped(() => tf.cumprod(tf.tensor1d([1e-30, 1e30, 1e30, 1e-30])))
  })
})

describe('gathering and scattering equal the cpu kernels', () => {
  const indicesOf = (seed: number, count: number, shape: ReadonlyArray<number>) =>
    tf.stack(
      shape.map((d, i) => intsOf(seed + i, [count], d)),
      1
    )

  test.prop([shapes, seeds], runs)('gathered, scattered and added, or put in their places', (shape, seed) => {
    const depth = 1 + (seed % shape.length)
    const at = () => indicesOf(seed, 6, shape.slice(0, depth))
    const updates = () => tensorOf(seed + 9, [6, ...shape.slice(depth)])
    expectMapped(() => tf.gatherND(tensorOf(seed, shape), at()), 'exact')
    expectMapped(() => tf.scatterND(at(), updates(), shape))
    expectMapped(() => tf.scatterND(at(), intsOf(seed, updates().shape, 9), shape), 'exact')
    expectMapped(() => tf.tensorScatterUpdate(tensorOf(seed, shape), at(), updates()), 'exact')
    expectMapped(() => tf.gatherND(boolsOf(seed, shape), at()), 'exact')
  })

  it('put into a tensor of a default', () => {
    const sparse = (values: tf.Tensor) => tf.sparseToDense(tf.tensor1d([1, 4], 'int32'), values, [6], 7)
    expectMapped(() => [sparse(tf.tensor1d([2, 3])), sparse(tf.scalar(5))], 'exact')
  })

  test.prop([side(1, 9), side(1, 4), seeds], runs)(
    'added up by segment, those of none left out',
    (count, columns, seed) => {
      const segments = () => tf.sub<tf.Tensor1D>(intsOf(seed, [count], 7), tf.scalar(1, 'int32'))
      expectMapped(() => tf.unsortedSegmentSum(tensorOf(seed, [count, columns, 2]), segments(), 4))
    }
  )

  test.prop([side(1, 3), side(1, 4), seeds], runs)('gathered for each of a batch by its own', (batch, length, seed) => {
    const at = () => intsOf(seed, [batch, 3], length)
    expectMapped(() => tf.gather(tensorOf(seed, [batch, length, 2]), at(), 1, 1), 'exact')
    expectMapped(() => tf.gather(tensorOf(seed, [batch, 2, length]), at(), 2, 1), 'exact')
  })

  test.prop([seeds], runs)('every so many, forwards and backwards', (seed) => {
    const x = () => tensorOf(seed, [5, 4, 3])
    expectMapped(() => tf.stridedSlice(x(), [0, 1, 2], [5, 4, 0], [1 + (seed % 3), 2, -1]), 'exact')
    expectMapped(() => tf.stridedSlice(x(), [4, -1, 0], [0, 0, 3], [-2, -1, 1], 0, 2), 'exact')
    expectMapped(() => tf.stridedSlice(x(), [1], [2], [1], 0, 0, 0, 0, 1), 'exact')
    expectMapped(() => tf.image.flipLeftRight(tensorOf(seed, [2, 3, 4, 2]) as tf.Tensor4D), 'exact')
  })

  test.prop([side(1, 3), side(1, 3), seeds], runs)('in blocks of space and batch', (height, width, seed) => {
    const [blocks, crops] = [
      [2, 3],
      [
        [0, 1],
        [1, 0]
      ]
    ]
    expectMapped(() => tf.batchToSpaceND(tensorOf(seed, [6, height, width, 2]), blocks, crops), 'exact')
    const image = () => tensorOf(seed, [2, 2 * height - 1, 3 * width - 1, 2])
    expectMapped(() => tf.spaceToBatchND(image(), blocks, crops), 'exact')
  })

  it('on a diagonal', () => {
    expectMapped(() => [tf.diag(tensorOf(1, [4])), tf.diag(intsOf(1, [2, 3], 9)), tf.diag(boolsOf(1, [3]))], 'exact')
  })
})

describe('a tensor created from numbers equals the cpu kernel', () => {
  test.prop([side(-20, 20), side(-20, 20), side(1, 4), seeds], runs)('ranges', (start, stop, stride, seed) => {
    const step = start < stop ? stride : -stride
    expectMapped(() => [tf.range(start, stop, step), tf.range(start, stop, step, 'int32')], 'exact')
    expectMapped(() => [tf.range(start, stop, step / 8), tf.linspace(start, stop, 1 + (seed % 40))], 'operation')
  })

  it('and one value everywhere', () => {
    expectMapped(() => [tf.fill([2, 2], 3, 'int32'), tf.fill([2], 0.5), tf.fill([3], 1, 'bool')], 'exact')
  })
})

describe('a sum of products equals the cpu kernel', () => {
  test.prop([side(1, 4), side(1, 4), seeds], runs)('by their indices', (n, m, seed) => {
    const [a, b] = [() => tensorOf(seed, [n, m, 3]), () => tensorOf(seed + 1, [3, m])]
    expectMapped(() => tf.einsum('nmk,km->nk', a(), b()), 'sums')
    expectMapped(() => tf.einsum('nmk->kn', a()), 'sums')
    expectMapped(() => tf.einsum('ij,ji->i', intsOf(seed, [n, m], 5), intsOf(seed, [m, n], 5)), 'exact')
  })

  it('down to one number', () => {
    // tfjs's cpu kernel leaves an axis standing when it has two to add up
    const [a, b] = [() => tensorOf(1, [4, 3]), () => tensorOf(2, [4, 3])]
    const [sum] = resultsOn(cpu, () => tf.sum(tf.mul(a(), b())))
    expectClose(
      resultsOn(ort, () => tf.einsum('nm,nm->', a(), b())),
      [sum!],
      'sums'
    )
  })

  test.prop([fc.boolean(), fc.boolean(), seeds], runs)('of whole numbers', (ta, tb, seed) => {
    const a = () => intsOf(seed, ta ? [2, 3, 4] : [2, 4, 3], 9)
    const b = () => intsOf(seed + 1, tb ? [2, 5, 3] : [2, 3, 5], 9)
    expectMapped(() => tf.matMul(a(), b(), ta, tb), 'exact')
  })

  test.prop([side(1, 7), side(0, 3), seeds], runs)('of neighbouring channels', (channels, radius, seed) => {
    const normal = (x: tf.Tensor) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1, 0.5, 0.75)
    const x = () => tensorOf(seed, [2, 3, 2, channels])
    expectMapped(() => [normal(x()), tf.grad((i) => tf.square(normal(i)))(x())], 'sums')
  })
})

describe('a kernel for floats applied to integers equals the cpu kernel', () => {
  const whole = () => tf.sub(intsOf(5, [4, 3], 9), tf.scalar(4, 'int32'))

  it('for functions that return integers', () => {
    const pieces = () => [tf.relu(whole()), tf.relu6(tf.mul(whole(), 3)), tf.step(whole()), tf.round(whole())]
    expectMapped(pieces, 'exact')
    expectMapped(() => [tf.clipByValue(whole(), -2.5, 1.5), tf.pow(whole(), tf.scalar(3, 'int32'))], 'exact')
  })

  it('for functions that return floats', () => {
    expectMapped(() => [tf.mean(whole(), 0), tf.mean(boolsOf(1, [5])), tf.exp(whole())], 'operation')
    expectMapped(() => [tf.leakyRelu(whole(), 0.3), tf.prelu(whole(), tensorOf(1, [3]))], 'operation')
    expectMapped(() => tf.argMax(boolsOf(1, [2, 5]), 1), 'exact')
  })
})

it('every rarer kernel is compared here', () => {
  const seen = new Set(recorded.mock.calls.map(([name]) => name))
  expect(rarer.filter((name) => !seen.has(name))).toEqual([])
})
