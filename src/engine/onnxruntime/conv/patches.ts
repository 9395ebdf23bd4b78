import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { pixelMatrix, pixelsOf, type Laid } from '../graph/Layout.js'
import { gatherRows, sumOfLandings } from '../graph/rows.js'
import {
  inputUnder,
  isPadded,
  landings,
  outputOver,
  tapsOf,
  usedTaps,
  windowKey,
  type RowTable
} from '../graph/Window.js'
import { bytesOfRows, isPointwise, isStrided, type Convolution, type ConvForm, workOf } from './Convolution.js'

/**
 * The direct algorithm: im2col, then one product with the weights. With a single tap in use it is only a product. Taps
 * that only ever see padding are left out.
 */

// Patches of more than this many floats (256 MB) are computed for part of the output rows at a time.
const MOST_PATCHES = 1 << 26

/** The parts of the output rows to compute at a time. */
const partsOf = (c: Convolution, pixels: number, width: number): ReadonlyArray<readonly [number, number]> => {
  const most = Math.max(1, Math.floor(MOST_PATCHES / (c.images * width)))
  const count = Math.ceil(pixels / most)
  const size = Math.ceil(pixels / count)
  return Array.from({ length: count }, (_, i) => [i * size, Math.min(pixels, (i + 1) * size)] as const)
}

/** Gathers pixels of all images by a table `[pixel, slot]` into the matrix `[pixels·images, slots·channels]`. */
const sideBySide = (g: Graph, x: Ref, key: string, table: RowTable, slots: number, images: number): Ref => {
  const pixels = table.indices.length / slots
  const channels = x.shape[1]! / images
  if (slots === 1) {
    const isAll = pixels === table.rows && table.indices.every((row, i) => row === i)
    return g.reshape(isAll ? x : gatherRows(g, x, key, table), [pixels * images, channels])
  }
  // as rows of channels, so that a single Gather places the slots beside each other
  const indices = new Int32Array(pixels * images * slots)
  for (let p = 0; p < pixels; p++)
    for (let n = 0; n < images; n++)
      for (let s = 0; s < slots; s++) indices[(p * images + n) * slots + s] = table.indices[p * slots + s]! * images + n
  const padded = isPadded(table)
    ? g.op('Pad', [x, g.int64s([0, 0, 1, 0]), g.scalar(0)], [table.rows + 1, x.shape[1]!])
    : x
  const rows = g.reshape(padded, [sizeIn(padded) / channels, channels])
  const at = g.table(`side by side ${key} ${images}`, [indices.length], () => indices)
  return g.reshape(arithmetic(g).gather(rows, at, 0), [pixels * images, slots * channels])
}

const sizeIn = (x: Ref): number => x.shape[0]! * x.shape[1]!

/** Columns of a table `[pixel, tap]` for the taps in use. */
const ofTaps = (table: RowTable, taps: number, used: ReadonlyArray<number>): RowTable =>
  used.length === taps
    ? table
    : {
        rows: table.rows,
        indices: Int32Array.from({ length: (table.indices.length / taps) * used.length }, (_, i) => {
          const [pixel, slot] = [Math.floor(i / used.length), i % used.length]
          return table.indices[pixel * taps + used[slot]!]!
        })
      }

const inPart = (table: RowTable, slots: number, [from, to]: readonly [number, number]): RowTable => ({
  rows: table.rows,
  indices: table.indices.subarray(from * slots, to * slots)
})

/** The patches of all output rows, part by part. */
const patches = (
  g: Graph,
  x: Laid,
  c: Convolution
): ReadonlyArray<{ readonly matrix: Ref; readonly pixels: readonly [number, number] }> => {
  const used = usedTaps(c.window)
  const table = ofTaps(inputUnder(c.window), tapsOf(c.window), used)
  const rows = pixelMatrix(g, x)
  return partsOf(c, pixelsOf(c.window.output), used.length * c.channels).map((pixels) => ({
    pixels,
    matrix: sideBySide(
      g,
      rows,
      `under ${windowKey(c.window)} ${pixels[0]}`,
      inPart(table, used.length, pixels),
      used.length,
      c.images
    )
  }))
}

