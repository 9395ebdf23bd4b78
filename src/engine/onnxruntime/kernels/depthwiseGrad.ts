import type { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic, columnSums } from '../arithmetic.js'
import { gatherRows, sumOfRows } from '../gatherRows.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, form, kernel, sameShape, type Kernels } from '../Kernel.js'
import type { Signature } from '../Trace.js'
import { area, byTap, inputUnder, landings, tapsOf, windowKey } from '../Window.js'
import { windowOf, type ConvAttributes } from './conv.js'
import { infoOf } from './depthwise.js'

type Shape4 = [number, number, number, number]

interface Depthwise {
  readonly info: backend_util.Conv2DInfo
  /** Filters of each channel: an output's channels are its input's, each so many times. */
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

/** For each tap, the sum over all pixels of the input under it times the gradient above it. */
const filterGradient = (g: Graph, x: Ref, dy: Ref, { info, multiplier }: Depthwise): Ref => {
  const { mul, concat } = arithmetic(g)
  const window = windowOf(info)
  const [pixels, channels] = [area(window.output), info.inChannels]
  const count = info.batchSize * pixels
  const table = byTap(window, inputUnder(window))
  const images = g.reshape(x, [info.batchSize, area(window.input), channels])
  const d = g.reshape(dy, [count, channels, multiplier])
  const sums = upTo(tapsOf(window)).map((tap) => {
    const indices = table.indices.subarray(tap * pixels, (tap + 1) * pixels)
    const under = gatherRows(g, images, `tap ${tap} ${windowKey(window)}`, { ...table, indices })
    const products = mul(g.reshape(under, [count, channels, 1]), d)
    return columnSums(g, g.reshape(products, [count, channels * multiplier]))
  })
  return concat(sums, 0)
}

/** Each tap's share of the gradient, added up on the pixels it lies on. */
const inputGradient = (g: Graph, dy: Ref, filter: Ref, { info, multiplier }: Depthwise): Ref => {
  const { mul, concat, slice } = arithmetic(g)
  const window = windowOf(info)
  const [images, pixels, channels] = [info.batchSize, area(window.output), info.inChannels]
  const weights = g.reshape(filter, [tapsOf(window), channels * multiplier])
  const d = g.reshape(dy, [images * pixels, channels * multiplier])
  const ofChannels = (x: Ref): Ref => {
    const each = g.reshape(x, [images * pixels * channels, multiplier])
    return multiplier === 1 ? x : g.op('ReduceSum', [each, g.int64s([1])], [images * pixels * channels, 1])
  }
  const parts = upTo(tapsOf(window)).map((tap) => {
    const share = mul(d, slice(weights, [tap, 0], [1, channels * multiplier]))
    return g.reshape(ofChannels(share), [images, pixels, channels])
  })
  return sumOfRows(g, concat(parts, 1), `landings by tap ${windowKey(window)}`, landings(window, 'tap-output'))
}

export const depthwiseGrad: Kernels = {
  DepthwiseConv2dNativeBackpropFilter: kernel<'x' | 'dy', ConvAttributes & { filterShape: Shape4 }>(
    ({ x, dy }, attributes) => {
      const c = depthwiseOf(x.shape, attributes.filterShape, dy, attributes)
      return c === undefined || x.dtype !== 'float32'
        ? undefined
        : form(float32(attributes.filterShape), (g, i) => filterGradient(g, i.x, i.dy, c))
    }
  ),
  DepthwiseConv2dNativeBackpropInput: kernel<'dy' | 'filter', ConvAttributes & { inputShape: Shape4 }>(
    ({ dy, filter }, attributes) => {
      const c = depthwiseOf(attributes.inputShape, filter.shape, dy, attributes)
      return c === undefined || filter.dtype !== 'float32'
        ? undefined
        : form(float32(attributes.inputShape), (g, i) => inputGradient(g, i.dy, i.filter, c))
    }
  )
}
