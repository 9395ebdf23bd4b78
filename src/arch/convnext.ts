/**
 * ConvNeXt (Liu et al. 2022): with torchvision's layout, names and initialisation, and timm's smaller `nano` with timm's.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  constant,
  conv2d,
  flatten,
  gelu,
  identity,
  type Layer,
  layerNorm,
  layerScale,
  linear,
  linear2d,
  linearDepth,
  named,
  normal,
  numbered,
  sequential,
  stochasticDepth,
  sum,
  type WeightsRecord
} from '../model/index.js'
import { timm } from './timm.js'
import { torchvisionRecord } from './torchvision.js'

/** torch's `trunc_normal_` cuts at ±2, a hundred standard deviations away. */
const init = { weightInit: normal(0.02), biasInit: constant(0) }
const norm = (channels: number): Layer => layerNorm(channels, { eps: 1e-6 })
const depthwise = (channels: number): Layer => conv2d(channels, channels, 7, { padding: 3, groups: channels, ...init })

interface Sizes {
  readonly depths: ReadonlyArray<number>
  readonly widths: ReadonlyArray<number>
  /** Probability with which the last block is skipped in training. */
  readonly p: number
}

/** The probability of stochastic depth of every block, stage by stage. */
const depthRates = ({ depths, p }: Sizes): ReadonlyArray<ReadonlyArray<number>> => {
  const rates = linearDepth(
    p,
    depths.reduce((a, b) => a + b, 0)
  )
  return depths.map((depth, s) => {
    const from = depths.slice(0, s).reduce((a, b) => a + b, 0)
    return rates.slice(from, from + depth)
  })
}

const block = (channels: number, p: number): Layer => {
  const inner = sequential(
    named('0', depthwise(channels)),
    named('2', norm(channels)),
    named('3', linear2d(channels, 4 * channels, init)),
    gelu,
    named('5', linear2d(4 * channels, channels, init))
  )
  const gamma = layerScale(channels, { expanded: true, init: constant(1e-6) })
  return sum(sequential(named('block', inner), named('layer_scale', gamma), stochasticDepth(p)), identity)
}

const network = (sizes: Sizes): Layer => {
  const { widths } = sizes
  const stages = depthRates(sizes).flatMap((rates, s) => {
    const width = widths[s]!
    const blocks = numbered(...rates.map((p) => block(width, p)))
    return s === 0
      ? [numbered(conv2d(3, width, 4, { stride: 4, ...init }), norm(width)), blocks]
      : [numbered(norm(widths[s - 1]!), conv2d(widths[s - 1]!, width, 2, { stride: 2, ...init })), blocks]
  })
  const last = widths.at(-1)!
  return sequential(
    named('features', numbered(...stages)),
    adaptiveAvgPool2d(1),
    named('classifier', sequential(named('0', norm(last)), flatten, named('2', linear(last, 1000, init))))
  )
}

const convnext = (name: string, sizes: Sizes, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({ name, network: network(sizes), cut: -1, split: ['features.5'], published })

/** timm's weights of Meta AI, and of timm's own fine-tuning from ImageNet-12k. */
const timms = (name: string): ReadonlyArray<WeightsRecord> => [timm(name, 'fb_in1k'), timm(name, 'fb_in22k_ft_in1k')]

/**
 * 28,589,128 parameters; body of 768 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const convnext_tiny: Arch = /*#__PURE__*/ convnext(
  'convnext_tiny',
  { depths: [3, 3, 9, 3], widths: [96, 192, 384, 768], p: 0.1 },
  [
    torchvisionRecord('tv_in1k', 'convnext_tiny-983f1562', { size: 224, resized: 236 }),
    ...timms('convnext_tiny'),
    timm('convnext_tiny', 'in12k_ft_in1k', { crop: 0.95 })
  ]
)

/**
 * 50,223,688 parameters; body of 768 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const convnext_small: Arch = /*#__PURE__*/ convnext(
  'convnext_small',
  { depths: [3, 3, 27, 3], widths: [96, 192, 384, 768], p: 0.4 },
  [
    torchvisionRecord('tv_in1k', 'convnext_small-0c510722', { size: 224, resized: 230 }),
    ...timms('convnext_small'),
    timm('convnext_small', 'in12k_ft_in1k', { crop: 0.95 })
  ]
)

/**
 * 88,591,464 parameters; body of 1024 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const convnext_base: Arch = /*#__PURE__*/ convnext(
  'convnext_base',
  { depths: [3, 3, 27, 3], widths: [128, 256, 512, 1024], p: 0.5 },
  [torchvisionRecord('tv_in1k', 'convnext_base-6075fbad', { size: 224, resized: 232 }), ...timms('convnext_base')]
)

const nanoBlock = (channels: number): Layer => {
  const mlp = sequential(
    named('fc1', conv2d(channels, 4 * channels, 1, init)),
    gelu,
    named('fc2', conv2d(4 * channels, channels, 1, init))
  )
  return sum(
    sequential(
      named('conv_dw', depthwise(channels)),
      named('norm', norm(channels)),
      named('mlp', mlp),
      named('gamma', layerScale(channels, { init: constant(1e-6) }))
    ),
    identity
  )
}

const nanoNetwork = (depths: ReadonlyArray<number>, widths: ReadonlyArray<number>): Layer => {
  const stages = depths.map((depth, s) => {
    const before = widths[s - 1]
    const down =
      before === undefined
        ? []
        : [named('downsample', numbered(norm(before), conv2d(before, widths[s]!, 2, { stride: 2, ...init })))]
    const blocks = numbered(...Array.from({ length: depth }, () => nanoBlock(widths[s]!)))
    return sequential(...down, named('blocks', blocks))
  })
  const last = widths.at(-1)!
  const classifier = sequential(
    adaptiveAvgPool2d(1),
    named('norm', norm(last)),
    flatten,
    named('fc', linear(last, 1000, init))
  )
  return sequential(
    named('stem', numbered(conv2d(3, widths[0]!, 4, { stride: 4, ...init }), norm(widths[0]!))),
    named('stages', numbered(...stages)),
    named('head', classifier)
  )
}

/**
 * timm's, with 1×1 convolutions in place of linear layers: 15,593,560 parameters; body of 640 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const convnext_nano: Arch = /*#__PURE__*/ arch({
  name: 'convnext_nano',
  network: nanoNetwork([2, 2, 8, 2], [80, 160, 320, 640]),
  cut: -1,
  split: ['stages.2'],
  published: [timm('convnext_nano', 'in12k_ft_in1k', { crop: 0.95 }), timm('convnext_nano', 'd1h_in1k', { crop: 0.95 })]
})
