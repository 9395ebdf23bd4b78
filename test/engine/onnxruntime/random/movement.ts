import * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../engines.js'
import { common, decided, moved, settled, untaped, whole, type Known } from './Known.js'
import { chosen, flip, MOST_NUMBERS, type Choices, type Operation, type Operations } from './Operation.js'

/** tfjs has kernels for up to six axes, and fewer for some. */
const MOST_AXES = 4

/** For tensors with at least one axis: the numbers are those of the operand, and its step is theirs. */
const along =
  (f: (x: tf.Tensor, axis: number, c: Choices) => tf.Tensor | undefined): Operation =>
  (x, c) => {
    if (x.tensor.rank === 0) return undefined
    const y = f(x.tensor, c.below(x.tensor.rank), c)
    return y && moved(y, x)
  }

const pads = (x: tf.Tensor, most: (side: number) => number, c: Choices): Array<[number, number]> =>
  x.shape.map((d) => [c.below(1 + most(d)), c.below(1 + most(d))])

const paddedSize = (x: tf.Tensor, by: ReadonlyArray<readonly [number, number]>): number =>
  sizeOf(x.shape.map((d, i) => d + by[i]![0] + by[i]![1]))

const order = (rank: number, c: Choices): Array<number> =>
  Array.from({ length: rank }, (_, i) => i).reduce<Array<number>>((axes, a) => {
    axes.splice(c.below(axes.length + 1), 0, a)
    return axes
  }, [])

