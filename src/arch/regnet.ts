/**
 * RegNet (Radosavovic et al. 2020) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  constant,
  flatten,
  identity,
  type Layer,
  linear,
  named,
  normal,
  relu,
  sequential,
  squeezeExcite,
  sum,
  type WeightsRecord
} from '../model/index.js'
import { convNormAct } from './convNormAct.js'
import { timm } from './timm.js'
import { imagenet1kV1, imagenet1kV2 } from './torchvision.js'

/** Blocks and channels of each stage, channels per group, and whether blocks have squeeze-and-excitation (Y). */
interface Sizes {
  readonly depths: ReadonlyArray<number>
  readonly widths: ReadonlyArray<number>
  readonly groupWidth: number
  readonly squeezed: boolean
}

const block = (inChannels: number, width: number, stride: number, { groupWidth, squeezed }: Sizes): Layer => {
  const inner = sequential(
    named('a', convNormAct(inChannels, width, 1, { activation: relu })),
    named('b', convNormAct(width, width, 3, { stride, groups: width / groupWidth, activation: relu })),
    // a quarter of the block's input channels
    ...(squeezed ? [named('se', squeezeExcite(width, Math.round(inChannels / 4)))] : []),
    named('c', convNormAct(width, width, 1, { activation: null }))
  )
  const shortcut =
    inChannels === width && stride === 1
      ? identity
      : sequential(named('proj', convNormAct(inChannels, width, 1, { stride, activation: null })))
  return sequential(sum(sequential(named('f', inner)), shortcut), relu)
}

const network = (sizes: Sizes): Layer => {
  const { depths, widths } = sizes
  const stages = depths.map((depth, s) => {
    const stage = `block${s + 1}`
    const blocks = Array.from({ length: depth }, (_, i) =>
      named(`${stage}-${i}`, block(i === 0 ? (widths[s - 1] ?? 32) : widths[s]!, widths[s]!, i === 0 ? 2 : 1, sizes))
    )
    return named(stage, sequential(...blocks))
  })
  return sequential(
    named('stem', convNormAct(3, 32, 3, { stride: 2, activation: relu })),
    named('trunk_output', sequential(...stages)),
    named('avgpool', adaptiveAvgPool2d(1)),
    flatten,
    named('fc', linear(widths.at(-1)!, 1000, { weightInit: normal(0.01), biasInit: constant(0) }))
  )
}

const regnet = (name: string, sizes: Sizes, published: ReadonlyArray<WeightsRecord>): Arch =>
  arch({ name, network: network(sizes), split: ['trunk_output.block3'], published })

/**
 * 4,344,144 parameters; body of 440 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const regnet_y_400mf: Arch = /*#__PURE__*/ regnet(
  'regnet_y_400mf',
  { depths: [1, 3, 6, 6], widths: [48, 104, 208, 440], groupWidth: 8, squeezed: true },
  [
    imagenet1kV1('regnet_y_400mf-c65dace8'),
    imagenet1kV2('regnet_y_400mf-e6988f5f'),
    timm('regnety_004', 'pycls_in1k', { licence: 'MIT' })
  ]
)

/**
 * 6,432,512 parameters; body of 784 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const regnet_y_800mf: Arch = /*#__PURE__*/ regnet(
  'regnet_y_800mf',
  { depths: [1, 3, 8, 2], widths: [64, 144, 320, 784], groupWidth: 16, squeezed: true },
  [imagenet1kV1('regnet_y_800mf-1b27b58c'), imagenet1kV2('regnet_y_800mf-58fc7688')]
)

/**
 * 11,202,430 parameters; body of 888 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const regnet_y_1_6gf: Arch = /*#__PURE__*/ regnet(
  'regnet_y_1_6gf',
  { depths: [2, 6, 17, 2], widths: [48, 120, 336, 888], groupWidth: 24, squeezed: true },
  [imagenet1kV1('regnet_y_1_6gf-b11a554e'), imagenet1kV2('regnet_y_1_6gf-0d7bc02a')]
)

/**
 * 5,495,976 parameters; body of 400 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const regnet_x_400mf: Arch = /*#__PURE__*/ regnet(
  'regnet_x_400mf',
  { depths: [1, 2, 7, 12], widths: [32, 64, 160, 400], groupWidth: 16, squeezed: false },
  [imagenet1kV1('regnet_x_400mf-adf1edd5'), imagenet1kV2('regnet_x_400mf-62229a5f')]
)

/**
 * 7,259,656 parameters; body of 672 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const regnet_x_800mf: Arch = /*#__PURE__*/ regnet(
  'regnet_x_800mf',
  { depths: [1, 3, 7, 5], widths: [64, 128, 288, 672], groupWidth: 16, squeezed: false },
  [imagenet1kV1('regnet_x_800mf-ad17e45c'), imagenet1kV2('regnet_x_800mf-94a99ebd')]
)
