/**
 * The windows of a `WindowAttention` on a feature map: padding, shift, and which pixels of a window may attend to which.
 *
 * @since 0.1.0
 */
import type { Pair, WindowAttention } from '../model/index.js'

/**
 * How a feature map is divided into windows.
 *
 * @since 0.1.0
 */
export interface Windows {
  /** Height and width after padding at the bottom and the right. */
  readonly padded: Pair
  /** How far the map is moved up and to the left, wrapping around. */
  readonly shift: Pair
  /** Rows and columns of windows. */
  readonly count: Pair
  /** Pixels of a window. */
  readonly tokens: number
}

/**
 * The windows on a feature map of `size`. As in torchvision, a window that covers a side of the padded map is not
 * shifted along it.
 *
 * @example
 * import { windowsOf } from './index.js'
 * import { windowAttention } from '../model/index.js'
 *
 * assert.deepStrictEqual(windowsOf(windowAttention(96, 3, 7, { shift: 3 }), [16, 7]), {
 *   padded: [21, 7], shift: [3, 0], count: [3, 1], tokens: 49
 * })
 *
 * @since 0.1.0
 */
export const windowsOf = ({ window, shift }: WindowAttention, size: Pair): Windows => {
  const count = [0, 1].map((i) => Math.ceil(size[i]! / window[i]!)) as unknown as Pair
  const moved = (i: 0 | 1): number => (count[i] === 1 ? 0 : shift[i])
  return {
    padded: [count[0] * window[0], count[1] * window[1]],
    shift: [moved(0), moved(1)],
    count,
    tokens: window[0] * window[1]
  }
}

/**
 * For each pair of pixels of a window, in row-major order, the row of the table of relative positions.
 *
 * @example
 * import { relativePositions } from './index.js'
 *
 * assert.deepStrictEqual([...relativePositions([1, 2])], [1, 0, 2, 1])
 *
 * @since 0.1.0
 */
export const relativePositions = ([h, w]: Pair): Int32Array =>
  Int32Array.from({ length: (h * w) ** 2 }, (_, i) => {
    const [a, b] = [Math.floor(i / (h * w)), i % (h * w)]
    const down = Math.floor(a / w) - Math.floor(b / w) + h - 1
    return down * (2 * w - 1) + (a % w) - (b % w) + w - 1
  })

/** The part of a shifted side that a pixel comes from: parts do not attend to one another. */
const partOf = (at: number, side: number, window: number, shift: number): number =>
  shift === 0 || at < side - window ? 0 : at < side - shift ? 1 : 2

/** What torchvision adds to the scores of pixels that may not attend to each other. */
const apart = -100

/**
 * What is added to the scores of each pair of pixels in each window, `[windows, tokens, tokens]`: 0, or −100 where the
 * two come from different sides of the map's edge; null without a shift.
 *
 * @example
 * import { attentionMask, windowsOf } from './index.js'
 * import { windowAttention } from '../model/index.js'
 *
 * const layer = windowAttention(4, 1, [1, 2], { shift: [0, 1] })
 * assert.deepStrictEqual([...(attentionMask(layer, windowsOf(layer, [1, 4])) ?? [])], [0, 0, 0, 0, 0, -100, -100, 0])
 *
 * @since 0.1.0
 */
export const attentionMask = ({ window }: WindowAttention, of: Windows): Float32Array | null => {
  const { padded, shift, count, tokens } = of
  if (shift[0] === 0 && shift[1] === 0) return null
  const parts = Array.from({ length: count[0] * count[1] }, (_, n) =>
    Array.from({ length: tokens }, (_, i) => {
      const y = Math.floor(n / count[1]) * window[0] + Math.floor(i / window[1])
      const x = (n % count[1]) * window[1] + (i % window[1])
      return 3 * partOf(y, padded[0], window[0], shift[0]) + partOf(x, padded[1], window[1], shift[1])
    })
  )
  return Float32Array.from(parts.flatMap((one) => one.flatMap((a) => one.map((b) => (a === b ? 0 : apart)))))
}
