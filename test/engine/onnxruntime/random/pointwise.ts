import * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../engines.js'
import { anything, apart, common, decided, moved, settled, untaped, type Known } from './Known.js'
import { flip, MOST_NUMBERS, type Choices, type Operation, type Operations } from './Operation.js'

type Function = (x: tf.Tensor) => tf.Tensor
type Bound = (b: number) => number

const smooth =
  (f: Function, bound: Bound): Operation =>
  (x) =>
    anything(f(x.tensor), bound(x.bound))

/** Where a function has a kink or jumps, at a multiple of a quarter, its argument is not. */
const kinked =
  (f: Function, bound: Bound, step?: (step: number) => number): Operation =>
  (x) => {
    const safe = decided(x)
    return settled(f(safe.tensor), bound(safe.bound), step?.(safe.step!))
  }

const same = <A>(a: A): A => a
const atMost =
  (b: number): Bound =>
  () =>
    b

/** At least a half. */
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.square(x), 0.5)
const large: Bound = (b) => b * b + 0.5
const small = (x: tf.Tensor): tf.Tensor => tf.mul(x, 1 / 8)
/** At most a half. */
const within = (x: tf.Tensor): tf.Tensor => tf.mul(tf.tanh(x), 0.5)

const functions: Operations = {
  // the first word is the one that others shrink to
  identity: (x) => settled(tf.clone(x.tensor), x.bound, x.step),
  asin: smooth((x) => tf.asin(within(x)), atMost(0.53)),
  acos: smooth((x) => tf.acos(within(x)), atMost(2.1)),
  atan: smooth(tf.atan, atMost(1.6)),
  atanh: smooth((x) => tf.atanh(within(x)), atMost(0.55)),
  cos: smooth(tf.cos, atMost(1)),
  elu: smooth(tf.elu, (b) => Math.max(b, 1)),
  erf: smooth(tf.erf, atMost(1)),
  exp: smooth(
    (x) => tf.exp(small(x)),
    (b) => Math.exp(b / 8)
  ),
  expm1: smooth(
    (x) => tf.expm1(small(x)),
    (b) => Math.exp(b / 8)
  ),
  log: smooth(
    (x) => tf.log(positive(x)),
    (b) => Math.log(large(b)) + 1
  ),
  log1p: smooth(
    (x) => tf.log1p(tf.square(x)),
    (b) => Math.log(large(b) + 1)
  ),
  reciprocal: smooth((x) => tf.reciprocal(positive(x)), atMost(2)),
  rsqrt: smooth((x) => tf.rsqrt(positive(x)), atMost(1.5)),
  sigmoid: smooth(tf.sigmoid, atMost(1)),
  sin: smooth(tf.sin, atMost(1)),
  sinh: smooth(
    (x) => tf.sinh(small(x)),
    (b) => Math.exp(b / 8)
  ),
  softplus: smooth(tf.softplus, (b) => b + 1),
  sqrt: smooth(
    (x) => tf.sqrt(positive(x)),
    (b) => b + 1
  ),
  tan: smooth((x) => tf.tan(within(x)), atMost(0.55)),
  tanh: smooth(tf.tanh, atMost(1)),
  neg: (x) => settled(tf.neg(x.tensor), x.bound, x.step),
  square: (x) => settled(tf.square(x.tensor), x.bound ** 2, x.step && x.step ** 2),
  zerosLike: (x) => settled(tf.zerosLike(x.tensor), 0, 1),
  onesLike: (x) => settled(tf.onesLike(x.tensor), 1, 1),
  abs: kinked(tf.abs, same, same),
  ceil: kinked(tf.ceil, (b) => b + 1, atMost(1)),
  clipByValue: kinked(
    (x) => tf.clipByValue(x, -0.5, 0.75),
    atMost(0.75),
    (s) => Math.min(s, 1 / 4)
  ),
  floor: kinked(tf.floor, (b) => b + 1, atMost(1)),
  leakyRelu: kinked(
    (x) => tf.leakyRelu(x, 0.25),
    same,
    (s) => s / 4
  ),
  relu: kinked(tf.relu, same, same),
  relu6: kinked(tf.relu6, same, same),
  round: kinked(tf.round, (b) => b + 1, atMost(1)),
  selu: kinked(tf.selu, (b) => 2 * b + 2),
  sign: kinked(tf.sign, atMost(1), atMost(1)),
  step: kinked((x) => tf.step(x, 0.25), atMost(1), atMost(1 / 4))
}

// -------------------------------------------------------------------------------------
// two tensors
// -------------------------------------------------------------------------------------

