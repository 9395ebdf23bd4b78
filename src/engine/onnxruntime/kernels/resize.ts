import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import {
  fromReadingOrder,
  images,
  inReadingOrder,
  pixelMatrix,
  pixelOrder,
  pixelRows,
  pixelsOf,
  type Laid,
  type Size
} from '../graph/Layout.js'
import { gatherRows } from '../graph/rows.js'

interface ResizeAttributes {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
  readonly size: [number, number]
}

/** The input pixels of an output pixel along one axis, as pairs `(index, weight)`. */
type Mix = (output: number) => ReadonlyArray<readonly [number, number]>

/** From sizes to a mix: how an axis is resized. */
type Method = (from: number, to: number, a: ResizeAttributes) => Mix

const ratio = (from: number, to: number, { alignCorners }: ResizeAttributes): number =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to

const bilinear = (from: number, to: number, a: ResizeAttributes): Mix => {
  const scale = ratio(from, to, a)
  return (output) => {
    const at = a.halfPixelCenters ? scale * (output + 0.5) - 0.5 : scale * output
    const low = Math.max(0, Math.floor(at))
    const high = Math.min(from - 1, Math.ceil(at))
    return [
      [low, 1 - (at - low)],
      [high, at - low]
    ]
  }
}

/** The input pixel of an output pixel, along one axis. */
const shown =
  (from: number, to: number, a: ResizeAttributes) =>
  (output: number): number => {
    const at = ratio(from, to, a) * (a.halfPixelCenters ? output + 0.5 : output)
    return Math.min(from - 1, a.alignCorners ? Math.round(at) : Math.floor(at))
  }

const nearest: Method = (from, to, a) => {
  const pixel = shown(from, to, a)
  return (output) => [[pixel(output), 1]]
}

/**
 * Resizing one axis is a product with a matrix `[to, from]`; its gradient is the product with the transpose. Zero times
 * NaN or infinity is NaN, so such a pixel contaminates its row or column.
 */
const mixing = (g: Graph, name: string, method: Method, from: number, to: number, a: ResizeAttributes): Ref =>
  g.table(`${name} ${a.alignCorners} ${a.halfPixelCenters}`, [to, from], () => {
    const matrix = new Float32Array(to * from)
    const mix = method(from, to, a)
    for (let output = 0; output < to; output++)
      for (const [input, weight] of mix(output)) matrix[output * from + input]! += weight
    return matrix
  })

const resized = (
  g: Graph,
  x: Laid,
  name: string,
  method: Method,
  to: ReadonlyArray<number>,
  a: ResizeAttributes,
  back: boolean
): Laid => {
  const { matMul } = arithmetic(g)
  const [from, size] = [sizeIn(x.shape), sizeIn(to)]
  const columns = x.shape[0]! * x.shape[3]!
  const [small, large] = back ? [size, from] : [from, size]
  const down = mixing(g, name, method, small[0], large[0], a)
  const across = mixing(g, name, method, small[1], large[1], a)
  const reading = inReadingOrder(g, pixelMatrix(g, x), from)
  const tall = matMul(down, g.reshape(reading, [from[0], from[1] * columns]), { a: back })
  const wide = matMul(across, g.reshape(tall, [size[0], from[1], columns]), { a: back })
  return images(g, fromReadingOrder(g, g.reshape(wide, [size[0] * size[1], columns]), size), to)
}

const sizeIn = (shape: ReadonlyArray<number>): Size => [shape[1]!, shape[2]!]

/** Copies pixels without mixing; other pixels have no influence. */
const copied = (g: Graph, x: Laid, to: ReadonlyArray<number>, a: ResizeAttributes): Laid => {
  const [from, size] = [sizeIn(x.shape), sizeIn(to)]
  const [down, across] = [shown(from[0], size[0], a), shown(from[1], size[1], a)]
  const rows = pixelRows(from)
  const indices = pixelOrder(size).map(
    (pixel) => rows[down(Math.floor(pixel / size[1])) * from[1] + across(pixel % size[1])]!
  )
  const key = `nearest ${from.join()} ${size.join()} ${a.alignCorners} ${a.halfPixelCenters}`
  return images(g, gatherRows(g, pixelMatrix(g, x), key, { indices, rows: pixelsOf(from) }), to)
}

type Resize = (g: Graph, x: Laid, to: ReadonlyArray<number>, a: ResizeAttributes) => Laid

const resizing = (resize: Resize) =>
  kernel<'images', ResizeAttributes>(({ images: x }, attributes) => {
    const to = [x.shape[0]!, ...attributes.size, x.shape[3]!]
    return x.dtype === 'float32' ? imageForm(float32(to), (g, i) => resize(g, i.images, to, attributes)) : undefined
  })

const resizingGrad = (name: string, method: Method) =>
  kernel<'images' | 'dy', ResizeAttributes>(({ images: x, dy }, attributes) =>
    x.dtype === 'float32' && dy.dtype === 'float32'
      ? imageForm(float32(x.shape), (g, i) => resized(g, i.dy, name, method, x.shape, attributes, true))
      : undefined
  )

export const resize: Kernels = {
  ResizeBilinear: resizing((g, x, to, a) => resized(g, x, 'bilinear', bilinear, to, a, false)),
  ResizeBilinearGrad: resizingGrad('bilinear', bilinear),
  ResizeNearestNeighbor: resizing(copied),
  ResizeNearestNeighborGrad: resizingGrad('nearest', nearest)
}
