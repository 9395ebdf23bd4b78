/**
 * ViT (Dosovitskiy et al. 2020): timm's, with timm's layout and names, among them DINOv2's (Oquab et al. 2023), and
 * torchvision's.
 *
 * @since 0.1.0
 */
import {
  arch,
  type Arch,
  attention,
  classToken,
  constant,
  conv2d,
  gelu,
  identity,
  imagenetInput,
  type Layer,
  layerNorm,
  layerScale,
  linear,
  named,
  normal,
  numbered,
  patchEmbed,
  positionEmbedding,
  sequential,
  sum,
  takeToken,
  tokens,
  type WeightsRecord,
  xavierUniform
} from '../model/index.js'
import { half, timm } from './timm.js'
import { imagenet1kV1 } from './torchvision.js'

interface Sizes {
  readonly channels: number
  readonly heads: number
  readonly depth: number
  readonly patch: number
  /** Side in pixels of the images that the positions are for. */
  readonly size: number
  /** Initial value of layer scale; without it there is none. */
  readonly scale?: number
}

const norm = (channels: number): Layer => layerNorm(channels, { eps: 1e-6 })

const init = { weightInit: normal(0.02), biasInit: constant(0) }

/** Names of a block's parts. */
interface BlockNames {
  readonly norms: readonly [string, string]
  readonly attention: string
  readonly hidden: readonly [string, string]
}

const block = (sizes: Sizes, names: BlockNames, torchNames: boolean): Layer => {
  const { channels, heads, scale } = sizes
  const linearInit = torchNames ? { weightInit: xavierUniform, biasInit: normal(1e-6) } : init
  const scaled = (name: string): ReadonlyArray<ReturnType<typeof named>> =>
    scale === undefined
      ? []
      : [named(name, sequential(named('gamma', layerScale(channels, { init: constant(scale) }))))]
  const mlp = sequential(
    named(names.hidden[0], linear(channels, 4 * channels, linearInit)),
    gelu,
    named(names.hidden[1], linear(4 * channels, channels, linearInit))
  )
  const attending = attention(channels, heads, { torchNames, weightInit: linearInit.weightInit })
  return sequential(
    sum(
      sequential(named(names.norms[0], norm(channels)), named(names.attention, attending), ...scaled('ls1')),
      identity
    ),
    sum(sequential(named(names.norms[1], norm(channels)), named('mlp', mlp), ...scaled('ls2')), identity)
  )
}

const timmNames: BlockNames = { norms: ['norm1', 'norm2'], attention: 'attn', hidden: ['fc1', 'fc2'] }
const torchvisionNames: BlockNames = { norms: ['ln_1', 'ln_2'], attention: 'self_attention', hidden: ['0', '3'] }

const repeated = (depth: number, layer: Layer): ReadonlyArray<Layer> => Array.from({ length: depth }, () => layer)

const network = (sizes: Sizes): Layer => {
  const { channels, depth, patch, size } = sizes
  return sequential(
    named('patch_embed', patchEmbed(3, channels, patch, init)),
    named('cls_token', classToken(channels)),
    named('pos_embed', positionEmbedding(channels, Math.floor(size / patch), { prefix: 1 })),
    named('blocks', numbered(...repeated(depth, block(sizes, timmNames, false)))),
    named('norm', norm(channels)),
    takeToken(0),
    named('head', linear(channels, 1000, { weightInit: constant(0), biasInit: constant(0) }))
  )
}

/** torchvision's order of names: the positions and blocks belong to the encoder. */
const torchvisionNetwork = (sizes: Sizes): Layer => {
  const { channels, depth, patch, size } = sizes
  const blocks = repeated(depth, block(sizes, torchvisionNames, true)).map((layer, i) =>
    named(`encoder_layer_${i}`, layer)
  )
  return sequential(
    named(
      'conv_proj',
      conv2d(3, channels, patch, {
        stride: patch,
        weightInit: normal((3 * patch * patch) ** -0.5),
        biasInit: constant(0)
      })
    ),
    tokens,
    named('class_token', classToken(channels, { init: constant(0) })),
    named(
      'encoder',
      sequential(
        named('pos_embedding', positionEmbedding(channels, size / patch, { prefix: 1 })),
        named('layers', sequential(...blocks)),
        named('ln', norm(channels))
      )
    ),
    takeToken(0),
    named(
      'heads',
      sequential(named('head', linear(channels, 1000, { weightInit: constant(0), biasInit: constant(0) })))
    )
  )
}

/** Images of 224 pixels with means and deviations of one half; of which the centre 0.9 is kept. */
const augregInput = { ...imagenetInput, ...half, crop: 0.9 }

const augreg = (name: string, channels: number, heads: number, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({
    name,
    network: network({ channels, heads, depth: 12, patch: 16, size: 224 }),
    input: augregInput,
    cut: -1,
    split: ['blocks.6'],
    published
  })

const how = { crop: 0.9, stats: half }

/**
 * 5,717,416 parameters; body of 192 channels, in patches of 16 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_tiny_patch16_224: Arch = /*#__PURE__*/ augreg('vit_tiny_patch16_224', 192, 3, [
  timm('vit_tiny_patch16_224', 'augreg_in21k_ft_in1k', how)
])

/**
 * 22,050,664 parameters; body of 384 channels, in patches of 16 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_small_patch16_224: Arch = /*#__PURE__*/ augreg('vit_small_patch16_224', 384, 6, [
  timm('vit_small_patch16_224', 'augreg_in21k_ft_in1k', how),
  timm('vit_small_patch16_224', 'augreg_in1k', how)
])

/**
 * 86,567,656 parameters; body of 768 channels, in patches of 16 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_base_patch16_224: Arch = /*#__PURE__*/ augreg('vit_base_patch16_224', 768, 12, [
  timm('vit_base_patch16_224', 'augreg2_in21k_ft_in1k', how),
  timm('vit_base_patch16_224', 'augreg_in21k_ft_in1k', how),
  timm('vit_base_patch16_224', 'augreg_in1k', how)
])

const dinov2 = (name: string, channels: number, heads: number): Arch =>
  arch({
    name,
    network: network({ channels, heads, depth: 12, patch: 14, size: 518, scale: 1e-5 }),
    input: { ...imagenetInput, size: 518, crop: 1 },
    cut: -1,
    split: ['blocks.6'],
    published: [timm(name, 'lvd142m', { size: 518, crop: 1, classes: 0 })]
  })

/**
 * DINOv2's, whose published weights have no classifier: 22,441,192 parameters with one; body of 384 channels, in patches
 * of 14 pixels; trained on images of 518 pixels. Smaller images, in sides that 14 divides, interpolate the positions.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_small_patch14_dinov2: Arch = /*#__PURE__*/ dinov2('vit_small_patch14_dinov2', 384, 6)

/**
 * DINOv2's, whose published weights have no classifier: 87,348,712 parameters with one; body of 768 channels, in patches
 * of 14 pixels; trained on images of 518 pixels. Smaller images, in sides that 14 divides, interpolate the positions.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_base_patch14_dinov2: Arch = /*#__PURE__*/ dinov2('vit_base_patch14_dinov2', 768, 12)

/**
 * torchvision's ViT-B/16: 86,567,656 parameters; body of 768 channels, in patches of 16 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vit_b_16: Arch = /*#__PURE__*/ arch({
  name: 'vit_b_16',
  network: torchvisionNetwork({ channels: 768, heads: 12, depth: 12, patch: 16, size: 224 }),
  cut: -1,
  split: ['encoder.layers.encoder_layer_6'],
  published: [imagenet1kV1('vit_b_16-c867db91')]
})
