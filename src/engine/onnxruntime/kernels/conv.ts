import { backend_util } from '@tensorflow/tfjs-core'
import { convForm, windowOf, type Convolution, type Direction } from '../conv/index.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { images, plain, plainly, type Laid } from '../graph/Layout.js'
import { sameShape } from '../graph/shapes.js'
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
      plainly(g.reshape(chosen(g, c, 'filter').filter(g, i.x, i.dy, c), attributes.filterShape))
    )
  }),
  Conv2DBackpropInput: kernel<'dy' | 'filter', ConvAttributes & { inputShape: Shape4 }>(
    ({ dy, filter }, attributes) => {
      const c = convolutionOf(attributes.inputShape, filter.shape, attributes)
      if (c === undefined || filter.dtype !== 'float32' || !isOutput(dy, c)) return undefined
      return imageForm(float32(c.input), (g, i) => {
        const weights = plain(g, i.filter)
        const form = chosen(g, c, 'input', weights)
        const channelsOf = form.channels?.(g, i.dy, weights, c)
        return { ...images(g, form.input(g, i.dy, weights, c), c.input), ...(channelsOf && { channelsOf }) }
      })
    }
  ),
  FusedConv2D: kernel<'x' | 'filter', ConvAttributes & Ending, Fusions>(({ x, filter }, attributes) => {
    const c = convolutionOf(x.shape, filter.shape, attributes)
    if (c === undefined || x.dtype !== 'float32' || filter.dtype !== 'float32' || !isKnown(attributes)) return undefined
    return imageForm(float32(c.output), (g, i) => ended(g, forward(g, i.x, i.filter, c), i, attributes))
  })
}
