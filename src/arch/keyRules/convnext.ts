import type { KeyRule } from './KeyRule.js'

/** timm's ConvNeXt: stage s of its stages is feature 2s + 1, after the layers that reduce the map, feature 2s. */
export const convnext: ReadonlyArray<KeyRule> = [
  { from: /^stem\.([01])\./, to: 'features.0.$1.' },
  ...[0, 1, 2, 3].flatMap((stage) => [
    { from: new RegExp(`^stages\\.${stage}\\.downsample\\.`), to: `features.${2 * stage}.` },
    ...(
      [
        ['conv_dw\\.', 'block.0.'],
        ['norm\\.', 'block.2.'],
        ['mlp\\.fc1\\.', 'block.3.'],
        ['mlp\\.fc2\\.', 'block.5.'],
        ['gamma$', 'layer_scale']
      ] as const
    ).map(([from, to]) => ({
      from: new RegExp(`^stages\\.${stage}\\.blocks\\.(\\d+)\\.${from}`),
      to: `features.${2 * stage + 1}.$1.${to}`
    }))
  ]),
  { from: /^head\.norm\./, to: 'classifier.0.' },
  { from: /^head\.fc\./, to: 'classifier.2.' }
]
