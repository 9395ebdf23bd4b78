/**
 * ResNets (He et al. 2015) with torchvision's layout, names and initialisation.
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
  sum
} from '../model/index.js'

const conv = (inChannels: number, outChannels: number, kernelSize: number, stride = 1): Layer =>
  conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
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

type Block = (inChannels: number, width: number, stride: number) => Layer

const basic: Block = (inChannels, width, stride) =>
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

const bottleneck: Block = (inChannels, width, stride) =>
  residual(
    sequential(
      named('conv1', conv(inChannels, width, 1)),
      named('bn1', batchNorm(width)),
      relu,
      named('conv2', conv(width, width, 3, stride)),
      named('bn2', batchNorm(width)),
      relu,
      named('conv3', conv(width, 4 * width, 1)),
      named('bn3', batchNorm(4 * width))
    ),
    inChannels,
    4 * width,
    stride
  )

const stage = (block: Block, expansion: number, inChannels: number, width: number, count: number, stride: number) =>
  numbered(
    ...Array.from({ length: count }, (_, i) =>
      i === 0 ? block(inChannels, width, stride) : block(width * expansion, width, 1)
    )
  )

const resnet = (
  name: string,
  block: Block,
  expansion: number,
  [a, b, c, d]: readonly [number, number, number, number]
): Arch =>
  arch({
    name,
    network: sequential(
      named('conv1', conv(3, 64, 7, 2)),
      named('bn1', batchNorm(64)),
      named('relu', relu),
      named('maxpool', maxPool2d(3, { stride: 2, padding: 1 })),
      named('layer1', stage(block, expansion, 64, 64, a, 1)),
      named('layer2', stage(block, expansion, 64 * expansion, 128, b, 2)),
      named('layer3', stage(block, expansion, 128 * expansion, 256, c, 2)),
      named('layer4', stage(block, expansion, 256 * expansion, 512, d, 2)),
      named('avgpool', adaptiveAvgPool2d(1)),
      flatten,
      named('fc', linear(512 * expansion, 1000))
    ),
    cut: -2,
    split: ['layer3'],
    published: [{ tag: 'tv_in1k', source: `timm/${name}.tv_in1k`, licence: 'BSD-3-Clause', classes: 1000 }]
  })

/**
 * 18 layers, 11,689,512 parameters; body of 512 channels at stride 32.
 *
 * @since 0.1.0
 */
export const resnet18: Arch = /*#__PURE__*/ resnet('resnet18', basic, 1, [2, 2, 2, 2])

/**
 * 34 layers, 21,797,672 parameters; body of 512 channels at stride 32.
 *
 * @since 0.1.0
 */
export const resnet34: Arch = /*#__PURE__*/ resnet('resnet34', basic, 1, [3, 4, 6, 3])

/**
 * 50 layers, 25,557,032 parameters; body of 2048 channels at stride 32.
 *
 * @since 0.1.0
 */
export const resnet50: Arch = /*#__PURE__*/ resnet('resnet50', bottleneck, 4, [3, 4, 6, 3])
