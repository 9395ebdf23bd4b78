/**
 * EfficientNet (Tan and Le 2019) and EfficientNetV2 (Tan and Le 2021) with torchvision's layout, names and
 * initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  constant,
  dropout,
  flatten,
  identity,
  type Layer,
  linear,
  named,
  numbered,
  sequential,
  silu,
  squeezeExcite,
  stochasticDepth,
  sum,
  uniform,
  type WeightsRecord
} from '../model/index.js'
import { convNormAct, divisible } from './convNormAct.js'
import { half, timm } from './timm.js'
import { torchvisionRecord } from './torchvision.js'

/** A stage of blocks: mobile inverted bottlenecks with squeeze-and-excitation, or fused ones without. */
interface Stage {
  readonly fused?: true
  readonly expansion: number
  readonly kernel: number
  readonly stride: number
  readonly inChannels: number
  readonly outChannels: number
  readonly count: number
}

type Norm = (channels: number) => Layer

const residual = (stage: Stage, inner: ReadonlyArray<Layer>, p: number): Layer => {
  const block = named('block', numbered(...inner))
  return stage.stride === 1 && stage.inChannels === stage.outChannels
    ? sum(sequential(block, stochasticDepth(p)), identity)
    : sequential(block)
}

/** 1×1 expansion, depthwise convolution, squeeze-and-excitation, 1×1 projection. */
const bottleneck = (stage: Stage, norm: Norm, p: number): Layer => {
  const { inChannels, outChannels, kernel, stride } = stage
  const width = divisible(inChannels * stage.expansion)
  return residual(
    stage,
    [
      ...(width === inChannels ? [] : [convNormAct(inChannels, width, 1, { norm, activation: silu })]),
      convNormAct(width, width, kernel, { stride, groups: width, norm, activation: silu }),
      squeezeExcite(width, Math.max(1, Math.floor(inChannels / 4)), { activation: silu }),
      convNormAct(width, outChannels, 1, { norm, activation: null })
    ],
    p
  )
}

/** One convolution in place of the expansion and the depthwise convolution. */
const fused = (stage: Stage, norm: Norm, p: number): Layer => {
  const { inChannels, outChannels, kernel, stride } = stage
  const width = divisible(inChannels * stage.expansion)
  const first = convNormAct(inChannels, width === inChannels ? outChannels : width, kernel, {
    stride,
    norm,
    activation: silu
  })
  const rest = width === inChannels ? [] : [convNormAct(width, outChannels, 1, { norm, activation: null })]
  return residual(stage, [first, ...rest], p)
}

/** The blocks of each stage; the probability of stochastic depth rises from 0 towards 0.2 over all blocks. */
const blocksOf = (stages: ReadonlyArray<Stage>, norm: Norm): ReadonlyArray<Layer> => {
  const total = stages.reduce((n, { count }) => n + count, 0)
  let at = 0
  return stages.map((stage) =>
    numbered(
      ...Array.from({ length: stage.count }, (_, i) => {
        const own = i === 0 ? stage : { ...stage, inChannels: stage.outChannels, stride: 1 }
        return (own.fused === true ? fused : bottleneck)(own, norm, (0.2 * at++) / total)
      })
    )
  )
}

interface Sizes {
  readonly stages: ReadonlyArray<Stage>
  readonly lastChannels: number
  readonly p: number
  readonly norm?: Norm
}

const network = ({ stages, lastChannels, p, norm = batchNorm }: Sizes): Layer =>
  sequential(
    named(
      'features',
      numbered(
        convNormAct(3, stages[0]!.inChannels, 3, { stride: 2, norm, activation: silu }),
        ...blocksOf(stages, norm),
        convNormAct(stages.at(-1)!.outChannels, lastChannels, 1, { norm, activation: silu })
      )
    ),
    adaptiveAvgPool2d(1),
    flatten,
    named(
      'classifier',
      numbered(dropout(p), linear(lastChannels, 1000, { weightInit: uniform(1000 ** -0.5), biasInit: constant(0) }))
    )
  )

const stage = (
  expansion: number,
  kernel: number,
  stride: number,
  inChannels: number,
  outChannels: number,
  count: number
): Stage => ({ expansion, kernel, stride, inChannels, outChannels, count })

