/**
 * Builds a U-Net from a body, the image's shape and the number of outputs, as one network in which each block of the
 * decoder contains the stages below it:
 *
 *     block = (stages below, then up) ⧺ (norm of the stage above), then two convolutions
 *
 * Layers keep their usual paths, `body.…` and `head.…`; the head's children are numbered as in fastai, where 0 is the
 * encoder.
 */
import {
  batchNorm,
  blur,
  type Child,
  concat,
  constant,
  type Conv2d,
  conv2d,
  icnr,
  identity,
  type Init,
  kaimingNormal,
  type Layer,
  named,
  type NormType,
  numbered,
  pixelShuffle,
  relu,
  resizeNearest,
  selfAttention,
  sequential,
  type Shape,
  sigmoidRange,
  spectralNorm,
  sum,
  type UnetOptions,
  weightNorm
} from '../model/index.js'
import { type Stage, stagesOf } from './stages.js'

/** The normalisations: fastai's class, unlike its `unet_learner`, can use another one in the pixel shuffles. */
export interface UnetNorms {
  readonly blocks: NormType
  readonly shuffles: NormType
}

const isBatch = (norm: NormType): boolean => norm === 'batch' || norm === 'batchZero'

const underNorm = (norm: NormType, conv: Conv2d): Layer =>
  norm === 'weight' ? weightNorm(conv) : norm === 'spectral' ? spectralNorm(conv) : conv

interface ConvBlock {
  readonly kernel?: number
  readonly activation?: boolean
  readonly attention?: boolean
  readonly weightInit?: Init
  /** Initial weight of its batch norm. */
  readonly gamma?: number
}

/** fastai's `conv_layer`: convolution, ReLU, batch norm and self-attention, the last three optional. */
export const convBlock = (from: number, to: number, norm: NormType, options: ConvBlock = {}): Layer => {
  const { kernel = 3, activation = true, attention = false, weightInit = kaimingNormal, gamma = 1 } = options
  const conv = conv2d(from, to, kernel, {
    padding: (kernel - 1) / 2,
    bias: !isBatch(norm),
    weightInit,
    biasInit: constant(0)
  })
  return numbered(
    underNorm(norm, conv),
    ...(activation ? [relu] : []),
    ...(isBatch(norm) ? [batchNorm(to, { weightInit: constant(gamma) })] : []),
    ...(attention ? [selfAttention(to)] : [])
  )
}

/** fastai's `batchnorm_2d`: the initial bias is slightly above 0. */
const crossingNorm = (features: number): Layer => batchNorm(features, { biasInit: constant(1e-3) })

/** fastai's `PixelShuffle_ICNR`, with its parameters under `conv`. */
export const shuffled = (path: string, from: number, to: number, norm: NormType, blurred: boolean): Layer =>
  sequential(
    named(`${path}.conv`, convBlock(from, 4 * to, norm, { kernel: 1, activation: false, weightInit: icnr(2) })),
    named(`${path}.relu`, relu),
    named(`${path}.shuf`, pixelShuffle(2)),
    ...(blurred ? [named(`${path}.blur`, blur)] : [])
  )

/** The part built so far, from the deepest stage outwards: a network from a stage's input, and its output shape. */
interface Built {
  readonly parts: ReadonlyArray<Child | Layer>
  readonly channels: number
  readonly size: Shape
}

const doubled = (size: Shape): Shape => size.map((n) => 2 * n)
const sameSize = (a: Shape, b: Shape): boolean => a.every((n, i) => n === b[i])

const resized = (path: string, size: Shape): Child => named(path, resizeNearest([size[0]!, size[1]!]))

interface Place {
  readonly path: string
  readonly isLast: boolean
  readonly attends: boolean
}

const block =
  (options: UnetOptions, norms: UnetNorms) =>
  (below: Built, { parts, output }: Stage, { path, isLast, attends }: Place): Built => {
    const [skip, ...size] = output as readonly [number, ...Shape]
    const half = Math.floor(below.channels / 2)
    const joined = half + skip
    const channels = isLast ? Math.floor(joined / 2) : joined
    const blurred = options.blur && (options.blurFinal || !isLast)
    const up = sequential(
      ...below.parts,
      shuffled(`${path}.shuf`, below.channels, half, norms.shuffles, blurred),
      ...(sameSize(doubled(below.size), size) ? [] : [resized(`${path}.resize`, size)])
    )
    return {
      parts: [
        ...parts,
        concat(up, named(`${path}.bn`, crossingNorm(skip))),
        named(`${path}.relu`, relu),
        named(`${path}.conv1`, convBlock(joined, channels, norms.blocks)),
        named(`${path}.conv2`, convBlock(channels, channels, norms.blocks, { attention: attends }))
      ],
      channels,
      size
    }
  }

const bottom = ({ parts, output: [channels, ...size] }: Stage, norm: NormType): Built => ({
  parts: [
    ...parts,
    named('head.1', crossingNorm(channels!)),
    named('head.2', relu),
    named('head.3', numbered(convBlock(channels!, 2 * channels!, norm), convBlock(2 * channels!, channels!, norm)))
  ],
  channels: channels!,
  size
})

/** fastai's `res_block`: two convolutions beside the identity; with batchZero it is initially the identity. */
export const residual = (channels: number, norm: NormType, bottle: boolean): Layer => {
  const inner = bottle ? Math.floor(channels / 2) : channels
  const layers = numbered(
    convBlock(channels, inner, norm),
    convBlock(inner, channels, norm, { gamma: norm === 'batchZero' ? 0 : 1 })
  )
  return sum(named('layers', layers), identity)
}

/** The layers from the last block to the outputs, at the image's size. */
const finished = (
  built: Built,
  image: Shape,
  outputs: number,
  at: number,
  options: UnetOptions,
  norms: UnetNorms
): Layer => {
  const [crossed, ...size] = image as readonly [number, ...Shape]
  let next = at
  const path = (): string => `head.${next++}`
  const grown = [
    ...built.parts,
    ...(sameSize(built.size, size) ? [] : [shuffled(path(), built.channels, built.channels, norms.shuffles, false)]),
    ...(sameSize(doubled(built.size), size) ? [] : [resized(path(), size)])
  ]
  const channels = built.channels + (options.lastCross ? crossed : 0)
  // in fastai, the concatenation is a child of its own
  if (options.lastCross) path()
  return sequential(
    ...(options.lastCross
      ? [concat(sequential(...grown), identity), named(path(), residual(channels, norms.blocks, options.bottle))]
      : grown),
    named(path(), convBlock(channels, outputs, norms.blocks, { kernel: 1, activation: false })),
    ...(options.yRange === null ? [] : [named(path(), sigmoidRange(...options.yRange))])
  )
}

/** The whole network of a U-Net whose encoder has the path `body`, for images of a shape. */
export const unetNetwork = (
  body: Layer,
  image: Shape,
  outputs: number,
  options: UnetOptions,
  norms: UnetNorms = { blocks: options.normType, shuffles: options.normType }
): Layer => {
  const stages = stagesOf(body, image, 'body')
  const crossed = stages.slice(0, -1)
  const count = crossed.length
  const first = 4
  const built = crossed.reduceRight<Built>(
    (below, stage, i) => {
      const number = count - 1 - i
      return block(options, norms)(below, stage, {
        path: `head.${first + number}`,
        isLast: i === 0,
        attends: options.selfAttention && number === count - 3
      })
    },
    bottom(stages.at(-1)!, norms.blocks)
  )
  return finished(built, image, outputs, first + count, options, norms)
}
