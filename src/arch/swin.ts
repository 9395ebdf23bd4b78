/**
 * Swin (Liu et al. 2021) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  constant,
  conv2d,
  flatten,
  gelu,
  identity,
  type Layer,
  layerNorm,
  linear,
  linear2d,
  linearDepth,
  named,
  normal,
  numbered,
  patchMerging,
  sequential,
  stochasticDepth,
  sum,
  type WeightsRecord,
  windowAttention,
  xavierUniform
} from '../model/index.js'
import { torchvisionRecord } from './torchvision.js'

/** Side of the windows in pixels of the feature map. */
const WINDOW = 7

const init = { weightInit: normal(0.02), biasInit: constant(0) }

interface Sizes {
  readonly depths: ReadonlyArray<number>
  readonly heads: ReadonlyArray<number>
  readonly channels: number
  /** Probability with which the last block is skipped in training. */
  readonly p: number
}

const block = (channels: number, heads: number, shift: number, p: number): Layer => {
  const mlpInit = { weightInit: xavierUniform, biasInit: normal(1e-6) }
  const mlp = sequential(
    named('0', linear2d(channels, 4 * channels, mlpInit)),
    gelu,
    named('3', linear2d(4 * channels, channels, mlpInit))
  )
  const attention = windowAttention(channels, heads, WINDOW, { shift, weightInit: normal(0.02) })
  return sequential(
    sum(sequential(named('norm1', layerNorm(channels)), named('attn', attention), stochasticDepth(p)), identity),
    sum(sequential(named('norm2', layerNorm(channels)), named('mlp', mlp), stochasticDepth(p)), identity)
  )
}

/** Half as many pixels on each side, and twice as many channels. */
const merging = (channels: number): Layer =>
  sequential(
    patchMerging,
    named('norm', layerNorm(4 * channels)),
    named('reduction', linear2d(4 * channels, 2 * channels, { bias: false, ...init }))
  )

const network = ({ depths, heads, channels, p }: Sizes): Layer => {
  const rates = linearDepth(
    p,
    depths.reduce((a, b) => a + b, 0)
  )
  let at = 0
  const stages = depths.flatMap((depth, s) => {
    const width = channels * 2 ** s
    const blocks = Array.from({ length: depth }, (_, i) =>
      // every second block has its windows moved by half a window
      block(width, heads[s]!, i % 2 === 0 ? 0 : Math.floor(WINDOW / 2), rates[at++]!)
    )
    return [...(s === 0 ? [] : [merging(width / 2)]), numbered(...blocks)]
  })
  const last = channels * 2 ** (depths.length - 1)
  const embedding = sequential(named('0', conv2d(3, channels, 4, { stride: 4 })), named('2', layerNorm(channels)))
  return sequential(
    named('features', numbered(embedding, ...stages)),
    named('norm', layerNorm(last)),
    adaptiveAvgPool2d(1),
    flatten,
    named('head', linear(last, 1000, init))
  )
}

const swin = (name: string, sizes: Sizes, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({ name, network: network(sizes), cut: -1, split: ['features.5'], published })

/**
 * 28,288,354 parameters; body of 768 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const swin_t: Arch = /*#__PURE__*/ swin(
  'swin_t',
  { depths: [2, 2, 6, 2], heads: [3, 6, 12, 24], channels: 96, p: 0.2 },
  [torchvisionRecord('tv_in1k', 'swin_t-704ceda3', { size: 224, resized: 232 })]
)

/**
 * 49,606,258 parameters; body of 768 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const swin_s: Arch = /*#__PURE__*/ swin(
  'swin_s',
  { depths: [2, 2, 18, 2], heads: [3, 6, 12, 24], channels: 96, p: 0.3 },
  [torchvisionRecord('tv_in1k', 'swin_s-5e29d889', { size: 224, resized: 246 })]
)
