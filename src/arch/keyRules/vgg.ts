import type { KeyRule } from './KeyRule.js'

/** timm's vgg keeps its first two linear layers as convolutions over all of 7×7, with the same numbers. */
export const vgg: ReadonlyArray<KeyRule> = [
  { from: /^pre_logits\.fc1\./, to: 'classifier.0.' },
  { from: /^pre_logits\.fc2\./, to: 'classifier.3.' },
  { from: /^head\.fc\./, to: 'classifier.6.' }
]
