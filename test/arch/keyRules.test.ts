import { expect, it } from 'vitest'
import { convnext_tiny, efficientnet_b0, keyRules } from '../../src/arch/index.js'
import { type Arch, arrayPath, leaves, parametersOf } from '../../src/model/index.js'

/** The architecture's key for another library's, by the first rule that gives one. */
const translated = (arch: Arch, key: string): string | undefined => {
  const own = new Set(
    leaves(arch.network).flatMap(({ path, layer }) => parametersOf(layer).map(({ name }) => arrayPath(path, name)))
  )
  return keyRules.map(({ from, to }) => key.replace(from, to)).find((path) => own.has(path))
}

it.each([
  [convnext_tiny, 'stem.0.weight', 'features.0.0.weight'],
  [convnext_tiny, 'stages.1.downsample.1.bias', 'features.2.1.bias'],
  [convnext_tiny, 'stages.0.blocks.2.conv_dw.weight', 'features.1.2.block.0.weight'],
  [convnext_tiny, 'stages.2.blocks.8.gamma', 'features.5.8.layer_scale'],
  [convnext_tiny, 'stages.3.blocks.0.mlp.fc2.weight', 'features.7.0.block.5.weight'],
  [convnext_tiny, 'head.norm.weight', 'classifier.0.weight'],
  [convnext_tiny, 'head.fc.bias', 'classifier.2.bias'],
  [efficientnet_b0, 'blocks.0.0.se.conv_reduce.bias', 'features.1.0.block.1.fc1.bias'],
  [efficientnet_b0, 'blocks.6.0.bn3.weight', 'features.7.0.block.3.1.weight'],
  [efficientnet_b0, 'conv_head.weight', 'features.8.0.weight']
])("translates timm's key: case %#", (arch, key, path) => {
  expect(translated(arch, key)).toBe(path)
})
