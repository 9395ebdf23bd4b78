/**
 * Tokens: `[T, C]`, a list of vectors. How a feature map becomes tokens, learned tokens before them, and how tokens are
 * pooled.
 *
 * @since 0.1.0
 */
import { type Init, normal } from './Init.js'
import { bare, layerOf, type LayerKind, none, size } from './LayerKind.js'

const count = { _tag: 'Whole', min: 0, default: 0 } as const

/**
 * Layers that make, extend and pool tokens.
 *
 * @category layers
 * @since 0.1.0
 */
export type Tokens =
  | { readonly _tag: 'Tokens' }
  | LearnedTokens
  | { readonly _tag: 'TakeToken'; readonly index: number }
  | { readonly _tag: 'MeanTokens'; readonly skip: number }

/**
 * Learned tokens that are put before the others.
 *
 * @category layers
 * @since 0.1.0
 */
export interface LearnedTokens {
  readonly _tag: 'LearnedTokens'
  readonly channels: number
  readonly count: number
  readonly init: Init
}

const learnedTokensKind = {
  role: 'reshaping',
  fields: { channels: size, count: { ...size, default: 1 }, init: { _tag: 'Init', default: normal(1e-6) } },
  parameters: ({ channels, count: tokens, init }) => [
    { name: '', shape: [1, tokens, channels], init, fan: { in: channels, out: channels }, decays: 'ifBnWd' }
  ],
  buffers: none
} as const satisfies LayerKind<LearnedTokens>

export const tokensKinds = {
  Tokens: /*#__PURE__*/ bare('reshaping', {}),
  LearnedTokens: learnedTokensKind,
  TakeToken: /*#__PURE__*/ bare('pooling', { index: count }),
  MeanTokens: /*#__PURE__*/ bare('pooling', { skip: count })
}

/**
 * The pixels of a feature map as tokens, row by row: `[C, H, W]` → `[H·W, C]`.
 *
 * @category layers
 * @since 0.1.0
 */
export const tokens: Tokens = { _tag: 'Tokens' }

/**
 * Puts a learned token before the others: `[T, C]` → `[1 + T, C]` (Dosovitskiy et al. 2020). The parameter,
 * `[1, 1, C]`, has the layer's own path, such as timm's `cls_token`; initially normal with std 1e-6.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.parametersOf(nn.classToken(384)).map((p) => p.shape), [[1, 1, 384]])
 *
 * @category layers
 * @since 0.1.0
 */
export const classToken = (channels: number, options: { readonly init?: Init } = {}): LearnedTokens =>
  layerOf('LearnedTokens', learnedTokensKind.fields, { channels, ...options })

/**
 * Puts `count` learned tokens before the others: `[T, C]` → `[count + T, C]` (Darcet et al. 2023). The parameter,
 * `[1, count, C]`, has the layer's own path, such as timm's `reg_token`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.parametersOf(nn.registerTokens(384, 4)).map((p) => p.shape), [[1, 4, 384]])
 *
 * @category layers
 * @since 0.1.0
 */
export const registerTokens = (
  channels: number,
  count: number,
  options: { readonly init?: Init } = {}
): LearnedTokens => layerOf('LearnedTokens', learnedTokensKind.fields, { channels, count, ...options })

/**
 * One token: `[T, C]` → `[C]`; `index` counts from 0 and is by default that of a class token.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.takeToken(), { _tag: 'TakeToken', index: 0 })
 *
 * @category layers
 * @since 0.1.0
 */
export const takeToken = (index = 0): Tokens => ({ _tag: 'TakeToken', index })

/**
 * The mean of the tokens after the first `skip` (by default all): `[T, C]` → `[C]`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * // the class token beside the mean of the others: [T, C] → [2C]
 * assert.strictEqual(nn.leaves(nn.concat(nn.takeToken(), nn.meanTokens(1))).length, 2)
 *
 * @category layers
 * @since 0.1.0
 */
export const meanTokens = (skip = 0): Tokens => ({ _tag: 'MeanTokens', skip })
