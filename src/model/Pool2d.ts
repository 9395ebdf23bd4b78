/**
 * Pooling layers: sliding windows, and adaptive pooling with a fixed output size.
 *
 * @since 0.1.0
 */
import { bare, layerOf, type LayerKind, sides } from './LayerKind.js'
import { type Pair, pair } from './Shape.js'

/**
 * Max pooling; `ceilMode` rounds the number of windows up.
 *
 * @category layers
 * @since 0.1.0
 */
export interface MaxPool2d {
  readonly _tag: 'MaxPool2d'
  readonly kernelSize: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly ceilMode: boolean
}

/**
 * Average pooling; `ceilMode` rounds the number of windows up.
 *
 * @category layers
 * @since 0.1.0
 */
export interface AvgPool2d {
  readonly _tag: 'AvgPool2d'
  readonly kernelSize: Pair
  readonly stride: Pair
  readonly ceilMode: boolean
}

/**
 * Pooling to a fixed height and width, whatever the size of the input.
 *
 * @category layers
 * @since 0.1.0
 */
export interface AdaptivePool2d {
  readonly _tag: 'AdaptiveAvgPool2d' | 'AdaptiveMaxPool2d' | 'AdaptiveConcatPool2d'
  readonly outputSize: Pair
}

const window = { kernelSize: sides, stride: { _tag: 'Sides', min: 1, default: { as: 'kernelSize' } } } as const
const ceilMode = { _tag: 'Flag', default: false } as const

export const maxPool2dKind = /*#__PURE__*/ bare('pooling', {
  ...window,
  padding: { _tag: 'Sides', min: 0, default: 0 },
  ceilMode
}) satisfies LayerKind<MaxPool2d>

export const avgPool2dKind = /*#__PURE__*/ bare('pooling', { ...window, ceilMode }) satisfies LayerKind<AvgPool2d>

export const adaptivePool2dKind = /*#__PURE__*/ bare('pooling', {
  outputSize: sides
}) satisfies LayerKind<AdaptivePool2d>

/**
 * Max pooling; `stride` defaults to the kernel size, padding (default 0) counts as −∞.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual([nn.maxPool2d(2).stride, nn.maxPool2d(3, { stride: 2, padding: 1 }).padding], [[2, 2], [1, 1]])
 * @category layers
 * @since 0.1.0 */
export const maxPool2d = (
  kernelSize: number | Pair,
  options: { readonly stride?: number | Pair; readonly padding?: number | Pair; readonly ceilMode?: boolean } = {}
): MaxPool2d => layerOf('MaxPool2d', maxPool2dKind.fields, { kernelSize, ...options })

/**
 * Average pooling without padding; `stride` defaults to the kernel size. With `ceilMode` the last window may extend
 * past the edge; it averages only the pixels inside.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual([nn.avgPool2d([2, 4]).stride, nn.avgPool2d(2).ceilMode], [[2, 4], false])
 * @category layers
 * @since 0.1.0 */
export const avgPool2d = (
  kernelSize: number | Pair,
  options: { readonly stride?: number | Pair; readonly ceilMode?: boolean } = {}
): AvgPool2d => layerOf('AvgPool2d', avgPool2dKind.fields, { kernelSize, ...options })

/**
 * Average pooling to `h`×`w`: `[C, H, W]` → `[C, h, w]`.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.adaptiveAvgPool2d(1).outputSize, [1, 1])
 * @category layers
 * @since 0.1.0 */
export const adaptiveAvgPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveAvgPool2d',
  outputSize: pair(outputSize)
})

/**
 * Max pooling to `h`×`w`: `[C, H, W]` → `[C, h, w]`.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.adaptiveMaxPool2d([7, 5]).outputSize, [7, 5])
 * @category layers
 * @since 0.1.0 */
export const adaptiveMaxPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveMaxPool2d',
  outputSize: pair(outputSize)
})

/**
 * fastai's concat pooling: `[C, H, W]` → `[2C, h, w]`, max pooling first, then average pooling.
 * @example
 * import { nn, Show } from 'graft-vision'
 * assert.strictEqual(Show.layer.show(nn.adaptiveConcatPool2d(1)), 'AdaptiveConcatPool2d(outputSize: [1, 1])')
 * @category layers
 * @since 0.1.0 */
export const adaptiveConcatPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveConcatPool2d',
  outputSize: pair(outputSize)
})
