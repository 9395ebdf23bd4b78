import * as tf from '@tensorflow/tfjs-core'
import { batchNormTrain } from '../../../../src/engine/index.js'
import { sizeOf } from '../../engines.js'
import { anything, decided, distinct, moved, settled, untaped, type Known } from './Known.js'
import { chosen, flip, MOST_NUMBERS, type Choices, type Operation, type Operations } from './Operation.js'

type Shape4 = [number, number, number, number]

interface Images extends Known {
  readonly tensor: tf.Tensor4D
}

/** Any tensor as images: ones in front, or the first axes taken together. */
const images = (x: Known): Images => {
  const { shape, rank } = x.tensor
  const to =
    rank > 4 ? [sizeOf(shape.slice(0, rank - 3)), ...shape.slice(-3)] : [...Array<number>(4 - rank).fill(1), ...shape]
  return { ...x, tensor: tf.reshape<tf.Rank.R4>(x.tensor, to as Shape4) }
}

type Explicit = [[0, 0], [number, number], [number, number], [0, 0]]

interface Window {
  readonly size: [number, number]
  readonly stride: [number, number]
  readonly pad: 'same' | 'valid' | number | Explicit
  readonly rounding: 'floor' | undefined
}

const sideOf = (c: Choices, length: number): number => 1 + c.below(Math.min(3, length))

const window = (c: Choices, [, height, width]: Shape4): Window => {
  const explicit: Explicit = [
    [0, 0],
    [c.below(2), c.below(3)],
    [c.below(3), c.below(2)],
    [0, 0]
  ]
  const pad = chosen<Window['pad']>(c, ['same', 'valid', 1, explicit])
  return {
    size: [sideOf(c, height), sideOf(c, width)],
    stride: chosen<[number, number]>(c, [
      [1, 1],
      [1, 1],
      [2, 2],
      [1, 2]
    ]),
    pad,
    rounding: typeof pad === 'string' ? undefined : 'floor'
  }
}

/** A result earlier in the program with just this shape, or a constant. */
const weights = (c: Choices, shape: ReadonlyArray<number>): Known =>
  c.earlier((y) => y.tensor.dtype === 'float32' && tf.util.arraysEqual(y.tensor.shape, [...shape])) ?? c.fresh(shape)

const products = (tensor: tf.Tensor, a: Known, b: Known, terms: number): Known =>
  settled(tensor, a.bound * b.bound * terms, a.step && b.step && a.step * b.step, terms)

const area = ([a, b]: readonly [number, number]): number => a * b

const convolution: Operation = (x, c) => {
  const i = images(x)
  const w = window(c, i.tensor.shape)
  const channels = i.tensor.shape[3]
  const filter = weights(c, [...w.size, channels, 1 + c.below(3)])
  if (i.tensor.size > MOST_NUMBERS) return undefined
  const y = tf.conv2d(i.tensor, filter.tensor as tf.Tensor4D, w.stride, w.pad, 'NHWC', 1, w.rounding)
  return products(y, i, filter, area(w.size) * channels)
}

