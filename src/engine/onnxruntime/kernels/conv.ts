import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import { convForm, windowOf, type Convolution, type Direction } from '../conv/index.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { images, pixelsOf, plain, plainly, type Laid } from '../graph/Layout.js'
import { sameShape, sizeOf } from '../graph/shapes.js'
import { tapsOf } from '../graph/Window.js'
import type { Signature } from '../recording/Trace.js'
import { ended, isKnown, type Ending } from './matmul.js'

type Shape4 = [number, number, number, number]

export interface ConvAttributes {
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Undefined if no algorithm supports it. */
export const convolutionOf = (
  input: ReadonlyArray<number>,
  filter: ReadonlyArray<number>,
  a: ConvAttributes
): Convolution | undefined => {
  if (a.dataFormat === 'NCHW') return undefined
  const shapes = [[...input], [...filter]] as [Shape4, Shape4]
  const info = backend_util.computeConv2DInfo(...shapes, a.strides, a.dilations ?? 1, a.pad, a.dimRoundingMode)
  // the weights' channels imply groups, which the cpu kernels do not support either
  if (filter[2] !== info.inChannels) return undefined
  return {
    window: windowOf(info),
    images: info.batchSize,
    channels: info.inChannels,
    filters: info.outChannels,
    input: info.inShape,
    output: info.outShape
  }
}

const chosen = (g: Graph, c: Convolution, direction: Direction, filter?: Ref) =>
  convForm(c, direction, g.settings, filter !== undefined && g.isFixed(filter))

const forward = (g: Graph, x: Laid, filter: Laid, c: Convolution): Laid => {
  const weights = plain(g, filter)
  return images(g, chosen(g, c, 'forward', weights).forward(g, x, weights, c), c.output)
}

/** Whether a factor per filter is multiplied faster with the weights than with the images. */
const hasFewWeights = ({ window, images: count, channels }: Convolution): boolean =>
  pixelsOf(window.output) * count > 2 * tapsOf(window) * channels

/** Multiplies the filters of weights `[..., filters]`. */
const timesFactor = (g: Graph, weights: Ref, factor: Ref): Ref => {
  const filters = factor.shape[1]!
  return g.reshape(
    arithmetic(g).mul(g.reshape(weights, [sizeOf(weights.shape) / filters, filters]), factor),
    weights.shape
  )
}

/** A gradient's factor, such as a batch norm's, and the gradient without it. */
const factorOf = ({ scaled, ...dy }: Laid, c: Convolution) =>
  scaled !== undefined && hasFewWeights(c)
    ? { dy: { ref: scaled.matrix, shape: dy.shape, layout: dy.layout }, factor: scaled.factor }
    : undefined

const filterGradient = (g: Graph, x: Laid, dy: Laid, c: Convolution): Ref => {
  const form = chosen(g, c, 'filter')
  const apart = factorOf(dy, c)
  return apart === undefined ? form.filter(g, x, dy, c) : timesFactor(g, form.filter(g, x, apart.dy, c), apart.factor)
}

const inputGradient = (g: Graph, dy: Laid, weights: Ref, c: Convolution): Laid => {
  const form = chosen(g, c, 'input', weights)
  // weights that never change are transformed once
  const apart = g.isFixed(weights) ? undefined : factorOf(dy, c)
  const [slope, filter] = apart === undefined ? [dy, weights] : [apart.dy, timesFactor(g, weights, apart.factor)]
  const channelsOf = form.channels?.(g, slope, filter, c)
  return { ...images(g, form.input(g, slope, filter, c), c.input), ...(channelsOf && { channelsOf }) }
}

const isOutput = (dy: Signature, c: Convolution): boolean => dy.dtype === 'float32' && sameShape(dy.shape, c.output)

type Fusions = 'bias' | 'preluActivationWeights'

export const conv: Kernels = {
  Conv2D: kernel<'x' | 'filter', ConvAttributes>(({ x, filter }, attributes) => {
    const c = convolutionOf(x.shape, filter.shape, attributes)
    if (c === undefined || x.dtype !== 'float32' || filter.dtype !== 'float32') return undefined
    return imageForm(float32(c.output), (g, i) => forward(g, i.x, i.filter, c))
  }),
  Conv2DBackpropFilter: kernel<'x' | 'dy', ConvAttributes & { filterShape: Shape4 }>(({ x, dy }, attributes) => {
    const c = convolutionOf(x.shape, attributes.filterShape, attributes)
    if (c === undefined || x.dtype !== 'float32' || !isOutput(dy, c)) return undefined
    return imageForm(float32(attributes.filterShape), (g, i) =>
      plainly(g.reshape(filterGradient(g, i.x, i.dy, c), attributes.filterShape))
    )
  }),
  Conv2DBackpropInput: kernel<'dy' | 'filter', ConvAttributes & { inputShape: Shape4 }>(
    ({ dy, filter }, attributes) => {
      const c = convolutionOf(attributes.inputShape, filter.shape, attributes)
      if (c === undefined || filter.dtype !== 'float32' || !isOutput(dy, c)) return undefined
      return imageForm(float32(c.input), (g, i) => inputGradient(g, i.dy, plain(g, i.filter), c))
    }
  ),
  FusedConv2D: kernel<'x' | 'filter', ConvAttributes & Ending, Fusions>(({ x, filter }, attributes) => {
    const c = convolutionOf(x.shape, filter.shape, attributes)
    if (c === undefined || x.dtype !== 'float32' || filter.dtype !== 'float32' || !isKnown(attributes)) return undefined
    return imageForm(float32(c.output), (g, i) => ended(g, forward(g, i.x, i.filter, c), i, attributes))
  })
}
