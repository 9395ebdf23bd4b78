/**
 * Wide residual networks for small images (after Zagoruyko and Komodakis 2016), with fastai's layout, names and
 * initialisation. No weights are published.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  type ArchInput,
  batchNorm,
  flatten,
  identity,
  kaimingNormal,
  type Layer,
  linear,
  named,
  numbered,
  relu,
  scale,
  sequential,
  sum
} from '../model/index.js'
import { sameConv } from './sameConv.js'

const conv = /*#__PURE__*/ sameConv(kaimingNormal)

const block = (inChannels: number, outChannels: number, stride: number): Layer =>
  sequential(
    named('bn', batchNorm(inChannels)),
    relu,
    sum(
      sequential(
        named('conv1', conv(inChannels, outChannels, 3, stride)),
        named('conv2', numbered(batchNorm(outChannels), relu, conv(outChannels, outChannels, 3))),
        scale(0.2)
      ),
      inChannels === outChannels ? identity : named('shortcut', conv(inChannels, outChannels, 1, stride))
    )
  )

const group = (inChannels: number, outChannels: number, stride: number): ReadonlyArray<Layer> => [
  block(inChannels, outChannels, stride),
  block(outChannels, outChannels, 1),
  block(outChannels, outChannels, 1)
]

/** CIFAR-10's image size and statistics, as in fastai. */
const cifarInput: ArchInput = {
  channels: 3,
  size: 32,
  mean: [0.491, 0.482, 0.447],
  std: [0.247, 0.243, 0.261],
  crop: 1
}

/**
 * 9,658,458 parameters, ten classes, for images of 32 pixels; body of 384 channels at stride 4. The network has a
 * single child, which fastai cannot cut; its cut is therefore a path inside that child.
 *
 * @category architectures
 * @since 0.1.0
 */
export const wrn_22: Arch = /*#__PURE__*/ arch({
  name: 'wrn_22',
  network: sequential(
    named(
      'features',
      numbered(
        conv(3, 16, 3),
        ...group(16, 96, 1),
        ...group(96, 192, 2),
        ...group(192, 384, 2),
        batchNorm(384),
        relu,
        adaptiveAvgPool2d(1),
        flatten,
        linear(384, 10)
      )
    )
  ),
  input: cifarInput,
  cut: 'features.12'
})
