import { arithmetic } from '../graph/arithmetic.js'
import { int, ints, type Attributes, type Graph, type Ref } from '../graph/Graph.js'
import { images, pixelMatrix, pixelOrder, pixelRows, pixelsOf, type Laid, type Size } from '../graph/Layout.js'
import { BLOCKED } from '../graph/opsets.js'
import { gatherRows } from '../graph/rows.js'
import { tapsOf, type RowTable, type Window } from '../graph/Window.js'
import { padsOf } from './blocked.js'
import type { Convolution, Machine } from './Convolution.js'

/**
 * Depthwise convolutions with one filter per channel, by ONNX Runtime's internal blocked convolution. The pixel matrix
 * is treated as one image with a channel for every channel of every image, so blocks may cross image boundaries. The
 * gradient of the weights uses the same operator: the input convolved with the gradient of the output.
 */

export const appliesDepthwise = (c: Convolution, { block, foreign }: Machine): boolean =>
  block > 0 &&
  foreign !== true &&
  c.channels === c.filters &&
  (c.images * c.channels) % block === 0 &&
  [c.window, backwards(c.window), overGradient(c.window)].every((w) => padsOf(w)?.every((pad) => pad >= 0) === true)

/** The window over the output's gradient, dilated by the stride, that gives the input's gradient. */
const backwards = (w: Window): Window => ({
  input: spreadSize(w),
  output: w.input,
  size: w.size,
  stride: [1, 1],
  dilation: w.dilation,
  pad: [(w.size[0] - 1) * w.dilation[0] - w.pad[0], (w.size[1] - 1) * w.dilation[1] - w.pad[1]]
})

/** The window, as large as the output, over the input that gives the gradient of the weights. */
const overGradient = (w: Window): Window => ({
  input: w.input,
  output: w.size,
  size: w.output,
  stride: w.dilation,
  dilation: w.stride,
  pad: w.pad
})

const spreadSize = ({ output, stride }: Window): Size => [
  (output[0] - 1) * stride[0] + 1,
  (output[1] - 1) * stride[1] + 1
]

/** Rows of the layout in reading order, with zeros inserted for strides above 1. */
const spread = (w: Window): RowTable => {
  const [rows, [height, width]] = [pixelsOf(w.output), spreadSize(w)]
  const indices = new Int32Array(height * width).fill(rows)
  pixelOrder(w.output).forEach((pixel, row) => {
    const [y, x] = [Math.floor(pixel / w.output[1]), pixel % w.output[1]]
    indices[y * w.stride[0] * width + x * w.stride[1]] = row
  })
  return { indices, rows }
}

const inReadingOrder = (size: Size): RowTable => ({ indices: pixelRows(size), rows: pixelsOf(size) })

const isAll = ({ indices, rows }: RowTable): boolean => indices.length === rows && indices.every((row, i) => row === i)

/** Selects rows of a pixel matrix by a table and converts them to `[1, images·channels, h, w]` in blocks. */
const blocksOf = (g: Graph, matrix: Ref, key: string, table: RowTable, [height, width]: Size): Ref => {
  const columns = matrix.shape[1]!
  const rows = isAll(table) ? matrix : gatherRows(g, matrix, `blocks ${key}`, table)
  return g.op('ReorderInput', [g.reshape(rows, [1, height, width, columns])], [1, columns, height, width], {
    domain: BLOCKED,
    attributes: { channels_last: int(1) }
  })
}

/** `[1, columns, h, w]` in blocks → `[h·w, columns]`, rows in reading order. */
const rowsOf = (g: Graph, blocks: Ref): Ref => {
  const [, columns, height, width] = blocks.shape as readonly [number, number, number, number]
  const y = g.op('ReorderOutput', [blocks], [1, height, width, columns], {
    domain: BLOCKED,
    attributes: { channels: int(columns), channels_last: int(1) }
  })
  return g.reshape(y, [height * width, columns])
}

