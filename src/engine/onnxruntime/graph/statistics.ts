import { arithmetic, columnSums } from './arithmetic.js'
import type { Graph, Ref } from './Graph.js'
import { pixelMatrix, pixelRow, plain, plainly, type Laid } from './Layout.js'
import { sizeOf } from './shapes.js'

/** A tensor as rows over which channel vectors broadcast. */
export interface Rows {
  readonly of: (x: Laid) => Ref
  readonly vector: (v: Ref) => Ref
}

/** Images as the matrix of their pixels, whose long rows are fast; other tensors as rows of channels. */
export const rowsFor = (g: Graph, shape: ReadonlyArray<number>): Rows => {
  const channels = shape.at(-1)!
  return shape.length === 4
    ? {
        of: (x) => pixelMatrix(g, x),
        vector: (v) => pixelRow(g, plainly(g.reshape(v, [channels])), shape)!
      }
    : {
        of: (x) => g.reshape(plain(g, x), [sizeOf(shape) / channels, channels]),
        vector: (v) => g.reshape(v, [1, channels])
      }
}

// A network has hundreds of these means, and building a session takes time for each node. Up to this many rows are
// summed and divided by a single product, sequentially; more are summed by `columnSums`, in two levels.
const FEW = 32

/** The rows of a matrix, summed and divided by `count`, as `[1, columns]`. */
const sumOver = (g: Graph, x: Ref, count: number): Ref => {
  const { matMul, mul } = arithmetic(g)
  const [height, share] = [x.shape[0]!, 1 / count]
  if (height > FEW) return mul(columnSums(g, x), g.scalar(share))
  const shares = g.table(`shares ${share}`, [1, height], () => new Float32Array(height).fill(share))
  return matMul(shares, x)
}

/** The means `[1, channels]` over all rows of channels. */
export const channelMeans = (g: Graph, x: Ref, channels: number): Ref => {
  const sums = g.reshape(columnSums(g, x), [x.shape[1]! / channels, channels])
  return sumOver(g, sums, sizeOf(x.shape) / channels)
}

/** Mean and variance of each channel over all pixels of all images, `[1, channels]`, and the centred values as rows. */
export interface Statistics {
  readonly mean: Ref
  readonly variance: Ref
  readonly centred: Ref
}

/** Concatenates matrices of the same rows along channels. */
const sideBySide = (g: Graph, parts: ReadonlyArray<Ref>, shapes: ReadonlyArray<ReadonlyArray<number>>): Ref => {
  const cubes = parts.map((part, i) => {
    const [images, channels] = [shapes[i]![0]!, shapes[i]![3]!]
    return g.reshape(part, [part.shape[0]!, images, channels])
  })
  const all = arithmetic(g).concat(cubes, 2)
  return g.reshape(all, [all.shape[0]!, all.shape[1]! * all.shape[2]!])
}

const ofWhole = (g: Graph, x: Laid): Statistics => {
  const { sub, square } = arithmetic(g)
  const channels = x.shape.at(-1)!
  const { of, vector } = rowsFor(g, x.shape)
  const rows = of(x)
  const mean = channelMeans(g, rows, channels)
  const centred = sub(rows, vector(mean))
  return { mean, centred, variance: channelMeans(g, square(centred), channels) }
}

const known = new WeakMap<Laid, Statistics>()

/**
 * Two passes: the variance is the mean of squared distances from the mean, which avoids cancellation when the mean is
 * much larger than the deviation. The statistics of a channel do not depend on other channels, so those of a
 * concatenation are assembled from its operands'; a dense block then computes each channel's once instead of in every
 * layer.
 */
export const statistics = (g: Graph, x: Laid): Statistics => {
  const found = known.get(x)
  if (found !== undefined) return found
  const made = x.branches === undefined ? ofWhole(g, x) : ofBranches(g, x.branches)
  known.set(x, made)
  return made
}

const ofBranches = (g: Graph, branches: ReadonlyArray<Laid>): Statistics => {
  const { concat } = arithmetic(g)
  const parts = branches.map((branch) => statistics(g, branch))
  return {
    mean: concat(
      parts.map(({ mean }) => mean),
      1
    ),
    variance: concat(
      parts.map(({ variance }) => variance),
      1
    ),
    centred: sideBySide(
      g,
      parts.map(({ centred }) => centred),
      branches.map(({ shape }) => shape)
    )
  }
}
