import * as tf from '@tensorflow/tfjs-core'
import { fusedKernels, type Named } from './fusedKernel.js'

/**
 * Convolutions that tfjs does not fully support: with dilation (no gradient, and no dilation together with strides) and
 * with groups. Three kernels, fused on the onnxruntime backend and composed of tfjs kernels on others.
 */

type Pair = readonly [vertical: number, horizontal: number]

/**
 * Options of {@link convolve}, with torch's names; every pair is (vertical, horizontal).
 *
 * @category tensors
 * @since 0.1.0
 */
export interface Convolved {
  /** Default 1. */
  readonly stride?: Pair
  /** Zero padding on both sides. Default 0. */
  readonly padding?: Pair
  /** Dilation: the distance between the kernel's elements. Default 1. */
  readonly dilation?: Pair
  /**
   * Number of groups: the input's channels are divided into this many parts of equal size, each with its own filters.
   * Default 1.
   */
  readonly groups?: number
}

/** The attributes of the kernels, with tfjs's names, so that code for tfjs's convolutions can read them. */
type ConvAttributes = Readonly<{ strides: Pair; dilations: Pair; padding: Pair; groups: number }>

type Shape4 = readonly [number, number, number, number]

type ShapeOf<K extends string> = ConvAttributes & Readonly<Record<K, Shape4>>

// -------------------------------------------------------------------------------------
// dilation: the filter with zeros inserted, which any convolution supports

/** Inserts zeros after each entry of the middle axis but the last. */
const apart = (x: tf.Tensor3D, by: number): tf.Tensor3D => {
  const [before, count, after] = x.shape
  const spaced = tf.pad(tf.reshape(x, [before * count, 1, after]), [
    [0, 0],
    [0, by - 1],
    [0, 0]
  ])
  const all = tf.reshape<tf.Rank.R3>(spaced, [before, count * by, after])
  return tf.slice(all, 0, [before, (count - 1) * by + 1, after])
}

const spreadShape = ([h, w, c, k]: Shape4, [v, across]: Pair): Shape4 => [(h - 1) * v + 1, (w - 1) * across + 1, c, k]

const spread = (filter: tf.Tensor, [v, across]: Pair): tf.Tensor4D => {
  const [h, w, c, k] = filter.shape as [number, number, number, number]
  const shape = spreadShape([h, w, c, k], [v, across])
  const rows = apart(tf.reshape(filter, [1, h, w * c * k]), v)
  return tf.reshape(apart(tf.reshape(rows, [shape[0], w, c * k]), across), [...shape])
}

/** Extracts the kernel's elements from the dilated filter; the inverse of `spread`. */
const taps = (gradient: tf.Tensor, [v, across]: Pair): tf.Tensor =>
  tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, [v, across, 1, 1])

// -------------------------------------------------------------------------------------
// groups, for filters without dilation

/** A grouped convolution and its gradients, by kernels that tfjs has on every backend. */
interface Grouped {
  readonly forward: (x: tf.Tensor, filter: tf.Tensor, a: ConvAttributes) => tf.Tensor
  readonly input: (dy: tf.Tensor, filter: tf.Tensor, a: ConvAttributes, inputShape: Shape4) => tf.Tensor
  readonly filter: (x: tf.Tensor, dy: tf.Tensor, a: ConvAttributes, filterShape: Shape4) => tf.Tensor
}

/** TensorFlow's gradients accept only named padding, so no padding must be given by name. */
const windowAttributes = ({ strides, padding: [v, h] }: ConvAttributes) => ({
  strides: [...strides],
  dilations: [1, 1],
  dataFormat: 'NHWC',
  ...(v === 0 && h === 0
    ? { pad: 'valid' }
    : {
        pad: [
          [0, 0],
          [v, v],
          [h, h],
          [0, 0]
        ],
        dimRoundingMode: 'floor'
      })
})

const kernelOf = (
  name: string,
  inputs: Named<string>,
  a: ConvAttributes,
  shape: Readonly<Record<string, Shape4>> = {}
): tf.Tensor => tf.engine().runKernel<tf.Tensor>(name, inputs, { ...windowAttributes(a), ...shape })

const parts = (x: tf.Tensor, { groups }: ConvAttributes): ReadonlyArray<tf.Tensor> => tf.split(x, groups, 3)

const together = (xs: ReadonlyArray<tf.Tensor>): tf.Tensor => tf.concat([...xs], 3)

const narrower = ([a, b, c, d]: Shape4, groups: number): Shape4 => [a, b, c, d / groups]

