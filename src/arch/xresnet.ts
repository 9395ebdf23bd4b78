/**
 * XResNets (fastai's version of He et al. 2018): a stem of three convolutions, average pooling before the convolution
 * of a shortcut, and blocks that are initially the identity. With fastai's layout, names and initialisation. No weights
 * are published.
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
  conv2d,
  flatten,
  identity,
  kaimingNormal,
  type Layer,
  linear,
  maxPool2d,
  named,
  numbered,
  relu,
  sequential,
  sum
} from '../model/index.js'

const convNorm = (
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { stride = 1, start = 1 }: { readonly stride?: number; readonly start?: number } = {}
): readonly [Layer, Layer] => [
  conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    bias: false,
    weightInit: kaimingNormal
  }),
  batchNorm(outChannels, { weightInit: constant(start) })
]

const convNormRelu = (inChannels: number, outChannels: number, kernelSize: number, stride = 1): Layer =>
  numbered(...convNorm(inChannels, outChannels, kernelSize, { stride }), relu)

const block = (expansion: number, inChannels: number, width: number, stride: number): Layer => {
  const outChannels = width * expansion
  const convs =
    expansion === 1
      ? numbered(convNormRelu(inChannels, width, 3, stride), numbered(...convNorm(width, outChannels, 3, { start: 0 })))
      : numbered(
          convNormRelu(inChannels, width, 1),
          convNormRelu(width, width, 3, stride),
          numbered(...convNorm(width, outChannels, 1, { start: 0 }))
        )
  const shortcut = sequential(
    ...(stride === 1 ? [] : [named('pool', avgPool2d(stride, { ceilMode: true }))]),
    inChannels === outChannels ? identity : named('idconv', numbered(...convNorm(inChannels, outChannels, 1)))
  )
  return sequential(sum(named('convs', convs), shortcut), relu)
}

const stages = (expansion: number, depths: ReadonlyArray<number>): ReadonlyArray<Layer> => {
  const widths = [64, 128, 256, 512, 256, 256]
  return depths.map((count, stage) => {
    const width = widths[stage]!
    const inChannels = stage === 0 ? 64 : widths[stage - 1]! * expansion
    return numbered(
      ...Array.from({ length: count }, (_, i) =>
        i === 0
          ? block(expansion, inChannels, width, stage === 0 ? 1 : 2)
          : block(expansion, width * expansion, width, 1)
      )
    )
  })
}

const xresnet = (name: string, expansion: number, depths: ReadonlyArray<number>): Arch => {
  const features = (depths.length > 4 ? 256 : 512) * expansion
  return arch({
    name,
    network: numbered(
      convNormRelu(3, 32, 3, 2),
      convNormRelu(32, 32, 3),
      convNormRelu(32, 64, 3),
      maxPool2d(3, { stride: 2, padding: 1 }),
      ...stages(expansion, depths),
      adaptiveAvgPool2d(1),
      flatten,
      linear(features, 1000, { weightInit: kaimingNormal, biasInit: constant(0) })
    )
  })
}

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
export const xresnet34: Arch = /*#__PURE__*/ xresnet('xresnet34', 1, [3, 4, 6, 3])

/**
 * 25,576,264 parameters; body of 2048 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet50: Arch = /*#__PURE__*/ xresnet('xresnet50', 4, [3, 4, 6, 3])

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

/**
 * 14,535,496 parameters; body of 256 channels at stride 128.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet18_deep: Arch = /*#__PURE__*/ xresnet('xresnet18_deep', 1, [2, 2, 2, 2, 1, 1])

/**
 * 24,643,656 parameters; body of 256 channels at stride 128.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet34_deep: Arch = /*#__PURE__*/ xresnet('xresnet34_deep', 1, [3, 4, 6, 3, 1, 1])

/**
 * 29,147,976 parameters; body of 1024 channels at stride 128.
 *
 * @category architectures
 * @since 0.1.0
 */
export const xresnet50_deep: Arch = /*#__PURE__*/ xresnet('xresnet50_deep', 4, [3, 4, 6, 3, 1, 1])
