import type { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic, columnSums } from '../graph/arithmetic.js'
import { appliesDepthwise, depthwise, windowOf } from '../conv/index.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { images, pixelMatrix, pixelsOf, plain, plainly, type Laid } from '../graph/Layout.js'
import { gatherRows, sumOfLandings } from '../graph/rows.js'
import { sameShape, sizeOf } from '../graph/shapes.js'
import type { Signature } from '../recording/Trace.js'
import { inputUnder, landings, tapsOf, underTap, windowKey } from '../graph/Window.js'
import type { ConvAttributes } from './conv.js'
import { convolutionOfChannels, infoOf } from './depthwise.js'

type Shape4 = [number, number, number, number]

export interface Depthwise {
  readonly info: backend_util.Conv2DInfo
  /** Channel multiplier: the number of filters per channel. */
  readonly multiplier: number
}

const depthwiseOf = (
  input: ReadonlyArray<number>,
  filter: ReadonlyArray<number>,
  dy: Signature,
  attributes: ConvAttributes
): Depthwise | undefined => {
  const info = infoOf(float32(input), float32(filter), attributes)
  return info !== undefined && dy.dtype === 'float32' && sameShape(dy.shape, info.outShape)
    ? { info, multiplier: info.outChannels / info.inChannels }
    : undefined
}

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

/** For each tap, the sum over all pixels of the input under it times the output's gradient. */
export const filterGradient = (g: Graph, x: Laid, dy: Laid, { info, multiplier }: Depthwise): Ref => {
  const c = convolutionOfChannels(info)
  if (appliesDepthwise(c, g.settings)) return depthwise.filter(g, x, dy, c)
  const { mul, concat } = arithmetic(g)
  const window = windowOf(info)
  const table = inputUnder(window)
  const [rows, slopes] = [pixelMatrix(g, x), pixelMatrix(g, dy)]
  const values = sizeOf(slopes.shape) / multiplier
  const sums = upTo(tapsOf(window)).map((tap) => {
    const under = gatherRows(g, rows, `under tap ${tap} ${windowKey(window)}`, underTap(window, table, tap))
    const products = mul(g.reshape(under, [values, 1]), g.reshape(slopes, [values, multiplier]))
    return columnSums(g, g.reshape(products, [values / info.inChannels, info.outChannels]))
  })
  return concat(sums, 0)
}

/** The contribution of each tap, summed over the pixels that it is on. */
export const inputGradient = (g: Graph, dy: Laid, filter: Ref, { info, multiplier }: Depthwise): Laid => {
  const c = convolutionOfChannels(info)
  if (appliesDepthwise(c, g.settings)) return depthwise.input(g, dy, filter, c)
  const { mul, concat, slice } = arithmetic(g)
  const window = windowOf(info)
  const [taps, pixels] = [tapsOf(window), pixelsOf(window.output)]
  const slopes = pixelMatrix(g, dy)
  const values = sizeOf(slopes.shape) / multiplier
  const weights = g.reshape(filter, [taps, info.outChannels])
  const d = g.reshape(slopes, [values / info.inChannels, info.outChannels])
  const ofChannels = (x: Ref): Ref =>
    multiplier === 1 ? x : g.op('ReduceSum', [g.reshape(x, [values, multiplier]), g.int64s([1])], [values, 1])
  const parts = upTo(taps).map((tap) => {
    const share = mul(d, slice(weights, [tap, 0], [1, info.outChannels]))
    return g.reshape(ofChannels(share), [pixels, values / pixels])
  })
  const landed = landings(window, upTo(taps))
  return images(g, sumOfLandings(g, concat(parts, 0), `landings of all ${windowKey(window)}`, landed), info.inShape)
}

export const depthwiseGrad: Kernels = {
  DepthwiseConv2dNativeBackpropFilter: kernel<'x' | 'dy', ConvAttributes & { filterShape: Shape4 }>(
    ({ x, dy }, attributes) => {
      const c = depthwiseOf(x.shape, attributes.filterShape, dy, attributes)
      return c === undefined || x.dtype !== 'float32'
        ? undefined
        : imageForm(float32(attributes.filterShape), (g, i) =>
            plainly(g.reshape(filterGradient(g, i.x, i.dy, c), attributes.filterShape))
          )
    }
  ),
  DepthwiseConv2dNativeBackpropInput: kernel<'dy' | 'filter', ConvAttributes & { inputShape: Shape4 }>(
    ({ dy, filter }, attributes) => {
      const c = depthwiseOf(attributes.inputShape, filter.shape, dy, attributes)
      return c === undefined || filter.dtype !== 'float32'
        ? undefined
        : imageForm(float32(attributes.inputShape), (g, i) => inputGradient(g, i.dy, plain(g, i.filter), c))
    }
  )
}
