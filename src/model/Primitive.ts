/**
 * `Primitive`: a layer without children.
 *
 * @since 0.1.0
 */
import type { Activation } from './Activation.js'
import type { BatchNorm } from './BatchNorm.js'
import type { Conv2d } from './Conv2d.js'
import type { Linear } from './Linear.js'
import type { AdaptivePool2d, AvgPool2d, MaxPool2d } from './Pool2d.js'
import type { Reparametrised } from './Reparametrised.js'
import type { SelfAttention } from './SelfAttention.js'
import type { Upsampling } from './Upsampling.js'

/**
 * A layer without children.
 *
 * @category layers
 * @since 0.1.0
 */
export type Primitive =
  | Conv2d
  | Linear
  | BatchNorm
  | MaxPool2d
  | AvgPool2d
  | AdaptivePool2d
  | Activation
  | Upsampling
  | SelfAttention
  | Reparametrised
  | { readonly _tag: 'Flatten' }
  | { readonly _tag: 'Identity' }
  | { readonly _tag: 'Dropout'; readonly p: number }
  | { readonly _tag: 'Scale'; readonly factor: number }
  | { readonly _tag: 'PadChannels'; readonly before: number; readonly after: number }

/**
 * `[C, H, W]` → `[C·H·W]` in torch's order (channels first).
 *
 * @category layers
 * @since 0.1.0
 */
export const flatten: Primitive = { _tag: 'Flatten' }
/**
 * Returns its input: the shortcut of a residual `sum`.
 *
 * @category layers
 * @since 0.1.0
 */
export const identity: Primitive = { _tag: 'Identity' }
/**
 * Sets each value to 0 with probability `p` in [0, 1] and scales the others by 1/(1−p), in training only.
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.dropout(0.5), { _tag: 'Dropout', p: 0.5 })
 * @category layers
 * @since 0.1.0 */
export const dropout = (p: number): Primitive => ({ _tag: 'Dropout', p })

/**
 * Multiplies by `factor`, for example to scale a branch of a `sum`.
 * @example
 * import { nn, Show } from 'graft-vision'
 * assert.strictEqual(Show.layer.show(nn.scale(0.2)), 'Scale(factor: 0.2)')
 * @category layers
 * @since 0.1.0 */
export const scale = (factor: number): Primitive => ({ _tag: 'Scale', factor })

/**
 * Adds channels of zeros before and after: `[C, H, W]` → `[before + C + after, H, W]`; `after` defaults to `before`
 * (torch.nn.functional.pad on the channel axis).
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.padChannels(8), { _tag: 'PadChannels', before: 8, after: 8 })
 * @category layers
 * @since 0.1.0 */
export const padChannels = (before: number, after = before): Primitive => ({ _tag: 'PadChannels', before, after })