const oneByOne: Grouped = {
  forward: (x, filter, a) => {
    const filters = parts(filter, a)
    return together(parts(x, a).map((part, i) => kernelOf(tf.Conv2D, { x: part, filter: filters[i]! }, a)))
  },
  input: (dy, filter, a, inputShape) => {
    const filters = parts(filter, a)
    const shape = { inputShape: narrower(inputShape, a.groups) }
    return together(
      parts(dy, a).map((part, i) => kernelOf(tf.Conv2DBackpropInput, { dy: part, filter: filters[i]! }, a, shape))
    )
  },
  filter: (x, dy, a, filterShape) => {
    const slopes = parts(dy, a)
    const shape = { filterShape: narrower(filterShape, a.groups) }
    return together(
      parts(x, a).map((part, i) => kernelOf(tf.Conv2DBackpropFilter, { x: part, dy: slopes[i]! }, a, shape))
    )
  }
}

/** `[h, w, 1, channels·multiplier]` → `[h, w, channels, multiplier]`, tfjs's layout of depthwise filters. */
const ofChannels = ([h, w, , k]: Shape4, { groups }: ConvAttributes): [number, number, number, number] => [
  h,
  w,
  groups,
  k / groups
]

const byChannels = (filter: tf.Tensor, a: ConvAttributes): tf.Tensor =>
  tf.reshape(filter, ofChannels(filter.shape as [number, number, number, number], a))

/** One group per channel. */
const depthwise: Grouped = {
  forward: (x, filter, a) => kernelOf(tf.DepthwiseConv2dNative, { x, filter: byChannels(filter, a) }, a),
  input: (dy, filter, a, inputShape) =>
    kernelOf(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter: byChannels(filter, a) }, a, { inputShape }),
  filter: (x, dy, a, filterShape) =>
    tf.reshape(
      kernelOf(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy }, a, { filterShape: ofChannels(filterShape, a) }),
      [...filterShape]
    )
}

const groupedFor = (channels: number, { groups }: ConvAttributes): Grouped =>
  groups === channels ? depthwise : oneByOne

// -------------------------------------------------------------------------------------
// the kernels
// -------------------------------------------------------------------------------------

const run = fusedKernels({
  GraftConv2D: ({ x, filter }: Named<'x' | 'filter'>, a: ConvAttributes) => [
    groupedFor(x.shape[3]!, a).forward(x, spread(filter, a.dilations), a)
  ],
  GraftConv2DBackpropInput: ({ dy, filter }: Named<'dy' | 'filter'>, { inputShape, ...a }: ShapeOf<'inputShape'>) => [
    groupedFor(inputShape[3], a).input(dy, spread(filter, a.dilations), a, inputShape)
  ],
  GraftConv2DBackpropFilter: ({ x, dy }: Named<'x' | 'dy'>, { filterShape, ...a }: ShapeOf<'filterShape'>) => [
    taps(groupedFor(x.shape[3]!, a).filter(x, dy, a, spreadShape(filterShape, a.dilations)), a.dilations)
  ]
})

const registerGradient = (): void => {
  if (tf.getGradient('GraftConv2D') !== undefined) return
  tf.registerGradient({
    kernelName: 'GraftConv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attributes) => {
      // an operation with a list of outputs receives a list of gradients
      const [dy] = [dys].flat() as [tf.Tensor]
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
      const a = attributes as unknown as ConvAttributes
      return {
        x: () => run('GraftConv2DBackpropInput', { dy, filter }, { ...a, inputShape: x.shape })[0]!,
        filter: () => run('GraftConv2DBackpropFilter', { x, dy }, { ...a, filterShape: filter.shape })[0]!
      }
    }
  })
}

/**
 * Convolves images `[n, h, w, channels]` with a filter `[h, w, channels / groups, filters]`, as torch's `conv2d`, with
 * any combination of stride, dilation and groups. Differentiable with respect to both, which `tf.conv2d` is not with
 * dilation above 1. Throws where tfjs does, for shapes that do not fit.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { Engine } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const x = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1])
 * const filter = tf.tensor4d([1, 10], [1, 2, 1, 1])
 * const y = Engine.convolve(x, filter, { dilation: [1, 3] })
 * assert.deepStrictEqual([...y.dataSync()], [41, 52])
 *
 * @category tensors
 * @since 0.1.0
 */
export const convolve = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups = 1 }: Convolved = {}
): tf.Tensor4D => {
  registerGradient()
  const attributes: ConvAttributes = { strides: stride, dilations: dilation, padding, groups }
  return run('GraftConv2D', { x, filter }, attributes)[0] as tf.Tensor4D
}