/** The weights of the taps in use, `[taps, channels, filters]`. */
const usedWeights = (g: Graph, filter: Ref, c: Convolution): Ref => {
  const [taps, used] = [tapsOf(c.window), usedTaps(c.window)]
  const all = g.reshape(filter, [taps, c.channels * c.filters])
  const some =
    used.length === taps
      ? all
      : gatherRows(g, all, `taps ${used.join()}`, { indices: Int32Array.from(used), rows: taps })
  return g.reshape(some, [used.length, c.channels, c.filters])
}

/** The inverse of `usedWeights`: zeros for unused taps. */
const allWeights = (g: Graph, gradient: Ref, c: Convolution): Ref => {
  const [taps, used] = [tapsOf(c.window), usedTaps(c.window)]
  if (used.length === taps) return gradient
  const rows = g.reshape(gradient, [used.length, c.channels * c.filters])
  const indices = Int32Array.from({ length: taps }, (_, tap) => (used.includes(tap) ? used.indexOf(tap) : used.length))
  return gatherRows(g, rows, `all taps ${used.join()} ${taps}`, { indices, rows: used.length })
}

const matrixOf = (g: Graph, x: Ref, columns: number): Ref => g.reshape(x, [sizeIn(x) / columns, columns])

const pixelRange = (g: Graph, x: Ref, [from, to]: readonly [number, number]): Ref =>
  to - from === x.shape[0] ? x : arithmetic(g).slice(x, [from, 0], [to - from, x.shape[1]!])

/**
 * With strides, most pairs of input pixel and tap do not occur, so multiply first and then sum the results that fall on
 * each pixel.
 */
const strided = (g: Graph, dy: Ref, filter: Ref, c: Convolution): Ref => {
  const used = usedTaps(c.window)
  const outputs = pixelsOf(c.window.output)
  const one = g.reshape(dy, [1, outputs * c.images, c.filters])
  const planes = arithmetic(g).matMul(one, usedWeights(g, filter, c), { b: true })
  const rows = g.reshape(planes, [used.length * outputs, c.images * c.channels])
  return sumOfLandings(g, rows, `landings of used ${windowKey(c.window)}`, landings(c.window, used))
}

/** Nearly every tap of every input pixel has an output pixel, so gather them and multiply once. */
const unstrided = (g: Graph, dy: Ref, filter: Ref, c: Convolution): Ref => {
  const { matMul, transpose, concat } = arithmetic(g)
  const used = usedTaps(c.window)
  const table = ofTaps(outputOver(c.window), tapsOf(c.window), used)
  const turned = matrixOf(g, flat(g, transpose(usedWeights(g, filter, c), [0, 2, 1])), c.channels)
  const parts = partsOf(c, pixelsOf(c.window.input), used.length * c.filters).map((pixels) => {
    const key = `over ${windowKey(c.window)} ${pixels[0]}`
    const over = sideBySide(g, dy, key, inPart(table, used.length, pixels), used.length, c.images)
    return g.reshape(matMul(over, turned), [pixels[1] - pixels[0], c.images * c.channels])
  })
  return concat(parts, 0)
}

const flat = (g: Graph, x: Ref): Ref => g.reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!])

// -------------------------------------------------------------------------------------
// 1×1 convolutions: one product, or one for each branch of a concatenation

/** Relative cost of adding one branch's product to the others, in passes over the output. */
const ADDING = 3

/** Rows of the weights `[channels, filters]` for some input channels. */
const someWeights = (g: Graph, weights: Ref, from: number, count: number): Ref =>
  arithmetic(g).slice(weights, [from, 0], [count, weights.shape[1]!])

/**
 * The branches that an input was concatenated from, with the first channel of each, if summing outputs moves less data
 * than concatenating.
 */
