import { type Activation, batchNorm, conv2d, kaimingNormalFanOut, type Layer, numbered } from '../model/index.js'

/** Options of a convolution with its batch norm and activation. */
export interface ConvNormAct {
  readonly stride?: number
  readonly groups?: number
  /** Default: a batch norm with torch's defaults. */
  readonly norm?: (channels: number) => Layer
  /** Null: none. */
  readonly activation: Activation | null
}

/** torchvision's `Conv2dNormActivation`: a convolution that keeps the size but for its stride, without bias. */
export const convNormAct = (
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { stride = 1, groups = 1, norm = batchNorm, activation }: ConvNormAct
): Layer =>
  numbered(
    conv2d(inChannels, outChannels, kernelSize, {
      stride,
      padding: (kernelSize - 1) / 2,
      groups,
      bias: false,
      weightInit: kaimingNormalFanOut
    }),
    norm(outChannels),
    ...(activation === null ? [] : [activation])
  )

/** The nearest multiple of `divisor`, not more than a tenth below `n` (torchvision's `_make_divisible`). */
export const divisible = (n: number, divisor = 8): number => {
  const nearest = Math.max(divisor, Math.floor((n + divisor / 2) / divisor) * divisor)
  return nearest < 0.9 * n ? nearest + divisor : nearest
}
