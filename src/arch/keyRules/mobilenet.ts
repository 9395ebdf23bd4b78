import type { KeyRule } from './KeyRule.js'

/** The inverted residuals of a stage: timm's names, and torchvision's numbers. */
const inverted = (stage: number, block: number, feature: number): ReadonlyArray<KeyRule> =>
  [
    ['conv_pw', 'conv.0.0'],
    ['bn1', 'conv.0.1'],
    ['conv_dw', 'conv.1.0'],
    ['bn2', 'conv.1.1'],
    ['conv_pwl', 'conv.2'],
    ['bn3', 'conv.3']
  ].map(([from, to]) => ({
    from: new RegExp(`^blocks\\.${stage}\\.${block}\\.${from}\\.`),
    to: `features.${feature}.${to}.`
  }))

/** Blocks in each of mobilenet_v2's stages after the first (Sandler et al. 2018, table 2). */
const invertedCounts = [2, 3, 4, 3, 3, 1]

export const mobilenet: ReadonlyArray<KeyRule> = [
  { from: /^conv_stem\./, to: 'features.0.0.' },
  { from: /^bn1\./, to: 'features.0.1.' },
  { from: /^blocks\.0\.0\.conv_dw\./, to: 'features.1.conv.0.0.' },
  { from: /^blocks\.0\.0\.bn1\./, to: 'features.1.conv.0.1.' },
  { from: /^blocks\.0\.0\.conv_pw\./, to: 'features.1.conv.1.' },
  { from: /^blocks\.0\.0\.bn2\./, to: 'features.1.conv.2.' },
  ...invertedCounts.flatMap((count, i) =>
    Array.from({ length: count }, (_, block) =>
      inverted(i + 1, block, 2 + invertedCounts.slice(0, i).reduce((a, b) => a + b, 0) + block)
    ).flat()
  ),
  { from: /^conv_head\./, to: 'features.18.0.' },
  { from: /^bn2\./, to: 'features.18.1.' },
  { from: /^classifier\./, to: 'classifier.1.' }
]
