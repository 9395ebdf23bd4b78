/**
 * `Primitive`: a layer without children.
 *
 * @since 0.1.0
 */
import { type Activation, activationKinds } from './Activation.js'
import { type Attention, attentionKinds, type WindowAttention } from './Attention.js'
import { type BatchNorm, batchNormKind } from './BatchNorm.js'
import { type Conv2d, conv2dKind } from './Conv2d.js'
import type { LayerArray } from './LayerArray.js'
import { bare, finite, type LayerField, type LayerKind, type Role } from './LayerKind.js'
import { type GroupNorm, groupNormKind, type LayerNorm, layerNormKind } from './LayerNorm.js'
import { type LayerScale, layerScaleKind } from './LayerScale.js'
import { type Linear, linearKind } from './Linear.js'
import { type Linear2d, linear2dKind } from './Linear2d.js'
import {
  type AdaptivePool2d,
  adaptivePool2dKind,
  type AvgPool2d,
  avgPool2dKind,
  type MaxPool2d,
  maxPool2dKind
} from './Pool2d.js'
import { type PositionEmbedding, positionEmbeddingKind } from './PositionEmbedding.js'
import { type Reparametrised, spectralNormKind, weightNormKind } from './Reparametrised.js'
import { type SelfAttention, selfAttentionKind } from './SelfAttention.js'
import { type StochasticDepth, stochasticDepthKind } from './StochasticDepth.js'
import { type Tokens, tokensKinds } from './Tokens.js'
import { type Upsampling, upsamplingKinds } from './Upsampling.js'

/**
 * A layer without children.
 *
 * @category layers
 * @since 0.1.0
 */
export type Primitive =
  | Conv2d
  | Linear
  | Linear2d
  | BatchNorm
  | LayerNorm
  | GroupNorm
  | MaxPool2d
  | AvgPool2d
  | AdaptivePool2d
  | Activation
  | Upsampling
  | SelfAttention
  | Attention
  | WindowAttention
  | Tokens
  | PositionEmbedding
  | LayerScale
  | StochasticDepth
  | Reparametrised
  | { readonly _tag: 'PatchMerging' }
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

/**
 * The pixels of each 2×2 block side by side as channels: `[C, H, W]` → `[4C, ⌈H/2⌉, ⌈W/2⌉]`, in Swin's order: down the
 * first column, then the second (Liu et al. 2021). An odd side is padded with a row or column of zeros.
 *
 * @category layers
 * @since 0.1.0
 */
export const patchMerging: Primitive = { _tag: 'PatchMerging' }

/** The member of a union with this tag, even if the member has several tags. */
type Of<P, T> = P extends { readonly _tag: infer S } ? (T extends S ? P : never) : never

const channels = { _tag: 'Whole', min: 0, default: null } as const

/**
 * Every kind of primitive.
 *
 * @since 0.1.0
 */
export const layerKinds = {
  Conv2d: conv2dKind,
  Linear: linearKind,
  Linear2d: linear2dKind,
  BatchNorm: batchNormKind,
  LayerNorm: layerNormKind,
  GroupNorm: groupNormKind,
  MaxPool2d: maxPool2dKind,
  AvgPool2d: avgPool2dKind,
  AdaptiveAvgPool2d: adaptivePool2dKind,
  AdaptiveMaxPool2d: adaptivePool2dKind,
  AdaptiveConcatPool2d: adaptivePool2dKind,
  ...activationKinds,
  ...upsamplingKinds,
  SelfAttention: selfAttentionKind,
  ...attentionKinds,
  ...tokensKinds,
  PositionEmbedding: positionEmbeddingKind,
  LayerScale: layerScaleKind,
  StochasticDepth: stochasticDepthKind,
  PatchMerging: /*#__PURE__*/ bare('reshaping', {}),
  WeightNorm: weightNormKind,
  SpectralNorm: spectralNormKind,
  Flatten: /*#__PURE__*/ bare('reshaping', {}),
  Identity: /*#__PURE__*/ bare('reshaping', {}),
  Dropout: /*#__PURE__*/ bare('dropout', { p: { _tag: 'Real', within: 'probability', default: null } }),
  Scale: /*#__PURE__*/ bare('reshaping', { factor: finite }),
  PadChannels: /*#__PURE__*/ bare('reshaping', { before: channels, after: channels })
} as const satisfies { readonly [T in Primitive['_tag']]: LayerKind<Of<Primitive, T>> }

/** A kind whose layer is known to be its own. */
interface Kind {
  readonly role: Role
  readonly fields: Readonly<Record<string, LayerField>>
  readonly parameters: (layer: Primitive) => ReadonlyArray<LayerArray>
  readonly buffers: (layer: Primitive) => ReadonlyArray<LayerArray>
}

/**
 * The kind of a primitive.
 *
 * @since 0.1.0
 */
export const kindOf = ({ _tag }: Pick<Primitive, '_tag'>): Kind => layerKinds[_tag] as unknown as Kind
