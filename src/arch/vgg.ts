/**
 * VGGs (Simonyan and Zisserman 2014), with and without batch norms, with torchvision's layout, names and initialisation.
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
  kaimingNormalFanOut,
  type Layer,
  linear,
  maxPool2d,
  named,
  normal,
  numbered,
  relu,
  sequential
} from '../model/index.js'
import { imagenet1kV1 } from './torchvision.js'

const conv = (inChannels: number, outChannels: number): Layer =>
  conv2d(inChannels, outChannels, 3, { padding: 1, weightInit: kaimingNormalFanOut, biasInit: constant(0) })

const dense = (inFeatures: number, outFeatures: number): Layer =>
  linear(inFeatures, outFeatures, { weightInit: normal(0.01), biasInit: constant(0) })

/** Number of convolutions at each of the five widths. */
type Depths = readonly [number, number, number, number, number]

const widths = [64, 128, 256, 512, 512] as const

const features = (depths: Depths, norm: (channels: number) => ReadonlyArray<Layer>): Layer =>
  numbered(
    ...depths.flatMap((count, stage) => {
      const width = widths[stage]!
      const blocks = Array.from({ length: count }, (_, i) => {
        const inChannels = i > 0 ? width : (widths[stage - 1] ?? 3)
        return [conv(inChannels, width), ...norm(width), relu]
      })
      return [...blocks.flat(), maxPool2d(2)]
    })
  )

const network = (body: Layer): Layer =>
  sequential(
    named('features', body),
    named('avgpool', adaptiveAvgPool2d(7)),
    flatten,
    named(
      'classifier',
      numbered(dense(512 * 7 * 7, 4096), relu, dropout(0.5), dense(4096, 4096), relu, dropout(0.5), dense(4096, 1000))
    )
  )

/** fastai has no `model_meta` entry for these, so its default rules cut and split them. */
const vgg = (name: string, depths: Depths, file: string): Arch =>
  arch({ name, network: network(features(depths, () => [])), published: [imagenet1kV1(file, `timm/${name}.tv_in1k`)] })

const vggBn = (name: string, depths: Depths, file: string): Arch =>
  arch({
    name,
    network: network(features(depths, (channels) => [batchNorm(channels)])),
    cut: -1,
    split: ['features.22'],
    published: [imagenet1kV1(file, `timm/${name}.tv_in1k`)]
  })

/**
 * 11 layers, 132,863,336 parameters; body of 512 channels at stride 32, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg11: Arch = /*#__PURE__*/ vgg('vgg11', [1, 1, 2, 2, 2], 'vgg11-8a719046')

/**
 * 11 layers and batch norms, 132,868,840 parameters; body of 512 channels, pooled to 7×7.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg11_bn: Arch = /*#__PURE__*/ vggBn('vgg11_bn', [1, 1, 2, 2, 2], 'vgg11_bn-6002323d')

/**
 * 13 layers, 133,047,848 parameters; body of 512 channels at stride 32, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg13: Arch = /*#__PURE__*/ vgg('vgg13', [2, 2, 2, 2, 2], 'vgg13-19584684')

/**
 * 13 layers and batch norms, 133,053,736 parameters; body of 512 channels, pooled to 7×7.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg13_bn: Arch = /*#__PURE__*/ vggBn('vgg13_bn', [2, 2, 2, 2, 2], 'vgg13_bn-abd245e5')

/**
 * 16 layers, 138,357,544 parameters; body of 512 channels at stride 32, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg16: Arch = /*#__PURE__*/ vgg('vgg16', [2, 2, 3, 3, 3], 'vgg16-397923af')

/**
 * 16 layers and batch norms, 138,365,992 parameters; body of 512 channels, pooled to 7×7.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg16_bn: Arch = /*#__PURE__*/ vggBn('vgg16_bn', [2, 2, 3, 3, 3], 'vgg16_bn-6c64b313')

/**
 * 19 layers, 143,667,240 parameters; body of 512 channels at stride 32, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg19: Arch = /*#__PURE__*/ vgg('vgg19', [2, 2, 4, 4, 4], 'vgg19-dcbb9e9d')

/**
 * 19 layers and batch norms, 143,678,248 parameters; body of 512 channels, pooled to 7×7.
 *
 * @category architectures
 * @since 0.1.0
 */
export const vgg19_bn: Arch = /*#__PURE__*/ vggBn('vgg19_bn', [2, 2, 4, 4, 4], 'vgg19_bn-c79401a0')
