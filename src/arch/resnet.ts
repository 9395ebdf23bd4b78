/**
 * ResNets (He et al. 2015), ResNeXts (Xie et al. 2016) and wide ResNets (Zagoruyko and Komodakis 2016) with torchvision's
 * layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  conv2d,
  flatten,
  identity,
  kaimingNormalFanOut,
  type Layer,
  linear,
  maxPool2d,
  named,
  numbered,
  relu,
  sequential,
  sum,
  type WeightsRecord
} from '../model/index.js'
import { imagenet1kV1, imagenet1kV2 } from './torchvision.js'

const conv = (inChannels: number, outChannels: number, kernelSize: number, stride = 1, groups = 1): Layer =>
  conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    groups,
    bias: false,
    weightInit: kaimingNormalFanOut
  })

const residual = (path: Layer, inChannels: number, outChannels: number, stride: number): Layer => {
  const shortcut =
    stride === 1 && inChannels === outChannels
      ? identity
      : named('downsample', numbered(conv(inChannels, outChannels, 1, stride), batchNorm(outChannels)))
  return sequential(sum(path, shortcut), relu)
}

/** A block's output has `expansion` times its stage's width. */
interface Block {
  readonly expansion: number
  readonly layer: (inChannels: number, width: number, stride: number) => Layer
}

const basic: Block = {
  expansion: 1,
  layer: (inChannels, width, stride) =>
    residual(
      sequential(
        named('conv1', conv(inChannels, width, 3, stride)),
        named('bn1', batchNorm(width)),
        relu,
        named('conv2', conv(width, width, 3)),
        named('bn2', batchNorm(width))
      ),
      inChannels,
      width,
      stride
    )
}

/**
 * The middle convolution has `groups` groups of `widthPerGroup` channels in the stage of width 64, and proportionally
 * more in later stages.
 */
const bottleneck = (groups = 1, widthPerGroup = 64): Block => ({
  expansion: 4,
  layer: (inChannels, width, stride) => {
    const middle = (width / 64) * widthPerGroup * groups
    return residual(
      sequential(
        named('conv1', conv(inChannels, middle, 1)),
        named('bn1', batchNorm(middle)),
        relu,
        named('conv2', conv(middle, middle, 3, stride, groups)),
        named('bn2', batchNorm(middle)),
        relu,
        named('conv3', conv(middle, 4 * width, 1)),
        named('bn3', batchNorm(4 * width))
      ),
      inChannels,
      4 * width,
      stride
    )
  }
})

const stage = ({ expansion, layer }: Block, inChannels: number, width: number, count: number, stride: number): Layer =>
  numbered(
    ...Array.from({ length: count }, (_, i) =>
      i === 0 ? layer(inChannels, width, stride) : layer(width * expansion, width, 1)
    )
  )

type Depths = readonly [number, number, number, number]

const network = (block: Block, [a, b, c, d]: Depths): Layer => {
  const { expansion } = block
  return sequential(
    named('conv1', conv(3, 64, 7, 2)),
    named('bn1', batchNorm(64)),
    named('relu', relu),
    named('maxpool', maxPool2d(3, { stride: 2, padding: 1 })),
    named('layer1', stage(block, 64, 64, a, 1)),
    named('layer2', stage(block, 64 * expansion, 128, b, 2)),
    named('layer3', stage(block, 128 * expansion, 256, c, 2)),
    named('layer4', stage(block, 256 * expansion, 512, d, 2)),
    named('avgpool', adaptiveAvgPool2d(1)),
    flatten,
    named('fc', linear(512 * expansion, 1000))
  )
}

const weights = (name: string, v1: string, v2?: string): ReadonlyArray<WeightsRecord> => [
  imagenet1kV1(`${name}-${v1}`, `timm/${name}.tv_in1k`),
  ...(v2 === undefined ? [] : [imagenet1kV2(`${name}-${v2}`, `timm/${name}.tv2_in1k`)])
]

const resnet = (name: string, block: Block, depths: Depths, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({ name, network: network(block, depths), cut: -2, split: ['layer3'], published })

/** fastai has no `model_meta` entry for these, so its default rules cut and split them. */
const variant = (name: string, block: Block, depths: Depths, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({ name, network: network(block, depths), published })

/**
 * 18 layers, 11,689,512 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnet18: Arch = /*#__PURE__*/ resnet('resnet18', basic, [2, 2, 2, 2], weights('resnet18', 'f37072fd'))

/**
 * 34 layers, 21,797,672 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnet34: Arch = /*#__PURE__*/ resnet('resnet34', basic, [3, 4, 6, 3], weights('resnet34', 'b627a593'))

/**
 * 50 layers, 25,557,032 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnet50: Arch = /*#__PURE__*/ resnet(
  'resnet50',
  bottleneck(),
  [3, 4, 6, 3],
  weights('resnet50', '0676ba61', '11ad3fa6')
)

/**
 * 101 layers, 44,549,160 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnet101: Arch = /*#__PURE__*/ resnet(
  'resnet101',
  bottleneck(),
  [3, 4, 23, 3],
  weights('resnet101', '63fe2227', 'cd907fc2')
)

/**
 * 152 layers, 60,192,808 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnet152: Arch = /*#__PURE__*/ resnet(
  'resnet152',
  bottleneck(),
  [3, 8, 36, 3],
  weights('resnet152', '394f9c45', 'f82ba261')
)

/**
 * 50 layers, convolutions of 32 groups of 4 channels, 25,028,904 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnext50_32x4d: Arch = /*#__PURE__*/ variant(
  'resnext50_32x4d',
  bottleneck(32, 4),
  [3, 4, 6, 3],
  weights('resnext50_32x4d', '7cdf4587', '1a0047aa')
)

/**
 * 101 layers, convolutions of 32 groups of 8 channels, 88,791,336 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const resnext101_32x8d: Arch = /*#__PURE__*/ variant(
  'resnext101_32x8d',
  bottleneck(32, 8),
  [3, 4, 23, 3],
  weights('resnext101_32x8d', '8ba56ff5', '110c445d')
)

/**
 * 50 layers, twice the width within blocks, 68,883,240 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const wide_resnet50_2: Arch = /*#__PURE__*/ variant(
  'wide_resnet50_2',
  bottleneck(1, 128),
  [3, 4, 6, 3],
  weights('wide_resnet50_2', '95faca4d', '9ba9bcbe')
)

/**
 * 101 layers, twice the width within blocks, 126,886,696 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const wide_resnet101_2: Arch = /*#__PURE__*/ variant(
  'wide_resnet101_2',
  bottleneck(1, 128),
  [3, 4, 23, 3],
  weights('wide_resnet101_2', '32ee1156', 'd733dc28')
)
