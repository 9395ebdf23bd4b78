import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import { int, ints, type Graph, type Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { plain, plainly, type Laid } from '../graph/Layout.js'
import type { Signature } from '../recording/Trace.js'
import { appliesDepthwise, depthwise, windowOf, type Convolution } from '../conv/index.js'
import type { ConvAttributes } from './conv.js'
import { ended, isKnown, type Ending } from './matmul.js'

type Shape4 = [number, number, number, number]

export const infoOf = (x: Signature, filter: Signature, a: ConvAttributes): backend_util.Conv2DInfo | undefined => {
  if (a.dataFormat === 'NCHW' || x.dtype !== 'float32' || filter.dtype !== 'float32') return undefined
  const dilations = a.dilations ?? [1, 1]
  const shapes = [[...x.shape], [...filter.shape]] as [Shape4, Shape4]
  return backend_util.computeConv2DInfo(...shapes, a.strides, dilations, a.pad, a.dimRoundingMode, true)
}

const HWIO_TO_OIHW = [2, 3, 0, 1]
const NHWC_TO_NCHW = [0, 3, 1, 2]
const NCHW_TO_NHWC = [0, 2, 3, 1]

export const convolutionOfChannels = (info: backend_util.Conv2DInfo): Convolution => ({
  window: windowOf(info),
  images: info.batchSize,
  channels: info.inChannels,
  filters: info.outChannels,
  input: info.inShape,
  output: info.outShape
})

/** By ONNX Runtime's own operator, which needs NCHW. */
const channelsFirst = (g: Graph, x: Ref, filter: Ref, info: backend_util.Conv2DInfo): Ref => {
  const { transpose } = arithmetic(g)
  const { inChannels, outChannels, filterHeight, filterWidth, padInfo } = info
  const weights = g.reshape(transpose(filter, HWIO_TO_OIHW), [outChannels, 1, filterHeight, filterWidth])
  const y = g.op(
    'Conv',
    [transpose(x, NHWC_TO_NCHW), weights],
    [info.batchSize, outChannels, info.outHeight, info.outWidth],
    {
      attributes: {
        group: int(inChannels),
        kernel_shape: ints([filterHeight, filterWidth]),
        strides: ints([info.strideHeight, info.strideWidth]),
        dilations: ints([info.dilationHeight, info.dilationWidth]),
        pads: ints([padInfo.top, padInfo.left, padInfo.bottom, padInfo.right])
      }
    }
  )
  return transpose(y, NCHW_TO_NHWC)
}

/** `filter` with any shape. */
export const byChannels = (g: Graph, x: Laid, filter: Ref, info: backend_util.Conv2DInfo): Laid => {
  const c = convolutionOfChannels(info)
  if (appliesDepthwise(c, g.settings)) return depthwise.forward(g, x, filter, c)
  return plainly(channelsFirst(g, plain(g, x), g.reshape(filter, info.filterShape), info))
}

// computeConv2DInfo rounds the padding independently of the output; the operator would not
const isExact = (info: backend_util.Conv2DInfo): boolean => {
  const fits = (
    input: number,
    before: number,
    after: number,
    size: number,
    dilation: number,
    stride: number,
    output: number
  ) => Math.floor((input + before + after - ((size - 1) * dilation + 1)) / stride) + 1 === output
  const { top, bottom, left, right } = info.padInfo
  return (
    fits(info.inHeight, top, bottom, info.filterHeight, info.dilationHeight, info.strideHeight, info.outHeight) &&
    fits(info.inWidth, left, right, info.filterWidth, info.dilationWidth, info.strideWidth, info.outWidth)
  )
}

type Fusions = 'bias' | 'preluActivationWeights'

export const depthwiseConv: Kernels = {
  DepthwiseConv2dNative: kernel<'x' | 'filter', ConvAttributes>(({ x, filter }, attributes) => {
    const info = infoOf(x, filter, attributes)
    if (info === undefined || !isExact(info)) return undefined
    return imageForm(float32(info.outShape), (g, i) => byChannels(g, i.x, plain(g, i.filter), info))
  }),
  FusedDepthwiseConv2D: kernel<'x' | 'filter', ConvAttributes & Ending, Fusions>(({ x, filter }, attributes) => {
    const info = infoOf(x, filter, attributes)
    if (info === undefined || !isExact(info) || !isKnown(attributes)) return undefined
    return imageForm(float32(info.outShape), (g, i) =>
      ended(g, byChannels(g, i.x, plain(g, i.filter), info), i, attributes)
    )
  })
}
