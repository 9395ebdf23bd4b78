import { arithmetic } from '../arithmetic.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, form, kernel, type Kernels } from '../Kernel.js'

interface ResizeAttributes {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
  readonly size: [number, number]
}

/** Which input pixels make an output pixel, along one axis: `(index, weight)` pairs. */
type Mix = (output: number) => ReadonlyArray<readonly [number, number]>

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

const nearest = (from: number, to: number, a: ResizeAttributes): Mix => {
  const scale = ratio(from, to, a)
  return (output) => {
    const at = scale * (a.halfPixelCenters ? output + 0.5 : output)
    return [[Math.min(from - 1, a.alignCorners ? Math.round(at) : Math.floor(at)), 1]]
  }
}

type Method = (from: number, to: number, a: ResizeAttributes) => Mix

/** Resizing one axis is a product with a matrix `[to, from]`; its gradient is the product with the transpose. */
const mixing = (g: Graph, name: string, method: Method, from: number, to: number, a: ResizeAttributes): Ref =>
  g.table(`${name} ${a.alignCorners} ${a.halfPixelCenters}`, [to, from], () => {
    const matrix = new Float32Array(to * from)
    const mix = method(from, to, a)
    for (let output = 0; output < to; output++)
      for (const [input, weight] of mix(output)) matrix[output * from + input]! += weight
    return matrix
  })

type Size4 = readonly [number, number, number, number]

const resized = (
  g: Graph,
  x: Ref,
  name: string,
  method: Method,
  from: Size4,
  a: ResizeAttributes,
  back: boolean
): Ref => {
  const { matMul } = arithmetic(g)
  const [n, h, w, c] = from
  const [toH, toW] = a.size
  const [inH, inW, outH, outW] = back ? [toH, toW, h, w] : [h, w, toH, toW]
  const acrossRows = mixing(g, name, method, w, toW, a)
  const downColumns = mixing(g, name, method, h, toH, a)
  const wide = matMul(acrossRows, g.reshape(x, [n * inH, inW, c]), { a: back })
  const tall = matMul(downColumns, g.reshape(wide, [n, inH, outW * c]), { a: back })
  return g.reshape(tall, [n, outH, outW, c])
}

const resizing = (name: string, method: Method) =>
  kernel<'images', ResizeAttributes>(({ images }, attributes) => {
    const [n, h, w, c] = images.shape as Size4
    return images.dtype === 'float32'
      ? form(float32([n, ...attributes.size, c]), (g, i) =>
          resized(g, i.images, name, method, [n, h, w, c], attributes, false)
        )
      : undefined
  })

const resizingGrad = (name: string, method: Method) =>
  kernel<'images' | 'dy', ResizeAttributes>(({ images, dy }, attributes) => {
    const size = [dy.shape[1]!, dy.shape[2]!] as [number, number]
    return images.dtype === 'float32' && dy.dtype === 'float32'
      ? form(float32(images.shape), (g, i) =>
          resized(g, i.dy, name, method, images.shape as Size4, { ...attributes, size }, true)
        )
      : undefined
  })

export const resize: Kernels = {
  ResizeBilinear: resizing('bilinear', bilinear),
  ResizeBilinearGrad: resizingGrad('bilinear', bilinear),
  ResizeNearestNeighbor: resizing('nearest', nearest),
  ResizeNearestNeighborGrad: resizingGrad('nearest', nearest)
}