const stretched = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> | undefined => {
  const length = Math.max(a.length, b.length)
  const at = (s: ReadonlyArray<number>, i: number): number => s[i - (length - s.length)] ?? 1
  const sides = Array.from({ length }, (_, i) => [at(a, i), at(b, i)] as const)
  return sides.every(([p, q]) => p === q || p === 1 || q === 1) ? sides.map(([p, q]) => Math.max(p, q)) : undefined
}

const isPartner = (x: Known) => (y: Known) => {
  const shape = stretched(x.tensor.shape, y.tensor.shape)
  return shape !== undefined && sizeOf(shape) <= MOST_NUMBERS
}

/** An earlier result, of any type that tfjs computes with numbers, or a constant that stretches to fit. */
export const partner = (x: Known, c: Choices): Known =>
  c.earlier((y) => y.tensor.dtype !== 'bool' && isPartner(x)(y)) ??
  c.fresh(x.tensor.shape.slice(c.below(x.tensor.rank + 1)).map((d) => (flip(c) ? d : 1)))

const inOrder = (a: Known, b: Known, c: Choices): readonly [Known, Known] => (flip(c) ? [b, a] : [a, b])

type Pair = (a: Known, b: Known) => Known

const pair =
  (of: Pair): Operation =>
  (x, c) =>
    of(...inOrder(x, partner(x, c), c))

const sum =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Pair =>
  (a, b) =>
    settled(f(a.tensor, b.tensor), a.bound + b.bound, common(a, b))

const productStep = (a: Known, b: Known): number | undefined => a.step && b.step && a.step * b.step

/** Both stretched to the shape that they have together: tfjs's gradients of some kernels expect that. */
const alike = (a: Known, b: Known): readonly [Known, Known] => {
  const zeros = tf.zeros([...stretched(a.tensor.shape, b.tensor.shape)!])
  return [moved(tf.add(a.tensor, zeros), a), moved(tf.add(b.tensor, zeros), b)]
}

const larger =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (x, c) => {
    const both = apart(x, partner(x, c))
    const [a, b] = c.differentiated ? alike(...both) : both
    return settled(f(a.tensor, b.tensor), Math.max(a.bound, b.bound), common(a, b))
  }

const comparison =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (x, c) => {
    const [a, b] = apart(x, partner(x, c))
    return settled(untaped(f, a.tensor, b.tensor), 1, 1)
  }

const pairs: Operations = {
  add: pair(sum(tf.add)),
  sub: pair(sum(tf.sub)),
  mul: pair((a, b) => settled(tf.mul(a.tensor, b.tensor), a.bound * b.bound, productStep(a, b))),
  div: pair((a, b) => anything(tf.div(a.tensor, positive(b.tensor)), 2 * a.bound)),
  pow: pair((a, b) =>
    anything(tf.pow(positive(a.tensor), tf.sigmoid(tf.cast(b.tensor, 'float32'))), large(a.bound) + 1)
  ),
  squaredDifference: (x, c) => {
    const other = partner(x, c)
    const [a, b] = c.differentiated ? alike(x, other) : [x, other]
    const step = common(a, b)
    return settled(tf.squaredDifference(a.tensor, b.tensor), (a.bound + b.bound) ** 2, step && step ** 2)
  },
  atan2: pair((a, b) => anything(tf.atan2(a.tensor, positive(b.tensor)), 1.6)),
  maximum: larger(tf.maximum),
  minimum: larger(tf.minimum),
  prelu: (x, c) => {
    const safe = decided(x)
    const slopes = c.fresh(x.tensor.shape.slice(-1))
    return settled(tf.prelu(safe.tensor, slopes.tensor), safe.bound, productStep(safe, slopes))
  },
  greater: comparison(tf.greater),
  greaterEqual: comparison(tf.greaterEqual),
  less: comparison(tf.less),
  lessEqual: comparison(tf.lessEqual),
  addN: (x, c) => {
    const { shape } = x.tensor
    const parts = [
      c.earlier((y) => y.tensor.dtype === 'float32' && tf.util.arraysEqual(y.tensor.shape, shape)),
      c.fresh(shape)
    ]
    return parts.reduce<Known>(
      (a, b) => (b === undefined ? a : settled(tf.addN([x.tensor, b.tensor]), a.bound + b.bound, common(a, b))),
      x
    )
  },
  where: (x, c) => {
    const other = partner(x, c)
    const shape = stretched(x.tensor.shape, other.tensor.shape)!
    const condition =
      c.earlier((y) => y.tensor.dtype === 'bool' && tf.util.arraysEqual(y.tensor.shape, [...shape])) ??
      c.freshBools(shape)
    return settled(
      tf.where(condition.tensor, x.tensor, tf.cast(other.tensor, 'float32')),
      Math.max(x.bound, other.bound),
      common(x, other)
    )
  }
}

export const pointwise: Operations = { ...functions, ...pairs }
