/** `sameConv`: the convolution of ResNets. */
import { conv2d, type Init, type Layer } from '../model/index.js'

/** A convolution without bias, padded so that stride 1 keeps the sides of its input. Kernel sizes are odd. */
export const sameConv =
  (weightInit: Init) =>
  (inChannels: number, outChannels: number, kernelSize: number, stride = 1): Layer =>
    conv2d(inChannels, outChannels, kernelSize, { stride, padding: (kernelSize - 1) / 2, bias: false, weightInit })