const attributesOf = (w: Window, group: number): Attributes => ({
  kernel_shape: ints(w.size),
  strides: ints(w.stride),
  dilations: ints(w.dilation),
  pads: ints(padsOf(w)!),
  group: int(group)
})

const convolved = (g: Graph, x: Ref, weights: Ref, w: Window): Ref => {
  const columns = x.shape[1]!
  return g.op('Conv', [x, weights], [1, columns, ...w.output], {
    domain: BLOCKED,
    attributes: attributesOf(w, columns)
  })
}

/** Weights `[taps, channels]`, repeated for every image, in blocks. */
const weightsOf = (g: Graph, filter: Ref, c: Convolution, turned: boolean): Ref => {
  const { transpose } = arithmetic(g)
  const [taps, columns, block] = [tapsOf(c.window), c.images * c.channels, g.settings.block]
  const rows = g.reshape(filter, [taps, c.channels])
  const reversed = { indices: Int32Array.from({ length: taps }, (_, tap) => taps - 1 - tap), rows: taps }
  const ordered = turned && taps > 1 ? gatherRows(g, rows, `turned ${taps}`, reversed) : rows
  const all = c.images === 1 ? ordered : g.op('Tile', [ordered, g.int64s([1, c.images])], [taps, columns])
  const inBlocks = transpose(g.reshape(all, [taps, columns / block, block]), [1, 0, 2])
  return g.reshape(inBlocks, [columns, 1, ...c.window.size])
}

/** Images of a size, row by row. */
const imageBlocks = (g: Graph, x: Laid, size: Size): Ref =>
  blocksOf(g, pixelMatrix(g, x), `reading ${size.join()}`, inReadingOrder(size), size)

/** The output's gradient with zeros inserted for strides above 1; the same as `imageBlocks` without stride. */
const spreadBlocks = (g: Graph, dy: Laid, w: Window): Ref =>
  w.stride.every((stride) => stride === 1)
    ? imageBlocks(g, dy, w.output)
    : blocksOf(g, pixelMatrix(g, dy), `spread ${w.output.join()} ${w.stride.join()}`, spread(w), spreadSize(w))

/** Converts rows in reading order to images. */
const imagesOf = (g: Graph, rows: Ref, size: Size, shape: ReadonlyArray<number>): Laid => {
  const table = { indices: pixelOrder(size), rows: pixelsOf(size) }
  return images(g, isAll(table) ? rows : gatherRows(g, rows, `laid ${size.join()}`, table), shape)
}

/** `filter` is `[h, w, channels, 1]` or `[h, w, 1, channels]` with any shape; images may be in any layout. */
export const depthwise = {
  forward: (g: Graph, x: Laid, filter: Ref, c: Convolution): Laid => {
    const y = convolved(g, imageBlocks(g, x, c.window.input), weightsOf(g, filter, c, false), c.window)
    return imagesOf(g, rowsOf(g, y), c.window.output, c.output)
  },
  input: (g: Graph, dy: Laid, filter: Ref, c: Convolution): Laid => {
    const back = backwards(c.window)
    const dx = convolved(g, spreadBlocks(g, dy, c.window), weightsOf(g, filter, c, true), back)
    return imagesOf(g, rowsOf(g, dx), c.window.input, c.input)
  },
  /** `[taps, channels]` */
  filter: (g: Graph, x: Laid, dy: Laid, c: Convolution): Ref => {
    const { input, output } = c.window
    const slopes = imageBlocks(g, dy, output)
    const weights = g.reshape(slopes, [slopes.shape[1]!, 1, ...output])
    const ofImages = rowsOf(g, convolved(g, imageBlocks(g, x, input), weights, overGradient(c.window)))
    const taps = tapsOf(c.window)
    const sums = g.reshape(ofImages, [taps, c.images, c.channels])
    if (c.images === 1) return g.reshape(sums, [taps, c.channels])
    const sum = g.op('ReduceSum', [sums, g.int64s([1])], [taps, 1, c.channels])
    return g.reshape(sum, [taps, c.channels])
  }
}
