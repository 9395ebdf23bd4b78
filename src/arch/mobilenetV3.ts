/**
 * MobileNetV3 (Howard et al. 2019) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  constant,
  dropout,
  flatten,
  hardSigmoid,
  hardSwish,
  identity,
  type Layer,
  linear,
  named,
  normal,
  numbered,
  relu,
  sequential,
  squeezeExcite,
  sum,
  type WeightsRecord
} from '../model/index.js'
import { convNormAct, divisible } from './convNormAct.js'
import { timm } from './timm.js'
import { imagenet1kV1, imagenet1kV2 } from './torchvision.js'

/** A row of tables 1 and 2: kernel, expanded and output channels, squeeze-and-excitation, activation, stride. */
type Row = readonly [
  kernel: number,
  expanded: number,
  outChannels: number,
  squeezed: boolean,
  activation: 'relu' | 'hardSwish',
  stride: number
]

const norm = (channels: number): Layer => batchNorm(channels, { eps: 1e-3, momentum: 0.01 })

const bottleneck = (inChannels: number, [kernel, width, outChannels, squeezed, by, stride]: Row): Layer => {
  const activation = by === 'relu' ? relu : hardSwish
  const block = named(
    'block',
    numbered(
      ...(width === inChannels ? [] : [convNormAct(inChannels, width, 1, { norm, activation })]),
      convNormAct(width, width, kernel, { stride, groups: width, norm, activation }),
      ...(squeezed ? [squeezeExcite(width, divisible(Math.floor(width / 4)), { gate: hardSigmoid })] : []),
      convNormAct(width, outChannels, 1, { norm, activation: null })
    )
  )
  return stride === 1 && inChannels === outChannels ? sum(block, identity) : sequential(block)
}

const classifier = { weightInit: normal(0.01), biasInit: constant(0) }

const network = (rows: ReadonlyArray<Row>, hidden: number): Layer => {
  const last = rows.at(-1)![2]
  return sequential(
    named(
      'features',
      numbered(
        convNormAct(3, 16, 3, { stride: 2, norm, activation: hardSwish }),
        ...rows.map((row, i) => bottleneck(rows[i - 1]?.[2] ?? 16, row)),
        convNormAct(last, 6 * last, 1, { norm, activation: hardSwish })
      )
    ),
    adaptiveAvgPool2d(1),
    flatten,
    named(
      'classifier',
      numbered(linear(6 * last, hidden, classifier), hardSwish, dropout(0.2), linear(hidden, 1000, classifier))
    )
  )
}

const mobilenet = (
  name: string,
  rows: ReadonlyArray<Row>,
  hidden: number,
  split: string,
  published: ReadonlyArray<WeightsRecord>
): Arch => arch({ name, network: network(rows, hidden), cut: -1, split: [split], published })

/**
 * 2,542,856 parameters; body of 576 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const mobilenet_v3_small: Arch = /*#__PURE__*/ mobilenet(
  'mobilenet_v3_small',
  [
    [3, 16, 16, true, 'relu', 2],
    [3, 72, 24, false, 'relu', 2],
    [3, 88, 24, false, 'relu', 1],
    [5, 96, 40, true, 'hardSwish', 2],
    [5, 240, 40, true, 'hardSwish', 1],
    [5, 240, 40, true, 'hardSwish', 1],
    [5, 120, 48, true, 'hardSwish', 1],
    [5, 144, 48, true, 'hardSwish', 1],
    [5, 288, 96, true, 'hardSwish', 2],
    [5, 576, 96, true, 'hardSwish', 1],
    [5, 576, 96, true, 'hardSwish', 1]
  ],
  1024,
  'features.7',
  [imagenet1kV1('mobilenet_v3_small-047dcff4')]
)

/**
 * 5,483,032 parameters; body of 960 channels at stride 32.
 *
 * @category architectures
 * @since 0.1.0
 */
export const mobilenet_v3_large: Arch = /*#__PURE__*/ mobilenet(
  'mobilenet_v3_large',
  [
    [3, 16, 16, false, 'relu', 1],
    [3, 64, 24, false, 'relu', 2],
    [3, 72, 24, false, 'relu', 1],
    [5, 72, 40, true, 'relu', 2],
    [5, 120, 40, true, 'relu', 1],
    [5, 120, 40, true, 'relu', 1],
    [3, 240, 80, false, 'hardSwish', 2],
    [3, 200, 80, false, 'hardSwish', 1],
    [3, 184, 80, false, 'hardSwish', 1],
    [3, 184, 80, false, 'hardSwish', 1],
    [3, 480, 112, true, 'hardSwish', 1],
    [3, 672, 112, true, 'hardSwish', 1],
    [5, 672, 160, true, 'hardSwish', 2],
    [5, 960, 160, true, 'hardSwish', 1],
    [5, 960, 160, true, 'hardSwish', 1]
  ],
  1280,
  'features.11',
  [
    imagenet1kV1('mobilenet_v3_large-8738ca79'),
    imagenet1kV2('mobilenet_v3_large-5c1a4163'),
    timm('mobilenetv3_large_100', 'ra_in1k')
  ]
)
