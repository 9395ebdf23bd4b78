/**
 * `Shape`: the shape of an activation without the batch axis: `[channels, height, width]` for images and feature maps,
 * `[tokens, channels]` for tokens, `[features]` after flattening. Also the arithmetic of sliding windows; no layer is known here.
 *
 * @category shapes
 * @since 0.1.0
 */

/** `[C, H, W]`, `[T, C]` or `[F]`; every entry is a positive integer. */
export type Shape = ReadonlyArray<number>

/**
 * Two numbers: (vertical, horizontal).
 *
 * @category shapes
 * @since 0.1.0
 */
export type Pair = readonly [number, number]

/**
 * Repeats a single number for both directions; returns a pair unchanged.
 *
 * @example
 * import { pair } from './index.js'
 *
 * assert.deepStrictEqual([pair(3), pair([3, 5])], [[3, 3], [3, 5]])
 *
 * @since 0.1.0
 */
export const pair = (n: number | Pair): Pair => (typeof n === 'number' ? [n, n] : n)

/**
 * The number of elements.
 *
 * @example
 * import { sizeOf } from './index.js'
 *
 * assert.strictEqual(sizeOf([3, 28, 28]), 2352)
 *
 * @since 0.1.0
 */
export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

/**
 * Shows `[3, 28, 28]` as `3×28×28`, and `[]` as `scalar`.
 *
 * @example
 * import { showShape } from './index.js'
 *
 * assert.deepStrictEqual([showShape([3, 28, 28]), showShape([])], ['3×28×28', 'scalar'])
 *
 * @since 0.1.0
 */
export const showShape = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'))

/**
 * A sliding window in one direction, in pixels.
 *
 * @category shapes
 * @since 0.1.0
 */
export interface Window {
  readonly kernel: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  /**
   * Round the number of positions up, as torch's `ceil_mode`: the last window may extend past the edge but starts
   * inside.
   */
  readonly ceil: boolean
}

/**
 * The number of positions of a window along a side: ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1 (torch.nn.Conv2d, MaxPool2d); 0 when
 * the window does not fit.
 *
 * @example
 * import { positions } from './index.js'
 *
 * const stem = { kernel: 7, stride: 2, padding: 3, dilation: 1, ceil: false }
 * assert.strictEqual(positions(stem)(224), 112)
 *
 * @since 0.1.0
 */
export const positions =
  (w: Window) =>
  (side: number): number => {
    const room = side + 2 * w.padding - w.dilation * (w.kernel - 1) - 1
    const count = (w.ceil ? Math.ceil(room / w.stride) : Math.floor(room / w.stride)) + 1
    return Math.max(0, w.ceil && (count - 1) * w.stride >= side + w.padding ? count - 1 : count)
  }

/**
 * The bins of adaptive pooling: bin i covers ⌊i·n/o⌋ to ⌈(i+1)·n/o⌉ (torch.nn.AdaptiveAvgPool2d).
 *
 * @example
 * import { adaptiveBins } from './index.js'
 *
 * assert.deepStrictEqual(adaptiveBins(5, 2), [[0, 3], [2, 5]])
 *
 * @since 0.1.0
 */
export const adaptiveBins = (side: number, bins: number): ReadonlyArray<Pair> =>
  Array.from({ length: bins }, (_, i) => [Math.floor((i * side) / bins), Math.ceil(((i + 1) * side) / bins)] as const)

/**
 * The axis of channels: the last of tokens, the first of every other shape.
 *
 * @example
 * import { channelAxis } from './index.js'
 *
 * assert.deepStrictEqual([[64, 7, 7], [196, 384], [512]].map(channelAxis), [0, 1, 0])
 *
 * @since 0.1.0
 */
export const channelAxis = (shape: Shape): number => (shape.length === 2 ? 1 : 0)

/**
 * The shape of a concatenation along channels; the other sides are those of the first shape.
 *
 * @example
 * import { concatShape } from './index.js'
 *
 * assert.deepStrictEqual(concatShape([[8, 4, 4], [3, 4, 4]]), [11, 4, 4])
 * assert.deepStrictEqual(concatShape([[16, 8], [16, 3]]), [16, 11])
 *
 * @since 0.1.0
 */
export const concatShape = (shapes: ReadonlyArray<Shape>): Shape => {
  const first = shapes[0] ?? [0]
  const axis = channelAxis(first)
  return first.with(
    axis,
    shapes.reduce((n, shape) => n + (shape[axis] ?? 0), 0)
  )
}
