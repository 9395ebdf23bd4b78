/**
 * A tensor of a random program, with what is known of its numbers before they are computed. That knowledge is what
 * keeps rounding from deciding anything: where a function jumps or has a kink, its argument is moved to a safe distance.
 */
import * as tf from '@tensorflow/tfjs-core'
import { numbers, sizeOf } from '../../engines.js'

export interface Known {
  readonly tensor: tf.Tensor
  /** No number is larger in absolute value. */
  readonly bound: number
  /** Up to rounding all numbers are multiples of this power of two; undefined where they may be anything. */
  readonly step: number | undefined
}

/** Beyond this a program is scaled down: a difference of large numbers would lose the digits that are compared. */
const LARGEST = 16

/** A lattice finer than this many steps within its bound is as good as none: rounding comes close to a step. */
const FINEST = 2 ** 12

const powerAbove = (x: number): number => 2 ** Math.ceil(Math.log2(x))

/**
 * A result scaled by a power of two, which rounds nothing: by the size that sums of `terms` products usually have, and
 * more where numbers could exceed what a program may hold.
 */
export const settled = (tensor: tf.Tensor, bound: number, step?: number, terms = 1): Known => {
  const usual = powerAbove(Math.sqrt(terms))
  const scale = 1 / Math.max(usual, powerAbove(Math.max(bound, 1) / LARGEST))
  return {
    tensor: scale === 1 ? tensor : tf.mul(tensor, scale),
    bound: bound * scale,
    step: step === undefined || bound / step > FINEST ? undefined : step * scale
  }
}

/** The same numbers in other places, or some of them. */
export const moved = (tensor: tf.Tensor, { bound, step }: Known): Known => ({ tensor, bound, step })

export const anything = (tensor: tf.Tensor, bound: number): Known => settled(tensor, bound)

export const whole = (tensor: tf.Tensor, bound: number): Known => ({ tensor, bound, step: 1 })

/** Multiples of a quarter between -1 and 1. */
export const quarters = (seed: number, shape: ReadonlyArray<number>): Known => ({
  tensor: tf.tensor(
    numbers(seed, sizeOf(shape)).map((x) => Math.round(x * 4) / 4),
    [...shape]
  ),
  bound: 1,
  step: 1 / 4
})

/** Up to rounding, the smallest steps that both have in common. */
export const common = (a: Known, b: Known): number | undefined =>
  a.step === undefined || b.step === undefined ? undefined : Math.min(a.step, b.step)

const SEED_OF_SUBSTITUTES = 71

const substitute = (x: Known): Known => quarters(SEED_OF_SUBSTITUTES, x.tensor.shape)

const shifted = (x: Known, step: number): Known => {
  const half = Math.min(step, 1 / 4) / 2
  return { tensor: tf.add(x.tensor, half), bound: x.bound + half, step: half }
}

/**
 * The numbers moved off every multiple of a quarter and of their step, to its middle. What is on no lattice is replaced
 * by a tensor of the same shape that is.
 */
export const decided = (x: Known): Known => {
  const { step } = x
  return step === undefined ? decided(substitute(x)) : shifted(x, step)
}

/** Two tensors of which the first is nowhere equal to the second. */
export const apart = (a: Known, b: Known): readonly [Known, Known] => {
  const step = common(a, b)
  return step === undefined ? apart(substitute(a), substitute(b)) : [shifted(a, step), b]
}

/** No two numbers may be closer than this part of their bound. */
const CLOSEST = 2 ** -14

const ranks = (count: number): ReadonlyArray<number> =>
  // a prime larger than any tensor here: every rank occurs once
  Array.from({ length: count }, (_, i) => ((i * 7919) % count) / count)

/** The numbers made different from one another by less than a step each, or a tensor of the same shape with such. */
export const distinct = (x: Known): Known => {
  const { size, shape } = x.tensor
  const fits = x.step !== undefined && x.step / size > x.bound * CLOSEST
  const from = fits ? x : quarters(SEED_OF_SUBSTITUTES, shape)
  const step = from.step ?? 1
  const within = tf.tensor(
    ranks(size).map((r) => r * step),
    shape
  )
  return { tensor: tf.add(from.tensor, within), bound: from.bound + step, step: undefined }
}

/** A result through which no gradient flows: tfjs has none for what makes it, and refuses to go through that. */
export const untaped = (f: (...xs: Array<tf.Tensor>) => tf.Tensor, ...xs: Array<tf.Tensor>): tf.Tensor =>
  tf.customGrad(() => ({ value: f(...xs), gradFunc: () => xs.map((x) => tf.zeros(x.shape)) }))(...xs)
