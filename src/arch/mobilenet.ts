/**
 * MobileNet v2 (Sandler et al. 2018) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  constant,
  conv2d,
  dropout,
  flatten,
  identity,
  kaimingNormalFanOut,
  type Layer,
  linear,
  named,
  normal,
  numbered,
  relu6,
  sequential,
  sum
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

const convNormRelu = (inChannels: number, outChannels: number, kernelSize: number, stride = 1, groups = 1): Layer =>
  numbered(conv(inChannels, outChannels, kernelSize, stride, groups), batchNorm(outChannels), relu6)

/**
 * An inverted residual: a 1×1 convolution to `expansion` times as many channels, a depthwise convolution, and a 1×1
 * convolution without an activation.
 */
const invertedResidual = (inChannels: number, outChannels: number, stride: number, expansion: number): Layer => {
  const width = inChannels * expansion
  const path = named(
    'conv',
    numbered(
      ...(expansion === 1 ? [] : [convNormRelu(inChannels, width, 1)]),
      convNormRelu(width, width, 3, stride, width),
      conv(width, outChannels, 1),
      batchNorm(outChannels)
    )
  )
  return stride === 1 && inChannels === outChannels ? sum(path, identity) : sequential(path)
}

interface Stage {
  readonly expansion: number
  readonly inChannels: number
  readonly outChannels: number
  readonly count: number
  readonly stride: number
}

const stage = ({ expansion, inChannels, outChannels, count, stride }: Stage): ReadonlyArray<Layer> =>
  Array.from({ length: count }, (_, i) =>
    i === 0
      ? invertedResidual(inChannels, outChannels, stride, expansion)
      : invertedResidual(outChannels, outChannels, 1, expansion)
  )

/**
 * 3,504,872 parameters; body of 1280 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const mobilenet_v2: Arch = /*#__PURE__*/ arch({
  name: 'mobilenet_v2',
  network: sequential(
    named(
      'features',
      numbered(
        convNormRelu(3, 32, 3, 2),
        ...stage({ expansion: 1, inChannels: 32, outChannels: 16, count: 1, stride: 1 }),
        ...stage({ expansion: 6, inChannels: 16, outChannels: 24, count: 2, stride: 2 }),
        ...stage({ expansion: 6, inChannels: 24, outChannels: 32, count: 3, stride: 2 }),
        ...stage({ expansion: 6, inChannels: 32, outChannels: 64, count: 4, stride: 2 }),
        ...stage({ expansion: 6, inChannels: 64, outChannels: 96, count: 3, stride: 1 }),
        ...stage({ expansion: 6, inChannels: 96, outChannels: 160, count: 3, stride: 2 }),
        ...stage({ expansion: 6, inChannels: 160, outChannels: 320, count: 1, stride: 1 }),
        convNormRelu(320, 1280, 1)
      )
    ),
    adaptiveAvgPool2d(1),
    flatten,
    named('classifier', numbered(dropout(0.2), linear(1280, 1000, { weightInit: normal(0.01), biasInit: constant(0) })))
  ),
  cut: -1,
  split: ['features.10'],
  published: [
    imagenet1kV1('mobilenet_v2-b0353104'),
    imagenet1kV2('mobilenet_v2-7ebf99e0'),
    // timm's, trained with its RandAugment recipe
    {
      ...imagenet1kV1('mobilenetv2_100_ra-b33bc2c4', 'timm/mobilenetv2_100.ra_in1k'),
      tag: 'ra_in1k',
      url: 'https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights/mobilenetv2_100_ra-b33bc2c4.pth',
      licence: 'Apache-2.0'
    }
  ]
})
