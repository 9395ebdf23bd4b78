/**
 * Darknets (Redmon and Farhadi 2018) with fastai's layout, names and initialisation. No weights are published.
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
  type Layer,
  leakyRelu,
  linear,
  named,
  numbered,
  sequential,
  sum
} from '../model/index.js'

const convNormLeaky = (inChannels: number, outChannels: number, kernelSize: number, stride = 1): Layer =>
  numbered(
    conv2d(inChannels, outChannels, kernelSize, { stride, padding: (kernelSize - 1) / 2, bias: false }),
    batchNorm(outChannels),
    leakyRelu(0.1)
  )

const residual = (channels: number): Layer =>
  sum(
    identity,
    sequential(
      named('conv1', convNormLeaky(channels, channels / 2, 1)),
      named('conv2', convNormLeaky(channels / 2, channels, 3))
    )
  )

const group = (inChannels: number, count: number): ReadonlyArray<Layer> => [
  convNormLeaky(inChannels, 2 * inChannels, 3, 2),
  ...Array.from({ length: count }, () => residual(2 * inChannels))
]

/**
 * A Darknet: a stem of `nf` channels (even; default 32), then one group for each entry of `blocks`. A group halves the
 * sides, doubles the channels, and has as many residual layers as its entry says. The network has a single child, which
 * fastai cannot cut; its cut is therefore a path inside that child.
 *
 * @example
 * import { cut, darknet, head, plan, regression, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(darknet('small', [1, 2], 10, { nf: 8 }), cut, withHead(head()))
 * const planned = pipe(model, plan({ input: [3, 32, 32], task: regression(1) }))
 * assert.deepStrictEqual(pipe(planned, E.map((p) => p.output)), E.right([1]))
 *
 * @category architectures
 * @since 0.1.0
 */
export const darknet = (
  name: string,
  blocks: ReadonlyArray<number>,
  classes: number,
  { nf = 32 }: { readonly nf?: number } = {}
): Arch => {
  const body = [convNormLeaky(3, nf, 3), ...blocks.flatMap((count, i) => group(nf * 2 ** i, count))]
  return arch({
    name,
    network: sequential(
      named('layers', numbered(...body, adaptiveAvgPool2d(1), flatten, linear(nf * 2 ** blocks.length, classes)))
    ),
    cut: `layers.${body.length}`
  })
}

/**
 * 53 layers, 41,609,928 parameters; body of 1024 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const darknet53: Arch = /*#__PURE__*/ darknet('darknet53', [1, 2, 8, 8, 4], 1000)