const branchesOf = (x: Laid, c: Convolution): ReadonlyArray<{ readonly part: Laid; readonly from: number }> => {
  const branches = x.branches ?? [x]
  if (ADDING * (branches.length - 1) * c.filters > c.channels) return [{ part: x, from: 0 }]
  let from = 0
  return branches.map((part) => ({ part, from: (from += part.shape[3]!) - part.shape[3]! }))
}

const pointwise = {
  forward: (g: Graph, x: Laid, filter: Ref, c: Convolution): Ref => {
    const { matMul, add } = arithmetic(g)
    const weights = g.reshape(filter, [c.channels, c.filters])
    const products = branchesOf(x, c).map(({ part, from }) => {
      const channels = part.shape[3]!
      const some = channels === c.channels ? weights : someWeights(g, weights, from, channels)
      return matMul(matrixOf(g, pixelMatrix(g, part), channels), some)
    })
    return g.reshape(products.reduce(add), [pixelsOf(c.window.output), c.images * c.filters])
  },
  filter: (g: Graph, x: Laid, dy: Laid, c: Convolution): Ref => {
    const { matMul, concat } = arithmetic(g)
    const gradients = matrixOf(g, pixelMatrix(g, dy), c.filters)
    const products = branchesOf(x, c).map(({ part }) =>
      matMul(matrixOf(g, pixelMatrix(g, part), part.shape[3]!), gradients, { a: true })
    )
    return concat(products, 0)
  },
  input: (g: Graph, dy: Ref, weights: Ref, c: Convolution): Ref => {
    const dx = arithmetic(g).matMul(matrixOf(g, dy, c.filters), weights, { b: true })
    return g.reshape(dx, [pixelsOf(c.window.input), c.images * weights.shape[0]!])
  }
}

/** Overhead of copying a row, in floats; with few channels, rows are short and many. */
const STARTING = 8

export const direct: ConvForm = {
  name: 'direct',
  applies: () => true,
  work: workOf((c, direction) => {
    const used = usedTaps(c.window).length
    const outputs = pixelsOf(c.window.output)
    const flops = 2 * used * outputs * c.images * c.channels * c.filters
    if (isPointwise(c)) return { flops, bytes: 0 }
    const moved = direction === 'input' && !isStrided(c) ? c.filters : c.channels
    return { flops, bytes: 2 * bytesOfRows(c, used * outputs, moved + STARTING) }
  }),
  forward: (g, x, filter, c) => {
    if (isPointwise(c)) return pointwise.forward(g, x, filter, c)
    const { matMul, concat } = arithmetic(g)
    const weights = flat(g, usedWeights(g, filter, c))
    const parts = patches(g, x, c).map(({ matrix, pixels: [from, to] }) =>
      g.reshape(matMul(matrix, weights), [to - from, c.images * c.filters])
    )
    return concat(parts, 0)
  },
  filter: (g, x, dy, c) => {
    if (isPointwise(c)) return pointwise.filter(g, x, dy, c)
    const { matMul, add } = arithmetic(g)
    const rows = pixelMatrix(g, dy)
    const parts = patches(g, x, c).map(({ matrix, pixels }) =>
      matMul(matrix, matrixOf(g, pixelRange(g, rows, pixels), c.filters), { a: true })
    )
    return allWeights(g, parts.reduce(add), c)
  },
  input: (g, dy, filter, c) => {
    const rows = pixelMatrix(g, dy)
    if (!isPointwise(c)) return isStrided(c) ? strided(g, rows, filter, c) : unstrided(g, rows, filter, c)
    return pointwise.input(g, rows, g.reshape(filter, [c.channels, c.filters]), c)
  },
  channels: (g, dy, filter, c) => {
    if (!isPointwise(c)) return undefined
    const [rows, weights] = [pixelMatrix(g, dy), g.reshape(filter, [c.channels, c.filters])]
    return (from, count) => pointwise.input(g, rows, someWeights(g, weights, from, count), c)
  }
}
