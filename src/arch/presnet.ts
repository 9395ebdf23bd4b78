/**
 * PResNets, fastai's pre-activation ResNets (after He et al. 2016): ReLU, then batch norm, then convolution. Image
 * sides must be multiples of 32, because strided blocks need feature maps with even sides. No weights are published.
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
  kaimingNormal,
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

const conv = /*#__PURE__*/ sameConv(kaimingNormal)

/** The order of the stem: convolution first. */
const convReluNorm = (inChannels: number, outChannels: number, stride = 1): Layer =>
  numbered(conv(inChannels, outChannels, 3, stride), relu, batchNorm(outChannels))

const reluNormConv = (
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { stride = 1, start = 1 }: { readonly stride?: number; readonly start?: number } = {}
): Layer =>
  numbered(
    relu,
    batchNorm(inChannels, { weightInit: constant(start) }),
    conv(inChannels, outChannels, kernelSize, stride)
  )

const basic = (inChannels: number, width: number, stride: number): Layer =>
  sequential(
    named('conv1', reluNormConv(inChannels, width, 3, { stride })),
    named('conv2', reluNormConv(width, width, 3, { start: 0 }))
  )

const bottleneck = (inChannels: number, width: number, stride: number): Layer =>
  sequential(
    named('conv1', reluNormConv(inChannels, width, 1)),
    named('conv2', reluNormConv(width, width, 3, { stride })),
    named('conv3', reluNormConv(width, 4 * width, 1))
  )

type Expansion = 1 | 4

const block = (expansion: Expansion, inChannels: number, width: number, stride: number): Layer => {
  const outChannels = expansion * width
  const widened = conv(inChannels, outChannels, 3)
  const shortcut =
    stride === 1 && inChannels === outChannels
      ? identity
      : named(
          'downsample',
          stride === 1 ? numbered(widened) : numbered(relu, batchNorm(inChannels), avgPool2d(2), widened)
        )
  return sum((expansion === 1 ? basic : bottleneck)(inChannels, width, stride), shortcut)
}

const stage = (expansion: Expansion, inChannels: number, width: number, count: number, stride: number): Layer =>
  numbered(
    ...Array.from({ length: count }, (_, i) =>
      i === 0 ? block(expansion, inChannels, width, stride) : block(expansion, width * expansion, width, 1)
    )
  )

const presnet = (name: string, expansion: Expansion, [a, b, c, d]: readonly [number, number, number, number]): Arch =>
  arch({
    name,
    network: sequential(
      named('conv1', convReluNorm(3, 16, 2)),
      named('conv2', convReluNorm(16, 32)),
      named('conv3', convReluNorm(32, 64)),
      named('maxpool', maxPool2d(3, { stride: 2, padding: 1 })),
      named('layer1', stage(expansion, 64, 64, a, 1)),
      named('layer2', stage(expansion, 64 * expansion, 128, b, 2)),
      named('layer3', stage(expansion, 128 * expansion, 256, c, 2)),
      named('layer4', stage(expansion, 256 * expansion, 512, d, 2)),
      named('avgpool', numbered(relu, batchNorm(512 * expansion), adaptiveAvgPool2d(1))),
      flatten,
      named('fc', linear(512 * expansion, 1000, { weightInit: normal(0.01), biasInit: constant(0) }))
    )
  })

/**
 * 13,079,160 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const presnet18: Arch = /*#__PURE__*/ presnet('presnet18', 1, [2, 2, 2, 2])

/**
 * 23,187,320 parameters; body of 512 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const presnet34: Arch = /*#__PURE__*/ presnet('presnet34', 1, [3, 4, 6, 3])

/**
 * 47,718,392 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const presnet50: Arch = /*#__PURE__*/ presnet('presnet50', 4, [3, 4, 6, 3])

/**
 * 66,710,520 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const presnet101: Arch = /*#__PURE__*/ presnet('presnet101', 4, [3, 4, 23, 3])

/**
 * 82,354,168 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const presnet152: Arch = /*#__PURE__*/ presnet('presnet152', 4, [3, 8, 36, 3])
