import * as tf from '@tensorflow/tfjs-core'
import { anything, decided, distinct, moved, settled, untaped, whole, type Known } from './Known.js'
import { flip, type Choices, type Operation, type Operations } from './Operation.js'

const axes = (x: Known, c: Choices): Array<number> => {
  const all = x.tensor.shape.map((_, i) => i)
  const some = all.filter(() => flip(c))
  return some.length === 0 ? all : some
}

const count = (x: Known, over: ReadonlyArray<number>): number => over.reduce((n, a) => n * x.tensor.shape[a]!, 1)

const reduction =
  (f: (x: Known, over: Array<number>, keep: boolean, terms: number) => Known): Operation =>
  (x, c) => {
    const over = axes(x, c)
    return f(x, over, flip(c), count(x, over))
  }

const extreme = (f: (x: tf.Tensor, over: Array<number>, keep: boolean) => tf.Tensor): Operation =>
  reduction((x, over, keep) => {
    const safe = distinct(x)
    return moved(f(safe.tensor, over, keep), safe)
  })

const position =
  (f: (x: tf.Tensor, axis: number) => tf.Tensor): Operation =>
  (x, c) => {
    const { tensor } = distinct(x)
    const axis = c.below(tensor.rank)
    return tensor.rank === 0 ? undefined : whole(f(tensor, axis), tensor.shape[axis]!)
  }

const alongLast =
  (f: (x: tf.Tensor) => tf.Tensor, bound: (b: number) => number): Operation =>
  (x) =>
    x.tensor.rank === 0 ? undefined : anything(f(x.tensor), bound(x.bound))

export const reductions: Operations = {
  argMax: position((x, axis) => tf.argMax(x, axis)),
  argMin: position((x, axis) => tf.argMin(x, axis)),
  cumsum: (x, c) => {
    // tfjs's gradient along another axis than the last has the wrong shape
    const axis = c.differentiated ? x.tensor.rank - 1 : c.below(x.tensor.rank)
    if (x.tensor.rank === 0) return undefined
    const n = x.tensor.shape[axis]!
    return settled(tf.cumsum(x.tensor, axis, flip(c), flip(c)), x.bound * n, x.step, n)
  },
  logSoftmax: alongLast(
    (x) => tf.logSoftmax(x),
    (b) => 2 * b + 7
  ),
  logSumExp: reduction((x, over, keep, n) => anything(tf.logSumExp(x.tensor, over, keep), x.bound + Math.log(n))),
  max: extreme(tf.max),
  mean: reduction((x, over, keep) => anything(tf.mean(x.tensor, over, keep), x.bound)),
  min: extreme(tf.min),
  // the root has no slope at zero; tfjs norms over two axes at most
  norm: (x, c) => {
    const { tensor, bound } = decided(x)
    const over = axes(x, c).slice(0, 2)
    return anything(tf.norm(tensor, 'euclidean', over, flip(c)), bound * Math.sqrt(count(x, over)))
  },
  prod: reduction((x, over, keep, n) =>
    anything(tf.prod(tf.add(tf.mul(tf.tanh(x.tensor), 1 / (4 * n)), 1), over, keep), 2)
  ),
  softmax: alongLast(
    (x) => tf.softmax(x),
    () => 1
  ),
  sum: reduction((x, over, keep, n) => settled(tf.sum(x.tensor, over, keep), x.bound * n, x.step, n)),
  topk: (x, c) => {
    const safe = distinct(x)
    if (safe.tensor.rank === 0) return undefined
    const most = safe.tensor.shape.at(-1)!
    const k = 1 + c.below(most)
    const part = (name: 'values' | 'indices') => untaped((t) => tf.topk(t, k)[name], safe.tensor)
    return [moved(part('values'), safe), whole(part('indices'), most)]
  },
  variance: reduction((x, over, keep) => anything(tf.moments(x.tensor, over, keep).variance, 4 * x.bound ** 2))
}
