/**
 * MobileNetV4's convolutional networks (Qin et al. 2024) with timm's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  type Child,
  conv2d,
  flatten,
  identity,
  kaimingNormalFanOut,
  type Layer,
  linear,
  named,
  numbered,
  relu,
  sequential,
  sum
} from '../model/index.js'
import { timm } from './timm.js'

/**
 * A universal inverted bottleneck: the kernels of the depthwise convolutions before and after the expansion (0: none),
 * the expanded and the output channels.
 */
type Row = readonly [start: number, middle: number, expanded: number, outChannels: number]

const conv = (inChannels: number, outChannels: number, kernelSize: number, stride = 1, groups = 1): Layer =>
  conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    groups,
    bias: false,
    weightInit: kaimingNormalFanOut
  })

const normed = (name: string, convolution: Layer, channels: number, activated: boolean): Child =>
  named(name, sequential(named('conv', convolution), named('bn', batchNorm(channels)), ...(activated ? [relu] : [])))

/** The later depthwise convolution has the stride, or the earlier one if it is the only one. */
const bottleneck = (inChannels: number, [start, middle, expanded, outChannels]: Row, stride: number): Layer => {
  const first = middle === 0 ? stride : 1
  const inner = sequential(
    ...(start === 0
      ? []
      : [normed('dw_start', conv(inChannels, inChannels, start, first, inChannels), inChannels, false)]),
    normed('pw_exp', conv(inChannels, expanded, 1), expanded, true),
    ...(middle === 0 ? [] : [normed('dw_mid', conv(expanded, expanded, middle, stride, expanded), expanded, true)]),
    normed('pw_proj', conv(expanded, outChannels, 1), outChannels, false)
  )
  return stride === 1 && inChannels === outChannels ? sum(inner, identity) : inner
}

const plain = (inChannels: number, outChannels: number, kernelSize: number, stride: number): Layer =>
  sequential(
    named('conv', conv(inChannels, outChannels, kernelSize, stride)),
    named('bn1', batchNorm(outChannels)),
    relu
  )

/** One convolution in place of the expansion and the depthwise convolution. */
const fused = (inChannels: number, expanded: number, outChannels: number): Layer =>
  sequential(
    named('conv_exp', conv(inChannels, expanded, 3, 2)),
    named('bn1', batchNorm(expanded)),
    relu,
    named('conv_pwl', conv(expanded, outChannels, 1)),
    named('bn2', batchNorm(outChannels))
  )

/** A stage of bottlenecks, the first of which halves the sides of the feature map. */
const stage = (inChannels: number, rows: ReadonlyArray<Row>): Layer =>
  numbered(...rows.map((row, i) => bottleneck(rows[i - 1]?.[3] ?? inChannels, row, i === 0 ? 2 : 1)))

const network = (first: ReadonlyArray<Layer>, inChannels: number, stages: ReadonlyArray<ReadonlyArray<Row>>): Layer => {
  const last = stages.at(-1)!.at(-1)![3]
  const later = stages.map((rows, i) => stage(stages[i - 1]?.at(-1)?.[3] ?? inChannels, rows))
  return sequential(
    named('conv_stem', conv(3, 32, 3, 2)),
    named('bn1', batchNorm(32)),
    relu,
    named('blocks', numbered(...first, ...later, numbered(plain(last, 960, 1, 1)))),
    adaptiveAvgPool2d(1),
    named('conv_head', conv(960, 1280, 1)),
    named('norm_head', batchNorm(1280)),
    relu,
    flatten,
    named('classifier', linear(1280, 1000))
  )
}

/**
 * 3,774,024 parameters; body of 960 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const mobilenetv4_conv_small: Arch = /*#__PURE__*/ arch({
  name: 'mobilenetv4_conv_small',
  network: network(
    [numbered(plain(32, 32, 3, 2), plain(32, 32, 1, 1)), numbered(plain(32, 96, 3, 2), plain(96, 64, 1, 1))],
    64,
    [
      [
        [5, 5, 192, 96],
        [0, 3, 192, 96],
        [0, 3, 192, 96],
        [0, 3, 192, 96],
        [0, 3, 192, 96],
        [3, 0, 384, 96]
      ],
      [
        [3, 3, 576, 128],
        [5, 5, 512, 128],
        [0, 5, 512, 128],
        [0, 5, 384, 128],
        [0, 3, 512, 128],
        [0, 3, 512, 128]
      ]
    ]
  ),
  cut: 'conv_head',
  split: ['blocks.3'],
  published: [timm('mobilenetv4_conv_small', 'e2400_r224_in1k'), timm('mobilenetv4_conv_small', 'e1200_r224_in1k')]
})

/**
 * 9,715,512 parameters; body of 960 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const mobilenetv4_conv_medium: Arch = /*#__PURE__*/ arch({
  name: 'mobilenetv4_conv_medium',
  network: network([numbered(fused(32, 128, 48))], 48, [
    [
      [3, 5, 192, 80],
      [3, 3, 160, 80]
    ],
    [
      [3, 5, 480, 160],
      [3, 3, 640, 160],
      [3, 3, 640, 160],
      [3, 5, 640, 160],
      [3, 3, 640, 160],
      [3, 0, 640, 160],
      [0, 0, 320, 160],
      [3, 0, 640, 160]
    ],
    [
      [5, 5, 960, 256],
      [5, 5, 1024, 256],
      [3, 5, 1024, 256],
      [3, 5, 1024, 256],
      [0, 0, 1024, 256],
      [3, 0, 1024, 256],
      [3, 5, 512, 256],
      [5, 5, 1024, 256],
      [0, 0, 1024, 256],
      [0, 0, 1024, 256],
      [5, 0, 512, 256]
    ]
  ]),
  cut: 'conv_head',
  split: ['blocks.3'],
  published: [
    timm('mobilenetv4_conv_medium', 'e500_r224_in1k', { crop: 0.95 }),
    timm('mobilenetv4_conv_medium', 'e500_r256_in1k', { size: 256, crop: 0.95 })
  ]
})
