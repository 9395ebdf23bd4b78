/**
 * DenseNets (Huang et al. 2017) with torchvision's layout, names and initialisation. The body ends in a batch norm,
 * because the last ReLU belongs to the whole network and not to `features`.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  avgPool2d,
  batchNorm,
  concat,
  constant,
  conv2d,
  flatten,
  identity,
  kaimingNormal,
  type Layer,
  linear,
  maxPool2d,
  named,
  relu,
  sequential
} from '../model/index.js'
import { imagenet1kV1 } from './torchvision.js'

const conv = (
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: { readonly stride?: number; readonly padding?: number } = {}
): Layer => conv2d(inChannels, outChannels, kernelSize, { bias: false, weightInit: kaimingNormal, ...options })

const bottleneck = 4

const denseLayer = (inChannels: number, growth: number): Layer =>
  sequential(
    named('norm1', batchNorm(inChannels)),
    named('relu1', relu),
    named('conv1', conv(inChannels, bottleneck * growth, 1)),
    named('norm2', batchNorm(bottleneck * growth)),
    named('relu2', relu),
    named('conv2', conv(bottleneck * growth, growth, 3, { padding: 1 }))
  )

/** Concatenates each layer's output channels with its input. */
const denseBlock = (inChannels: number, growth: number, count: number): Layer =>
  sequential(
    ...Array.from({ length: count }, (_, i) =>
      concat(identity, named(`denselayer${i + 1}`, denseLayer(inChannels + i * growth, growth)))
    )
  )

const transition = (inChannels: number): Layer =>
  sequential(
    named('norm', batchNorm(inChannels)),
    named('relu', relu),
    named('conv', conv(inChannels, inChannels / 2, 1)),
    named('pool', avgPool2d(2))
  )

const densenet = (
  name: string,
  stem: number,
  growth: number,
  [a, b, c, d]: readonly [number, number, number, number],
  file: string
): Arch => {
  const after1 = stem + a * growth
  const after2 = after1 / 2 + b * growth
  const after3 = after2 / 2 + c * growth
  const after4 = after3 / 2 + d * growth
  return arch({
    name,
    network: sequential(
      named(
        'features',
        sequential(
          named('conv0', conv(3, stem, 7, { stride: 2, padding: 3 })),
          named('norm0', batchNorm(stem)),
          named('relu0', relu),
          named('pool0', maxPool2d(3, { stride: 2, padding: 1 })),
          named('denseblock1', denseBlock(stem, growth, a)),
          named('transition1', transition(after1)),
          named('denseblock2', denseBlock(after1 / 2, growth, b)),
          named('transition2', transition(after2)),
          named('denseblock3', denseBlock(after2 / 2, growth, c)),
          named('transition3', transition(after3)),
          named('denseblock4', denseBlock(after3 / 2, growth, d)),
          named('norm5', batchNorm(after4))
        )
      ),
      relu,
      adaptiveAvgPool2d(1),
      flatten,
      named('classifier', linear(after4, 1000, { biasInit: constant(0) }))
    ),
    cut: -1,
    split: ['features.transition2'],
    published: [imagenet1kV1(file, `timm/${name}.tv_in1k`)]
  })
}

/**
 * 121 layers, 7,978,856 parameters; body of 1024 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const densenet121: Arch = /*#__PURE__*/ densenet('densenet121', 64, 32, [6, 12, 24, 16], 'densenet121-a639ec97')

/**
 * 161 layers, 28,681,000 parameters; body of 2208 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const densenet161: Arch = /*#__PURE__*/ densenet('densenet161', 96, 48, [6, 12, 36, 24], 'densenet161-8d451a50')

/**
 * 169 layers, 14,149,480 parameters; body of 1664 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const densenet169: Arch = /*#__PURE__*/ densenet('densenet169', 64, 32, [6, 12, 32, 32], 'densenet169-b2777c0a')

/**
 * 201 layers, 20,013,928 parameters; body of 1920 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const densenet201: Arch = /*#__PURE__*/ densenet('densenet201', 64, 32, [6, 12, 48, 32], 'densenet201-c1103571')
