/**
 * `xresnet2`: fastai's second implementation of XResNets, with torchvision's names. The average pools of its shortcuts
 * round down, so image sides must be multiples of 32. No weights are published.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  avgPool2d,
  batchNorm,
  constant,
  flatten,
  identity,
  kaimingNormalFanOut,
  type Layer,
  linear,
  maxPool2d,
  named,
  normal,
  numbered,
  relu,
  sequential,
  sum
} from '../model/index.js'
import { sameConv } from './sameConv.js'

const conv = /*#__PURE__*/ sameConv(kaimingNormalFanOut)

const convNormRelu = (inChannels: number, outChannels: number, stride: number): Layer =>
  numbered(conv(inChannels, outChannels, 3, stride), batchNorm(outChannels), relu)

/** The last batch norm of a block; with weight 0, the block is initially its shortcut. */
const lastNorm = (channels: number): Layer => batchNorm(channels, { weightInit: constant(0) })

const basic = (inChannels: number, width: number, stride: number): Layer =>
  sequential(
    named('conv1', conv(inChannels, width, 3, stride)),
    named('bn1', batchNorm(width)),
    relu,
    named('conv2', conv(width, width, 3)),
    named('bn2', lastNorm(width))
  )

const bottleneck = (inChannels: number, width: number, stride: number): Layer =>
  sequential(
    named('conv1', conv(inChannels, width, 1)),
    named('bn1', batchNorm(width)),
    relu,
    named('conv2', conv(width, width, 3, stride)),
    named('bn2', batchNorm(width)),
    relu,
    named('conv3', conv(width, 4 * width, 1)),
    named('bn3', lastNorm(4 * width))
  )

type Expansion = 1 | 4

const block = (expansion: Expansion, inChannels: number, width: number, stride: number): Layer => {
  const outChannels = expansion * width
  const widened = [conv(inChannels, outChannels, 1), batchNorm(outChannels)]
  const shortcut =
    stride === 1 && inChannels === outChannels
      ? identity
      : named('downsample', numbered(...(stride === 1 ? widened : [avgPool2d(2), ...widened])))
  return sequential(sum((expansion === 1 ? basic : bottleneck)(inChannels, width, stride), shortcut), relu)
}

const stage = (expansion: Expansion, inChannels: number, width: number, count: number, stride: number): Layer =>
  numbered(
    ...Array.from({ length: count }, (_, i) =>
      i === 0 ? block(expansion, inChannels, width, stride) : block(expansion, width * expansion, width, 1)
    )
  )

const xresnet = (name: string, expansion: Expansion, [a, b, c, d]: readonly [number, number, number, number]): Arch =>
  arch({
    name: `xresnet2.${name}`,
    network: sequential(
      named('conv1', convNormRelu(3, 32, 2)),
      named('conv2', convNormRelu(32, 32, 1)),
      named('conv3', convNormRelu(32, 64, 1)),
      named('maxpool', maxPool2d(3, { stride: 2, padding: 1 })),
      named('layer1', stage(expansion, 64, 64, a, 1)),
      named('layer2', stage(expansion, 64 * expansion, 128, b, 2)),
      named('layer3', stage(expansion, 128 * expansion, 256, c, 2)),
      named('layer4', stage(expansion, 256 * expansion, 512, d, 2)),
      named('avgpool', adaptiveAvgPool2d(1)),
      flatten,
      named('fc', linear(512 * expansion, 1000, { weightInit: normal(0.01) }))
    )
  })

/**
 * 11,708,744 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet18: Arch = /*#__PURE__*/ xresnet('xresnet18', 1, [2, 2, 2, 2])

/**
 * 21,816,904 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet34_2: Arch = /*#__PURE__*/ xresnet('xresnet34_2', 1, [3, 4, 6, 3])

/**
 * 25,576,264 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet50_2: Arch = /*#__PURE__*/ xresnet('xresnet50_2', 4, [3, 4, 6, 3])

/**
 * 44,568,392 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet101: Arch = /*#__PURE__*/ xresnet('xresnet101', 4, [3, 4, 23, 3])

/**
 * 60,212,040 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet152: Arch = /*#__PURE__*/ xresnet('xresnet152', 4, [3, 8, 36, 3])
