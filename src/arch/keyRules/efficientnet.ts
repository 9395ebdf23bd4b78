import type { KeyRule } from './KeyRule.js'

/** The parts of a bottleneck: timm's names, and torchvision's numbers; the first stage has no expansion. */
const parts = {
  plain: [
    ['conv_dw', '0.0'],
    ['bn1', '0.1'],
    ['se\\.conv_reduce', '1.fc1'],
    ['se\\.conv_expand', '1.fc2'],
    ['conv_pw', '2.0'],
    ['bn2', '2.1']
  ],
  expanded: [
    ['conv_pw', '0.0'],
    ['bn1', '0.1'],
    ['conv_dw', '1.0'],
    ['bn2', '1.1'],
    ['se\\.conv_reduce', '2.fc1'],
    ['se\\.conv_expand', '2.fc2'],
    ['conv_pwl', '3.0'],
    ['bn3', '3.1']
  ]
} as const

/** timm's EfficientNet-B0 to B4: stage s of its blocks is feature s + 1. */
export const efficientnet: ReadonlyArray<KeyRule> = [
  ...[0, 1, 2, 3, 4, 5, 6].flatMap((stage) =>
    (stage === 0 ? parts.plain : parts.expanded).map(([from, to]) => ({
      from: new RegExp(`^blocks\\.${stage}\\.(\\d+)\\.${from}\\.`),
      to: `features.${stage + 1}.$1.block.${to}.`
    }))
  ),
  { from: /^conv_head\./, to: 'features.8.0.' },
  { from: /^bn2\./, to: 'features.8.1.' }
]