/** The stages of EfficientNet-B0 (Tan and Le 2019, table 1). */
const base: ReadonlyArray<Stage> = [
  stage(1, 3, 1, 32, 16, 1),
  stage(6, 3, 2, 16, 24, 2),
  stage(6, 5, 2, 24, 40, 2),
  stage(6, 3, 2, 40, 80, 3),
  stage(6, 5, 1, 80, 112, 3),
  stage(6, 5, 2, 112, 192, 4),
  stage(6, 3, 1, 192, 320, 1)
]

/** B0 with `width` times as many channels and `depth` times as many blocks. */
const scaled = (width: number, depth: number, p: number): Sizes => {
  const stages = base.map((s) => ({
    ...s,
    inChannels: divisible(s.inChannels * width),
    outChannels: divisible(s.outChannels * width),
    count: Math.ceil(s.count * depth)
  }))
  return { stages, lastChannels: 4 * stages.at(-1)!.outChannels, p }
}

interface Named {
  readonly name: string
  readonly sizes: Sizes
  readonly split: string
  readonly published: ReadonlyArray<WeightsRecord>
}

const efficientnet = ({ name, sizes, split, published }: Named): Arch =>
  arch({ name, network: network(sizes), cut: -1, split: [split], published })

/**
 * 5,288,548 parameters; body of 1280 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_b0: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_b0',
  sizes: scaled(1, 1, 0.2),
  split: 'features.5',
  published: [
    torchvisionRecord('tv_in1k', 'efficientnet_b0_rwightman-7f5810bc', { size: 224, resized: 256 }),
    timm('efficientnet_b0', 'ra_in1k'),
    timm('efficientnet_b0', 'ra4_e3600_r224_in1k', { crop: 0.9, stats: half })
  ]
})

/**
 * 7,794,184 parameters; body of 1280 channels at stride 32; trained on images of 240 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_b1: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_b1',
  sizes: scaled(1, 1.1, 0.2),
  split: 'features.5',
  published: [
    torchvisionRecord('tv_in1k', 'efficientnet_b1_rwightman-bac287d4', { size: 240, resized: 256 }),
    torchvisionRecord('tv2_in1k', 'efficientnet_b1-c27df63c', { size: 240, resized: 255 })
  ]
})

/**
 * 9,109,994 parameters; body of 1408 channels at stride 32; trained on images of 288 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_b2: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_b2',
  sizes: scaled(1.1, 1.2, 0.3),
  split: 'features.5',
  published: [torchvisionRecord('tv_in1k', 'efficientnet_b2_rwightman-c35c1473', { size: 288, resized: 288 })]
})

/**
 * 12,233,232 parameters; body of 1536 channels at stride 32; trained on images of 300 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_b3: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_b3',
  sizes: scaled(1.2, 1.4, 0.3),
  split: 'features.5',
  published: [torchvisionRecord('tv_in1k', 'efficientnet_b3_rwightman-b3899882', { size: 300, resized: 320 })]
})

/**
 * 19,341,616 parameters; body of 1792 channels at stride 32; trained on images of 380 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_b4: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_b4',
  sizes: scaled(1.4, 1.8, 0.4),
  split: 'features.5',
  published: [torchvisionRecord('tv_in1k', 'efficientnet_b4_rwightman-23ab8bcd', { size: 380, resized: 384 })]
})

/**
 * EfficientNetV2-S: 21,458,488 parameters; body of 1280 channels at stride 32; trained on images of 384 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const efficientnet_v2_s: Arch = /*#__PURE__*/ efficientnet({
  name: 'efficientnet_v2_s',
  sizes: {
    stages: [
      { fused: true, ...stage(1, 3, 1, 24, 24, 2) },
      { fused: true, ...stage(4, 3, 2, 24, 48, 4) },
      { fused: true, ...stage(4, 3, 2, 48, 64, 4) },
      stage(4, 3, 2, 64, 128, 6),
      stage(6, 3, 1, 128, 160, 9),
      stage(6, 3, 2, 160, 256, 15)
    ],
    lastChannels: 1280,
    p: 0.2,
    norm: (channels) => batchNorm(channels, { eps: 1e-3 })
  },
  split: 'features.4',
  published: [torchvisionRecord('tv_in1k', 'efficientnet_v2_s-dd5fe13b', { size: 384, resized: 384 })]
})