const dilated: Operation = (x, c) => {
  const i = images(x)
  const channels = i.tensor.shape[3]
  const filter = weights(c, [2, 2, channels, 2])
  const y = untaped(
    (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same', 'NHWC', 2),
    i.tensor,
    filter.tensor
  )
  return products(y, i, filter, 4 * channels)
}

const transposed: Operation = (x, c) => {
  const i = images(x)
  const [n, height, width, channels] = i.tensor.shape
  const stride = 1 + c.below(2)
  const side = 1 + c.below(3)
  const depth = 1 + c.below(2)
  const shape: Shape4 = [n, height * stride, width * stride, depth]
  if (sizeOf(shape) > MOST_NUMBERS) return undefined
  const filter = weights(c, [side, side, depth, channels])
  return products(
    tf.conv2dTranspose(i.tensor, filter.tensor as tf.Tensor4D, shape, stride, 'same'),
    i,
    filter,
    side * side * channels
  )
}

const depthwise: Operation = (x, c) => {
  const i = images(x)
  const w = window(c, i.tensor.shape)
  const filter = weights(c, [...w.size, i.tensor.shape[3], 1 + c.below(2)])
  const stride = w.stride[0]
  const y = tf.depthwiseConv2d(i.tensor, filter.tensor as tf.Tensor4D, stride, w.pad, 'NHWC', 1, w.rounding)
  return y.size > MOST_NUMBERS ? undefined : products(y, i, filter, area(w.size))
}

const pool =
  (of: (i: tf.Tensor4D, w: Window) => tf.Tensor, pads: (w: Window) => Window['pad']): Operation =>
  (x, c) => {
    const i = images(x)
    const asked = window(c, i.tensor.shape)
    const w = { ...asked, pad: pads(asked), rounding: undefined }
    return moved(of(i.tensor, w), { ...x, step: undefined })
  }

const maxPool: Operation = (x, c) =>
  pool(
    (i, w) => tf.maxPool(i, w.size, w.stride, w.pad),
    (w) => (w.pad === 'same' ? 'same' : 'valid')
  )(distinct(x), c)

// tfjs's cpu gradient of a padded average divides by the window's area
const avgPool: Operation = (x, c) =>
  pool(
    (i, w) => tf.avgPool(i, w.size, w.stride, w.pad),
    (w) => (w.pad === 'same' && !c.differentiated ? 'same' : 'valid')
  )(x, c)

const resizing =
  (of: (i: tf.Tensor4D, size: [number, number], corners: boolean, centres: boolean) => tf.Tensor): Operation =>
  (x, c) => {
    const i = images(x)
    const [n, height, width, channels] = i.tensor.shape
    const size: [number, number] = [1 + c.below(6), 1 + c.below(6)]
    const corners = flip(c)
    const centres = !corners && flip(c)
    if (n * area(size) * channels > MOST_NUMBERS) return undefined
    // tfjs's cpu gradients exchange the sides of images that are not square, confuse several images, and never end for
    // one pixel with aligned corners
    const square = n === 1 && height === width && size[0] === size[1]
    const differentiable = square && !centres && !(corners && height === 1)
    const resized = (t: tf.Tensor) => of(t as tf.Tensor4D, size, corners, centres)
    const y = differentiable ? resized(i.tensor) : untaped(resized, i.tensor)
    return moved(y, { ...x, step: undefined })
  }

const vector = (c: Choices, n: number): tf.Tensor1D => c.fresh([n]).tensor as tf.Tensor1D

/** By statistics that are given: `|x - mean| ≤ bound + 1`, and the variance is at least a half. */
const batchNorm: Operation = (x, c) => {
  const i = images(x)
  const channels = i.tensor.shape[3]
  const variance = tf.add<tf.Tensor1D>(tf.square(vector(c, channels)), 0.5)
  // tfjs's gradient needs an offset and a scale
  const [offset, scale] = [0, 1].map(() => (c.differentiated || flip(c) ? vector(c, channels) : undefined))
  const y = tf.batchNorm(i.tensor, vector(c, channels), variance, offset, scale, 0.001)
  return anything(y, 1.5 * (x.bound + 1) + 1)
}

/** Large enough that a variance of nearly nothing enlarges no rounding. */
const EPS = 0.1

const ownBatchNorm: Operation = (x, c) => {
  const y = x.tensor.rank === 2 ? x.tensor : images(x).tensor
  const channels = y.shape.at(-1)!
  const given = batchNormTrain(y, vector(c, channels), vector(c, channels), EPS)
  return [
    anything(given.y, 2 * x.bound * Math.sqrt(1 / EPS) + 1),
    anything(given.mean, x.bound),
    anything(given.variance, 4 * x.bound ** 2)
  ]
}

const fusedActivations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const

/** tfjs fuses only what is not differentiated, so that a kink does no harm. */
const fused: Operation = (x, c) => {
  const activation = c.differentiated ? chosen(c, ['linear', 'elu', 'sigmoid'] as const) : chosen(c, fusedActivations)
  const i = images(x)
  const w = window(c, i.tensor.shape)
  const channels = i.tensor.shape[3]
  const filters = 1 + c.below(3)
  const common = {
    activation,
    bias: c.fresh([filters]).tensor,
    ...(activation === 'prelu' ? { preluActivationWeights: c.fresh([filters]).tensor } : {}),
    leakyreluAlpha: 0.25
  }
  const bound = x.bound * area(w.size) * channels + 1
  if (flip(c)) {
    const a = tf.reshape<tf.Rank.R2>(i.tensor, [i.tensor.size / channels, channels])
    return settled(
      tf.fused.matMul({ a, b: c.fresh([channels, filters]).tensor, ...common }),
      bound,
      undefined,
      channels
    )
  }
  const filter = c.fresh([...w.size, channels, filters]).tensor as tf.Tensor4D
  const y = tf.fused.conv2d({
    x: i.tensor,
    filter,
    strides: w.stride,
    pad: w.pad,
    ...common,
    ...(w.rounding && { dimRoundingMode: w.rounding })
  })
  return settled(y, bound, undefined, area(w.size) * channels)
}

const matMul: Operation = (x, c) => {
  const { shape, rank } = x.tensor
  const a = rank < 2 ? moved(tf.reshape(x.tensor, [1, x.tensor.size]), x) : x
  const [ta, tb] = [flip(c), flip(c)]
  const [rows, inner] = a.tensor.shape.slice(-2) as [number, number]
  const k = ta ? rows : inner
  const n = 1 + c.below(4)
  // tfjs's gradient does not add up over stretched matrices, and its cpu kernel takes the wrong ones of a partly
  // stretched batch
  const batch = !c.differentiated && flip(c) ? [] : shape.slice(0, Math.max(0, rank - 2))
  const b = weights(c, [...batch, ...(tb ? [n, k] : [k, n])])
  if ((a.tensor.size / k) * n > MOST_NUMBERS) return undefined
  return products(tf.matMul(a.tensor, b.tensor, ta, tb), a, b, k)
}

/** The products of all pairs of rows. */
const gram: Operation = (x, c) => {
  const columns = x.tensor.shape.at(-1) ?? 1
  const m = moved(tf.reshape(x.tensor, [x.tensor.size / columns, columns]), x)
  if (m.tensor.shape[0] ** 2 > MOST_NUMBERS) return undefined
  return flip(c)
    ? products(tf.matMul(m.tensor, m.tensor, false, true), m, m, columns)
    : products(tf.matMul(m.tensor, m.tensor, true, false), m, m, m.tensor.shape[0])
}

export const windows: Operations = {
  avgPool,
  batchNorm,
  batchNormTrain: ownBatchNorm,
  conv2d: convolution,
  conv2dTranspose: transposed,
  depthwiseConv2d: depthwise,
  dilatedConv2d: dilated,
  fused,
  gram,
  localResponseNormalization: (x) => {
    const y = images(x).tensor
    return anything(tf.localResponseNormalization(y, 1, 1, 0.5, 0.75), x.bound)
  },
  matMul,
  maxPool,
  reluOfConv2d: (x, c) => {
    const y = convolution(x, c) as Known | undefined
    return y && moved(tf.relu(decided(y).tensor), decided(y))
  },
  resizeBilinear: resizing(tf.image.resizeBilinear),
  resizeNearestNeighbor: resizing(tf.image.resizeNearestNeighbor)
}
