import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../arithmetic.js'
import { gatherRows, sumOfRows } from '../gatherRows.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, form, kernel, sameShape, sizeOf, type Kernels } from '../Kernel.js'
import type { Signature } from '../Trace.js'
import { area, inputUnder, landings, outputOver, tapsOf, windowKey, type Window } from '../Window.js'
import { ended, isKnown, type Ending } from './matmul.js'

type Shape4 = [number, number, number, number]

export interface ConvAttributes {
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** A convolution of NHWC images with HWIO weights: its window and the sizes around it. */
interface Convolution {
  readonly window: Window
  readonly images: number
  readonly channels: number
  readonly filters: number
  readonly input: ReadonlyArray<number>
  readonly output: ReadonlyArray<number>
}

export const windowOf = (info: backend_util.Conv2DInfo): Window => ({
  input: [info.inHeight, info.inWidth],
  output: [info.outHeight, info.outWidth],
  size: [info.filterHeight, info.filterWidth],
  stride: [info.strideHeight, info.strideWidth],
  dilation: [info.dilationHeight, info.dilationWidth],
  pad: [info.padInfo.top, info.padInfo.left]
})

const convolutionOf = (
  input: ReadonlyArray<number>,
  filter: ReadonlyArray<number>,
  a: ConvAttributes
): Convolution | undefined => {
  if (a.dataFormat === 'NCHW') return undefined
  const shapes = [[...input], [...filter]] as [Shape4, Shape4]
  const info = backend_util.computeConv2DInfo(...shapes, a.strides, a.dilations ?? 1, a.pad, a.dimRoundingMode)
  // weights for fewer channels than there are mean groups, which the cpu kernels do not know either
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

// -------------------------------------------------------------------------------------
// forms: each writes the same mathematics; the first that applies is taken
// -------------------------------------------------------------------------------------

interface ConvForm {
  readonly applies: (c: Convolution) => boolean
  readonly emit: (g: Graph, a: Ref, b: Ref, c: Convolution) => Ref
}

const choose = (forms: ReadonlyArray<ConvForm>, g: Graph, a: Ref, b: Ref, c: Convolution): Ref =>
  forms.find((f) => f.applies(c))!.emit(g, a, b, c)

const always = (): boolean => true

const isPointwise = ({ window: w }: Convolution): boolean =>
  tapsOf(w) === 1 && area(w.stride) === 1 && area(w.input) === area(w.output) && w.pad[0] === 0 && w.pad[1] === 0

const isUnstrided = ({ window }: Convolution): boolean => area(window.stride) === 1

const matrix = (g: Graph, x: Ref, columns: number): Ref => g.reshape(x, [sizeOf(x.shape) / columns, columns])

const imageRows = (g: Graph, x: Ref, c: Convolution, channels: number): Ref =>
  g.reshape(x, [c.images, sizeOf(x.shape) / (c.images * channels), channels])

/** The pixels under the window as a matrix: one row per output pixel, `[images·pixels, taps·channels]`. */
const patches = (g: Graph, x: Ref, c: Convolution): Ref => {
  const gathered = gatherRows(g, imageRows(g, x, c, c.channels), `under ${windowKey(c.window)}`, inputUnder(c.window))
  return matrix(g, gathered, tapsOf(c.window) * c.channels)
}

// Patches beyond this many floats (256 MB) are made for some of the images at a time.
const MOST_PATCHES = 1 << 26

const patchFloats = ({ images, window, channels, filters }: Convolution): number =>
  images * Math.max(area(window.input) * filters, area(window.output) * channels) * tapsOf(window)

const isHuge = (c: Convolution): boolean => c.images > 1 && !isPointwise(c) && patchFloats(c) > MOST_PATCHES

type Combine = (g: Graph, parts: ReadonlyArray<Ref>) => Ref

const alongImages: Combine = (g, parts) => arithmetic(g).concat(parts, 0)

const summed: Combine = (g, parts) => parts.reduce((a, b) => arithmetic(g).add(a, b))

const imagesOf = (g: Graph, x: Ref, from: number, count: number): Ref =>
  arithmetic(g).slice(
    x,
    x.shape.map((_, i) => (i === 0 ? from : 0)),
    x.shape.with(0, count)
  )

/** Some images at a time; `perImage` says which of the two operands holds images. */
const inParts = (
  forms: () => ReadonlyArray<ConvForm>,
  perImage: readonly [boolean, boolean],
  combine: Combine
): ConvForm => ({
  applies: isHuge,
  emit: (g, a, b, c) => {
    const size = Math.max(1, Math.floor(c.images / Math.ceil(patchFloats(c) / MOST_PATCHES)))
    const starts = Array.from({ length: Math.ceil(c.images / size) }, (_, i) => i * size)
    const parts = starts.map((from) => {
      const images = Math.min(size, c.images - from)
      const part = { ...c, images, input: c.input.with(0, images), output: c.output.with(0, images) }
      const operands = [a, b].map((x, i) => (perImage[i] === true ? imagesOf(g, x, from, images) : x))
      return choose(forms(), g, operands[0]!, operands[1]!, part)
    })
    return combine(g, parts)
  }
})

/** Images × weights → images. */
const forward: ReadonlyArray<ConvForm> = [
  {
    applies: isPointwise,
    emit: (g, x, w, c) => g.reshape(arithmetic(g).matMul(matrix(g, x, c.channels), matrix(g, w, c.filters)), c.output)
  },
  inParts(() => forward, [true, false], alongImages),
  {
    applies: always,
    emit: (g, x, w, c) => g.reshape(arithmetic(g).matMul(patches(g, x, c), matrix(g, w, c.filters)), c.output)
  }
]

/** Images × gradient of the output → gradient of the weights. */
const backwardFilter: ReadonlyArray<ConvForm> = [
  {
    applies: isPointwise,
    emit: (g, x, dy, c) => arithmetic(g).matMul(matrix(g, x, c.channels), matrix(g, dy, c.filters), { a: true })
  },
  inParts(() => backwardFilter, [true, true], summed),
  {
    applies: always,
    emit: (g, x, dy, c) => arithmetic(g).matMul(patches(g, x, c), matrix(g, dy, c.filters), { a: true })
  }
]

/** The weights as `[taps·filters, channels]`. */
const turned = (g: Graph, w: Ref, c: Convolution): Ref => {
  const perTap = g.reshape(w, [tapsOf(c.window), c.channels, c.filters])
  return matrix(g, arithmetic(g).transpose(perTap, [0, 2, 1]), c.channels)
}

/** Gradient of the output × weights → gradient of the images. */
const backwardInput: ReadonlyArray<ConvForm> = [
  {
    applies: isPointwise,
    emit: (g, dy, w, c) =>
      g.reshape(arithmetic(g).matMul(matrix(g, dy, c.filters), matrix(g, w, c.filters), { b: true }), c.input)
  },
  inParts(() => backwardInput, [true, false], alongImages),
  {
    // nearly every tap of every input pixel has its output pixel: gather them and multiply once
    applies: isUnstrided,
    emit: (g, dy, w, c) => {
      const over = gatherRows(g, imageRows(g, dy, c, c.filters), `over ${windowKey(c.window)}`, outputOver(c.window))
      const columns = tapsOf(c.window) * c.filters
      return g.reshape(arithmetic(g).matMul(matrix(g, over, columns), turned(g, w, c)), c.input)
    }
  },
  {
    // with strides most of them are missing: multiply first, then add up what lands on each pixel
    applies: always,
    emit: (g, dy, w, c) => {
      const spread = arithmetic(g).matMul(matrix(g, dy, c.filters), matrix(g, w, c.filters), { b: true })
      const key = `landings ${windowKey(c.window)}`
      const pieces = imageRows(g, spread, c, c.channels)
      return g.reshape(sumOfRows(g, pieces, key, landings(c.window, 'output-tap')), c.input)
    }
  }
]

const isOutput = (dy: Signature, c: Convolution): boolean => dy.dtype === 'float32' && sameShape(dy.shape, c.output)

type Fusions = 'bias' | 'preluActivationWeights'

export const conv: Kernels = {
  Conv2D: kernel<'x' | 'filter', ConvAttributes>(({ x, filter }, attributes) => {
    const c = convolutionOf(x.shape, filter.shape, attributes)
    if (c === undefined || x.dtype !== 'float32' || filter.dtype !== 'float32') return undefined
    return form(float32(c.output), (g, i) => choose(forward, g, i.x, i.filter, c))
  }),
  Conv2DBackpropFilter: kernel<'x' | 'dy', ConvAttributes & { filterShape: Shape4 }>(({ x, dy }, attributes) => {
    const c = convolutionOf(x.shape, attributes.filterShape, attributes)
    if (c === undefined || x.dtype !== 'float32' || !isOutput(dy, c)) return undefined
    return form(float32(attributes.filterShape), (g, i) =>
      g.reshape(choose(backwardFilter, g, i.x, i.dy, c), attributes.filterShape)
    )
  }),
  Conv2DBackpropInput: kernel<'dy' | 'filter', ConvAttributes & { inputShape: Shape4 }>(
    ({ dy, filter }, attributes) => {
      const c = convolutionOf(attributes.inputShape, filter.shape, attributes)
      if (c === undefined || filter.dtype !== 'float32' || !isOutput(dy, c)) return undefined
      return form(float32(c.input), (g, i) => choose(backwardInput, g, i.dy, i.filter, c))
    }
  ),
  FusedConv2D: kernel<'x' | 'filter', ConvAttributes & Ending, Fusions>(({ x, filter }, attributes) => {
    const c = convolutionOf(x.shape, filter.shape, attributes)
    if (c === undefined || x.dtype !== 'float32' || filter.dtype !== 'float32' || !isKnown(attributes)) return undefined
    return form(float32(c.output), (g, i) =>
      ended(g, choose(forward, g, i.x, i.filter, c), i.bias, i.preluActivationWeights, attributes)
    )
  })
}