/** The shape with two neighbours taken together, one side divided, or in one row. */
const reshapings = (shape: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => [
  [sizeOf(shape)],
  ...shape.slice(1).map((d, i) => shape.toSpliced(i, 2, shape[i]! * d)),
  ...(shape.length < MOST_AXES
    ? shape.flatMap((d, i) => [2, 3].filter((n) => d % n === 0).map((n) => shape.toSpliced(i, 1, n, d / n)))
    : [])
]

const joined = (x: Known, c: Choices, fits: (shape: ReadonlyArray<number>) => boolean): Known =>
  c.earlier((y) => y.tensor.dtype === 'float32' && fits(y.tensor.shape)) ?? c.fresh(x.tensor.shape)

const list = (x: Known, tensors: ReadonlyArray<tf.Tensor>): ReadonlyArray<Known> => tensors.map((t) => moved(t, x))

const either = (tensor: tf.Tensor, a: Known, b: Known): Known =>
  settled(tensor, Math.max(a.bound, b.bound), common(a, b))

export const movement: Operations = {
  broadcastTo: (x, c) => {
    const shape = [
      ...(x.tensor.rank < MOST_AXES && flip(c) ? [2] : []),
      ...x.tensor.shape.map((d) => (d === 1 ? 1 + c.below(3) : d))
    ]
    return sizeOf(shape) > MOST_NUMBERS ? undefined : moved(tf.broadcastTo(x.tensor, shape), x)
  },
  castToInt: (x) => {
    const safe = decided(x)
    return whole(
      untaped((t) => tf.cast(t, 'int32'), safe.tensor),
      Math.ceil(safe.bound)
    )
  },
  concat: (x, c) => {
    const { shape, rank, size } = x.tensor
    if (rank === 0 || 3 * size > MOST_NUMBERS) return undefined
    const axis = c.below(rank)
    const fits = (s: ReadonlyArray<number>): boolean =>
      s.length === rank && sizeOf(s) <= size && s.every((d, i) => i === axis || d === shape[i])
    const other = joined(x, c, fits)
    return either(tf.concat(flip(c) ? [x.tensor, other.tensor, x.tensor] : [other.tensor, x.tensor], axis), x, other)
  },
  depthToSpace: (x, c) => {
    const [n, h, w] = [1 + c.below(2), 1 + c.below(2), 1 + c.below(2)]
    if (x.tensor.size % (4 * n * h * w) !== 0) return undefined
    const blocks = tf.reshape<tf.Rank.R4>(x.tensor, [n, h, w, x.tensor.size / (n * h * w)])
    return moved(
      untaped((t) => tf.depthToSpace(t as tf.Tensor4D, 2), blocks),
      x
    )
  },
  expandDims: (x, c) =>
    x.tensor.rank < MOST_AXES ? moved(tf.expandDims(x.tensor, c.below(x.tensor.rank + 1)), x) : undefined,
  gather: along((x, axis, c) => {
    const indices = c.freshInts(chosen(c, [[3], [2, 2], []]), x.shape[axis]!).tensor
    if (x.rank + indices.rank - 1 > MOST_AXES || (x.size / x.shape[axis]!) * indices.size > MOST_NUMBERS)
      return undefined
    return tf.gather(x, indices, axis)
  }),
  gatherInBatches: (x, c) => {
    const { shape, rank } = x.tensor
    if (rank < 2) return undefined
    const indices = c.freshInts([shape[0], 1 + c.below(2)], shape[1]!).tensor
    return moved(tf.gather(x.tensor, indices, 1, 1), x)
  },
  mirrorPad: along((x, _, c) => {
    const mode = flip(c) ? 'reflect' : 'symmetric'
    const by = pads(x, (d) => Math.min(2, mode === 'reflect' ? d - 1 : d), c)
    return paddedSize(x, by) > MOST_NUMBERS ? undefined : tf.mirrorPad(x, by, mode)
  }),
  pad: (x, c) => {
    const by = pads(x.tensor, () => 2, c)
    const value = flip(c) ? 0.5 : 0
    if (x.tensor.rank === 0 || paddedSize(x.tensor, by) > MOST_NUMBERS) return undefined
    return settled(tf.pad(x.tensor, by, value), Math.max(x.bound, 1), x.step && Math.min(x.step, 1 / 2))
  },
  reshape: (x, c) => moved(tf.reshape(x.tensor, [...chosen(c, reshapings(x.tensor.shape))]), x),
  reverse: along((x, axis) => tf.reverse(x, axis)),
  slice: along((x, _, c) => {
    const begin = x.shape.map((d) => c.below(d))
    return tf.slice(
      x,
      begin,
      begin.map((b, i) => 1 + c.below(x.shape[i]! - b))
    )
  }),
  spaceToBatchND: (x, c) => {
    const { shape, rank } = x.tensor
    if (rank !== 4) return undefined
    const odd = (d: number): [number, number] => [0, d % 2]
    const crops = [odd(shape[1]!), odd(shape[2]!)]
    const blocks = tf.spaceToBatchND(x.tensor, [2, 2], crops)
    if (blocks.size > MOST_NUMBERS) return undefined
    return settled(flip(c) ? tf.batchToSpaceND(blocks, [2, 2], crops) : blocks, x.bound, x.step)
  },
  split: (x, c) => {
    const { shape, rank } = x.tensor
    if (rank === 0) return undefined
    const axis = c.below(rank)
    const side = shape[axis]!
    // tfjs has no gradient for a split into one
    if (side === 1) return undefined
    const first = 1 + c.below(side - 1)
    const sizes = [first, side - first]
    return list(x, tf.split(x.tensor, sizes, axis))
  },
  squeeze: (x) => moved(tf.squeeze(x.tensor), x),
  stack: (x, c) => {
    const { shape, rank, size } = x.tensor
    if (rank >= MOST_AXES || 2 * size > MOST_NUMBERS) return undefined
    const other = joined(x, c, (s) => tf.util.arraysEqual([...s], shape))
    return either(tf.stack([x.tensor, other.tensor], c.below(rank + 1)), x, other)
  },
  stridedSlice: (x, c) => {
    const { shape, rank } = x.tensor
    const strides = shape.map(() => 1 + c.below(2))
    return rank === 0
      ? undefined
      : moved(
          untaped((t) => tf.stridedSlice(t, Array<number>(rank).fill(0), shape, strides), x.tensor),
          x
        )
  },
  tile: along((x, _, c) => {
    const times = x.shape.map(() => 1 + c.below(2))
    return x.size * sizeOf(times) > MOST_NUMBERS ? undefined : tf.tile(x, times)
  }),
  transpose: (x, c) => moved(tf.transpose(x.tensor, order(x.tensor.rank, c)), x),
  unstack: (x, c) => {
    const { shape, rank } = x.tensor
    if (rank === 0) return undefined
    const axis = c.below(rank)
    // tfjs has no gradient for a list of one
    return shape[axis]! > 4 || shape[axis] === 1 ? undefined : list(x, tf.unstack(x.tensor, axis))
  }
}
