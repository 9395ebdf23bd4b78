import * as tf from '@tensorflow/tfjs-core'
import { settled, untaped, whole, type Known } from './Known.js'
import { chosen, flip, MOST_NUMBERS, type Choices, type Operation, type Operations } from './Operation.js'

const MOST_CLASSES = 5

/** Beyond this, whole numbers are left alone: float32 still holds all of them. */
const LARGEST_WHOLE = 2 ** 20

const sameType = (x: Known, c: Choices): Known | undefined =>
  c.earlier((y) => y.tensor.dtype === x.tensor.dtype && tf.util.arraysEqual(y.tensor.shape, x.tensor.shape))

const pairOfInts =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, bound: (a: number, b: number) => number): Operation =>
  (x, c) => {
    const other = sameType(x, c) ?? c.freshInts(x.tensor.shape.slice(c.below(x.tensor.rank + 1)), 7)
    const most = bound(x.bound, other.bound)
    return most > LARGEST_WHOLE ? undefined : whole(f(x.tensor, other.tensor), most)
  }

const truth = (f: (...xs: Array<tf.Tensor>) => tf.Tensor, ...xs: Array<tf.Tensor>): Known => whole(untaped(f, ...xs), 1)

const testOfInts =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (x, c) =>
    truth(f, x.tensor, (sameType(x, c) ?? c.freshInts(x.tensor.shape, 3)).tensor)

const divided =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (x, c) =>
    whole(f(x.tensor, tf.add(c.freshInts(x.tensor.shape, 3).tensor, tf.scalar(1, 'int32'))), x.bound + 3)

/** Words for whole numbers. */
export const ints: Operations = {
  absOfInts: (x) => whole(tf.abs(x.tensor), x.bound),
  addInts: pairOfInts(tf.add, (a, b) => a + b),
  argMaxOfInts: (x, c) => (x.tensor.rank === 0 ? undefined : whole(tf.argMax(x.tensor, c.below(x.tensor.rank)), 600)),
  castToFloat: (x) => settled(tf.cast(x.tensor, 'float32'), x.bound, 1),
  equalInts: testOfInts(tf.equal),
  floorDiv: divided(tf.floorDiv),
  lessInts: testOfInts(tf.less),
  maxOfInts: (x) => whole(tf.max(x.tensor), x.bound),
  maximumOfInts: pairOfInts(tf.maximum, Math.max),
  minimumOfInts: pairOfInts(tf.minimum, Math.max),
  mod: divided(tf.mod),
  mulInts: pairOfInts(tf.mul, (a, b) => a * b),
  negInts: (x) => whole(tf.neg(x.tensor), x.bound),
  notEqualInts: testOfInts(tf.notEqual),
  oneHot: (x, c) => {
    const depth = 2 + c.below(MOST_CLASSES)
    if (x.tensor.rank > 3 || x.tensor.size * depth > MOST_NUMBERS) return undefined
    return settled(tf.oneHot(x.tensor, depth, flip(c) ? 0.75 : 1, flip(c) ? -0.25 : 0, 'float32'), 1, 1 / 4)
  },
  reshapeInts: (x) => whole(tf.reshape(x.tensor, [x.tensor.size]), x.bound),
  signOfInts: (x) => whole(tf.sign(x.tensor), 1),
  subInts: pairOfInts(tf.sub, (a, b) => a + b),
  sumOfInts: (x) =>
    x.bound * x.tensor.size > LARGEST_WHOLE ? undefined : whole(tf.sum(x.tensor), x.bound * x.tensor.size),
  transposeInts: (x) => whole(tf.transpose(x.tensor), x.bound)
}

const pairOfBools =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (x, c) =>
    truth(f, x.tensor, (sameType(x, c) ?? c.freshBools(x.tensor.shape)).tensor)

/** Words for truths. */
export const bools: Operations = {
  all: (x, c) => truth((t) => tf.all(t, undefined, flip(c)), x.tensor),
  any: (x, c) => truth((t) => tf.any(t, undefined, flip(c)), x.tensor),
  castBools: (x, c) => settled(tf.cast(x.tensor, chosen(c, ['float32', 'int32'] as const)), 1, 1),
  logicalAnd: pairOfBools(tf.logicalAnd),
  logicalNot: (x) => truth(tf.logicalNot, x.tensor),
  logicalOr: pairOfBools(tf.logicalOr),
  logicalXor: pairOfBools(tf.logicalXor),
  reshapeBools: (x) => truth((t) => tf.reshape(t, [t.size]), x.tensor),
  transposeBools: (x) => truth((t) => tf.transpose(t), x.tensor)
}
