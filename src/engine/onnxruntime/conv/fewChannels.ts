import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { pixelMatrix, pixelOrder, pixelsOf, plain, type Laid } from '../graph/Layout.js'
import { sizeOf } from '../graph/shapes.js'
import { gatherRows } from '../graph/rows.js'
import { tapsOf, windowKey, type RowTable, type Window } from '../graph/Window.js'
import { bytesOfRows, FEW, type Convolution, type ConvForm, type Direction, type Work, workOf } from './Convolution.js'
import { direct } from './patches.js'

/**
 * For images with few channels, such as a network's input: patches as columns, `[taps·channels, pixels·images]`,
 * gathered from rows that hold one channel of one pixel of all images. The forward pass and the gradient share them.
 */

/** `[tap, channel, output pixel]` → the row of `[input pixel, channel]` in reading order. */
const table = (w: Window, channels: number): RowTable => {
  const rows = pixelsOf(w.input) * channels
  const order = pixelOrder(w.output)
  const indices = new Int32Array(tapsOf(w) * channels * order.length)
  order.forEach((pixel, i) => {
    const top = Math.floor(pixel / w.output[1]) * w.stride[0] - w.pad[0]
    const left = (pixel % w.output[1]) * w.stride[1] - w.pad[1]
    let at = i
    for (let y = top; y < top + w.size[0] * w.dilation[0]; y += w.dilation[0])
      for (let x = left; x < left + w.size[1] * w.dilation[1]; x += w.dilation[1]) {
        const inside = y >= 0 && y < w.input[0] && x >= 0 && x < w.input[1]
        const first = (y * w.input[1] + x) * channels
        for (let channel = 0; channel < channels; channel++, at += order.length)
          indices[at] = inside ? first + channel : rows
      }
  })
  return { indices, rows }
}

const columns = (g: Graph, x: Laid, c: Convolution): Ref => {
  const byImage = g.reshape(plain(g, x), [c.images, sizeOf(x.shape) / c.images])
  const rows = arithmetic(g).transpose(byImage, [1, 0])
  const gathered = gatherRows(g, rows, `columns ${c.channels} ${windowKey(c.window)}`, table(c.window, c.channels))
  return g.reshape(gathered, [tapsOf(c.window) * c.channels, pixelsOf(c.window.output) * c.images])
}

/** The work of the columns and of a transposed product with them. */
export const columnsWork = (c: Convolution, direction: Direction): Work => {
  if (direction === 'input') return direct.work(c, direction)
  const pixels = pixelsOf(c.window.output)
  const rows = tapsOf(c.window) * c.channels
  const turned = direction === 'forward' ? c.filters : 0
  return { flops: 2 * rows * pixels * c.images * c.filters, bytes: 2 * bytesOfRows(c, pixels, rows + turned) }
}

export const fewChannels: ConvForm = {
  name: 'fewChannels',
  applies: (c, direction) => direction !== 'input' && c.channels <= FEW && c.images >= FEW && tapsOf(c.window) > 1,
  work: workOf(columnsWork),
  forward: (g, x, filter, c) => {
    const { matMul, transpose } = arithmetic(g)
    const weights = g.reshape(filter, [tapsOf(c.window) * c.channels, c.filters])
    // a long matrix is faster as the right operand with a transposed result than transposed on the left
    const y = transpose(matMul(weights, columns(g, x, c), { a: true }), [1, 0])
    return g.reshape(y, [pixelsOf(c.window.output), c.images * c.filters])
  },
  filter: (g, x, dy, c) => {
    const rows = g.reshape(pixelMatrix(g, dy), [pixelsOf(c.window.output) * c.images, c.filters])
    return arithmetic(g).matMul(columns(g, x, c), rows)
  },
  input: direct.input
}
