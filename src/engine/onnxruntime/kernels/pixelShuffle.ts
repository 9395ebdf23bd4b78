import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { images, pixelMatrix, pixelOrder, pixelRows, pixelsOf, type Laid, type Size } from '../graph/Layout.js'
import { inOrder } from '../graph/rows.js'
import { float32, kernel, type Kernels } from '../recording/Kernel.js'

type Shape4 = readonly [number, number, number, number]

const sizeOf = ([, h, w]: Shape4): Size => [h, w]

/** For every row of the large images, its place in `[small row, position within the block]`. */
const placesOf = (small: Size, scale: number): Int32Array => {
  const large: Size = [small[0] * scale, small[1] * scale]
  const rowOf = pixelRows(small)
  return pixelOrder(large).map((pixel) => {
    const [y, x] = [Math.floor(pixel / large[1]), pixel % large[1]]
    const row = rowOf[Math.floor(y / scale) * small[1] + Math.floor(x / scale)]!
    return row * scale ** 2 + (y % scale) * scale + (x % scale)
  })
}

const inverse = (order: Int32Array): Int32Array => {
  const rows = new Int32Array(order.length)
  order.forEach((from, to) => (rows[from] = to))
  return rows
}

/** Transposes the last two axes of every block of rows. */
const turned = (g: Graph, x: Ref, shape: ReadonlyArray<number>): Ref =>
  arithmetic(g).transpose(g.reshape(x, shape), [0, 2, 1])

/**
 * In a row of pixels, the channels that become one pixel are `scale²` apart, so that the shuffle is a transposition of
 * each row as a matrix, and a gather of rows. A transposition of six axes takes several times as long.
 */
const shuffled = (g: Graph, x: Laid, output: Shape4, scale: number): Laid => {
  const size = sizeOf(x.shape as Shape4)
  const [cells, columns] = [scale ** 2, output[0] * output[3]]
  const rows = g.reshape(turned(g, pixelMatrix(g, x), [pixelsOf(size), columns, cells]), [
    pixelsOf(size) * cells,
    columns
  ])
  return images(g, inOrder(g, rows, `shuffled ${scale} ${size.join()}`, placesOf(size, scale)), output)
}

const unshuffled = (g: Graph, x: Laid, output: Shape4, scale: number): Laid => {
  const size = sizeOf(output)
  const [cells, columns] = [scale ** 2, x.shape[0]! * x.shape[3]!]
  const rows = inOrder(g, pixelMatrix(g, x), `unshuffled ${scale} ${size.join()}`, inverse(placesOf(size, scale)))
  return images(
    g,
    g.reshape(turned(g, rows, [pixelsOf(size), cells, columns]), [pixelsOf(size), columns * cells]),
    output
  )
}

interface Scale {
  readonly scale: number
}

export const pixelShuffle: Kernels = {
  GraftPixelShuffle: kernel<'x', Scale>(({ x }, { scale }) => {
    const [n, h, w, c] = x.shape as Shape4
    const output: Shape4 = [n, h * scale, w * scale, c / scale ** 2]
    if (x.dtype !== 'float32') return undefined
    return { outputs: [float32(output)], list: true, emit: (g, i) => [shuffled(g, i.x, output, scale)] }
  }),
  GraftPixelUnshuffle: kernel<'x', Scale>(({ x }, { scale }) => {
    const [n, h, w, c] = x.shape as Shape4
    const output: Shape4 = [n, h / scale, w / scale, c * scale ** 2]
    if (x.dtype !== 'float32') return undefined
    return { outputs: [float32(output)], list: true, emit: (g, i) => [unshuffled(g, i.x, output, scale)] }
  })
}
