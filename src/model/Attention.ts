/**
 * `Attention` and `WindowAttention`: multi-head attention between tokens, and between the pixels of a window.
 *
 * @since 0.1.0
 */
import { constant, type Init, normal, torchDefault } from './Init.js'
import type { LayerArray } from './LayerArray.js'
import { layerOf, type LayerKind, none, sides, size } from './LayerKind.js'
import type { Pair } from './Shape.js'
import { weightAndBias } from './weightAndBias.js'

/**
 * Multi-head attention between tokens.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Attention {
  readonly _tag: 'Attention'
  readonly channels: number
  readonly heads: number
  readonly qkvBias: boolean
  readonly qkNorm: boolean
  readonly torchNames: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

/**
 * Multi-head attention within windows of a feature map.
 *
 * @category layers
 * @since 0.1.0
 */
export interface WindowAttention {
  readonly _tag: 'WindowAttention'
  readonly channels: number
  readonly heads: number
  readonly window: Pair
  readonly shift: Pair
  readonly weightInit: Init
  readonly biasInit: Init
}

const inits = {
  weightInit: { _tag: 'Init', default: torchDefault },
  biasInit: { _tag: 'Init', default: constant(0) }
} as const

interface Projections {
  readonly channels: number
  readonly weightInit: Init
  readonly biasInit: Init
}

/** The arrays of a linear layer, whose names begin with `prefix`. */
const projection = (
  { channels, ...init }: Projections,
  prefix: string,
  times: number,
  bias: boolean
): ReadonlyArray<LayerArray> =>
  weightAndBias({ ...init, bias }, [times * channels, channels], { in: channels, out: times * channels }).map(
    (array) => ({ ...array, name: `${prefix}${array.name}` })
  )

const headNorm = (layer: Attention, name: string): ReadonlyArray<LayerArray> => {
  const width = layer.channels / layer.heads
  const init = { bias: true, weightInit: constant(1), biasInit: constant(0) }
  return weightAndBias(init, [width], { in: width, out: width }).map((array) => ({
    ...array,
    name: `${name}.${array.name}`,
    decays: 'ifBnWd'
  }))
}

const attentionKind = {
  role: 'weighted',
  fields: {
    channels: size,
    heads: size,
    qkvBias: { _tag: 'Flag', default: true },
    qkNorm: { _tag: 'Flag', default: false },
    torchNames: { _tag: 'Flag', default: false },
    ...inits
  },
  parameters: (layer) => [
    ...projection(layer, layer.torchNames ? 'in_proj_' : 'qkv.', 3, layer.qkvBias),
    ...(layer.qkNorm ? [...headNorm(layer, 'q_norm'), ...headNorm(layer, 'k_norm')] : []),
    ...projection(layer, layer.torchNames ? 'out_proj.' : 'proj.', 1, true)
  ],
  buffers: none
} as const satisfies LayerKind<Attention>

const windowAttentionKind = {
  role: 'weighted',
  fields: {
    channels: size,
    heads: size,
    window: sides,
    shift: { _tag: 'Sides', min: 0, default: 0 },
    ...inits
  },
  parameters: (layer) => {
    const positions = (2 * layer.window[0] - 1) * (2 * layer.window[1] - 1)
    return [
      {
        name: 'relative_position_bias_table',
        shape: [positions, layer.heads],
        init: normal(0.02),
        fan: { in: positions, out: layer.heads },
        decays: 'ifBnWd'
      },
      ...projection(layer, 'qkv.', 3, true),
      ...projection(layer, 'proj.', 1, true)
    ]
  },
  buffers: none
} as const satisfies LayerKind<WindowAttention>

export const attentionKinds = { Attention: attentionKind, WindowAttention: windowAttentionKind }

/**
 * Multi-head attention between the tokens of `[T, C]` (Vaswani et al. 2017), followed by a linear layer. `heads` divides
 * `channels`. Options: `qkvBias`, whether queries, keys and values have a bias (default true); `qkNorm`, whether queries
 * and keys are normalised, head by head, by a layer norm (default false). Parameters have timm's names (`qkv.weight`,
 * `proj.weight`), or with `torchNames` those of torch's `MultiheadAttention` (`in_proj_weight`, `out_proj.weight`).
 * Memory grows with the square of the number of tokens.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.parametersOf(nn.attention(384, 6)).map((p) => [p.name, p.shape]), [
 *   ['qkv.weight', [1152, 384]],
 *   ['qkv.bias', [1152]],
 *   ['proj.weight', [384, 384]],
 *   ['proj.bias', [384]]
 * ])
 *
 * @category layers
 * @since 0.1.0
 */
export const attention = (
  channels: number,
  heads: number,
  options: {
    readonly qkvBias?: boolean
    readonly qkNorm?: boolean
    readonly torchNames?: boolean
    readonly weightInit?: Init
    readonly biasInit?: Init
  } = {}
): Attention => layerOf('Attention', attentionKind.fields, { channels, heads, ...options })

/**
 * Multi-head attention between the pixels of each `window` of `[C, H, W]` (Liu et al. 2021, Swin; torchvision's
 * `ShiftedWindowAttention`), with a learned bias for every relative position, followed by a linear layer. The feature
 * map is padded with zeros to a multiple of the window. With a `shift` (default 0), windows are moved by that many
 * pixels, and wrap around the edges without attending across them; a window that is as large as the map is not moved.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const names = nn.parametersOf(nn.windowAttention(96, 3, 7, { shift: 3 })).map((p) => p.name)
 * assert.deepStrictEqual(names[0], 'relative_position_bias_table')
 *
 * @category layers
 * @since 0.1.0
 */
export const windowAttention = (
  channels: number,
  heads: number,
  window: number | Pair,
  options: { readonly shift?: number | Pair; readonly weightInit?: Init; readonly biasInit?: Init } = {}
): WindowAttention => layerOf('WindowAttention', windowAttentionKind.fields, { channels, heads, window, ...options })
