import { arithmetic } from '../graph/arithmetic.js'
import type { CompilerSettings, Graph, Ref } from '../graph/Graph.js'
import { images, pixelMatrix, type Laid } from '../graph/Layout.js'
import { gatherRows } from '../graph/rows.js'
import { sizeOf } from '../graph/shapes.js'
import { tapsOf, type RowTable } from '../graph/Window.js'
import type { Convolution, Direction } from './Convolution.js'
import { convForm, trainingCost } from './index.js'

/**
 * Grouped convolutions: several groups at a time are computed as one convolution over all their channels, whose filter
 * is zero between groups. This does more multiplications, but products of 4 channels are too small to be efficient, and
 * any algorithm for ordinary convolutions can be used. The cost table decides how many groups are merged. A NaN in one
 * group contaminates the groups merged with it.
 */
export interface Grouped {
  readonly whole: Convolution
  readonly groups: number
}

/** Several groups merged into one convolution. */
export interface Merged {
  readonly whole: Convolution
  readonly groups: number
  /** The convolution of one part, that is of merged groups. */
  readonly part: Convolution
  /** Groups in each part. */
  readonly count: number
  /** Number of parts. */
  readonly parts: number
}

export const mergedBy = ({ whole: c, groups }: Grouped, count: number): Merged => {
  const parts = groups / count
  const [channels, filters] = [c.channels / parts, c.filters / parts]
  const part = { ...c, channels, filters, input: c.input.with(3, channels), output: c.output.with(3, filters) }
  return { whole: c, groups, part, count, parts }
}

/** The number of groups to merge that is expected to be fastest in training; all directions use the same. */
export const merged = (c: Grouped, settings: CompilerSettings): Merged => {
  const cost = ({ part, parts }: Merged): number => parts * trainingCost(part, settings)
  return Array.from({ length: c.groups }, (_, i) => i + 1)
    .filter((count) => c.groups % count === 0)
    .map((count) => mergedBy(c, count))
    .reduce((a, b) => (cost(b) < cost(a) ? b : a))
}

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i)

/** The channels of one part. */
const channelsOf = (g: Graph, x: Laid, { parts }: Merged, at: number): Laid => {
  if (parts === 1) return x
  const matrix = pixelMatrix(g, x)
  const channels = x.shape[3]!
  const [rows, width] = [sizeOf(x.shape) / channels, channels / parts]
  const some = arithmetic(g).slice(g.reshape(matrix, [rows, channels]), [0, at * width], [rows, width])
  return images(g, g.reshape(some, [matrix.shape[0]!, matrix.shape[1]! / parts]), x.shape.with(3, width))
}

/** Concatenates the pixel matrices of all parts along channels. */
const sideBySide = (g: Graph, parts: ReadonlyArray<Ref>, shape: ReadonlyArray<number>): Ref => {
  const channels = shape[3]!
  const rows = sizeOf(shape) / channels
  const all = arithmetic(g).concat(
    parts.map((part) => g.reshape(part, [rows, channels / parts.length])),
    1
  )
  return g.reshape(all, [shape[1]! * shape[2]!, shape[0]! * channels])
}

/**
 * Positions of one part's weights `[tap, group, channel, group, filters]` in all weights `[tap, channel, group,
 * filters]`; none where the groups differ.
 */
const spread = ({ part, count, parts }: Merged, at: number): RowTable => {
  const [taps, channels, groups] = [tapsOf(part.window), part.channels / count, count * parts]
  const rows = taps * channels * groups
  const indices = numbers(taps).flatMap((tap) =>
    numbers(part.channels).flatMap((row) =>
      numbers(count).map((group) => {
        const [own, channel] = [Math.floor(row / channels), row % channels]
        return own === group ? (tap * channels + channel) * groups + at * count + group : rows
      })
    )
  )
  return { indices: Int32Array.from(indices), rows }
}

/** Positions of the weights of one part's own groups, `[tap, channel, group, filters]`, in those of `spread`. */
const own = ({ part, count }: Merged): RowTable => {
  const [taps, channels] = [tapsOf(part.window), part.channels / count]
  const indices = numbers(taps).flatMap((tap) =>
    numbers(channels).flatMap((channel) =>
      numbers(count).map((group) => ((tap * count + group) * channels + channel) * count + group)
    )
  )
  return { indices: Int32Array.from(indices), rows: taps * part.channels * count }
}

const keyOf = ({ part, count, parts }: Merged): string =>
  [tapsOf(part.window), part.channels, part.filters, count, parts].join()

/** The weights of one part. */
const weightsOf = (g: Graph, filter: Ref, m: Merged, at: number): Ref => {
  const table = spread(m, at)
  const width = m.part.filters / m.count
  return gatherRows(g, g.reshape(filter, [table.rows, width]), `spread groups ${at} ${keyOf(m)}`, table)
}

const formOf = (g: Graph, m: Merged, direction: Direction, filter?: Ref) =>
  convForm(m.part, direction, g.settings, filter !== undefined && g.isFixed(filter))

/** `filter` is `[h, w, channels / groups, filters]` with any shape; images may be in any layout. */
export const grouped = {
  forward: (g: Graph, x: Laid, filter: Ref, m: Merged): Laid => {
    const form = formOf(g, m, 'forward', filter)
    const parts = numbers(m.parts).map((at) =>
      form.forward(g, channelsOf(g, x, m, at), weightsOf(g, filter, m, at), m.part)
    )
    return images(g, sideBySide(g, parts, m.whole.output), m.whole.output)
  },
  input: (g: Graph, dy: Laid, filter: Ref, m: Merged): Laid => {
    const form = formOf(g, m, 'input', filter)
    const parts = numbers(m.parts).map((at) =>
      form.input(g, channelsOf(g, dy, m, at), weightsOf(g, filter, m, at), m.part)
    )
    return images(g, sideBySide(g, parts, m.whole.input), m.whole.input)
  },
  /** `[taps·channels / groups, filters]` */
  filter: (g: Graph, x: Laid, dy: Laid, m: Merged): Ref => {
    const form = formOf(g, m, 'filter')
    const [table, width] = [own(m), m.part.filters / m.count]
    const rows = (tapsOf(m.part.window) * m.whole.channels) / m.groups
    const parts = numbers(m.parts).map((at) => {
      const all = form.filter(g, channelsOf(g, x, m, at), channelsOf(g, dy, m, at), m.part)
      const some = gatherRows(g, g.reshape(all, [table.rows, width]), `own groups ${keyOf(m)}`, table)
      return g.reshape(some, [rows, m.part.filters])
    })
    return arithmetic(g).concat(parts, 1)
  }
}
