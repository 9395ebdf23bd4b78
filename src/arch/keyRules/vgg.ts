import type { KeyRule } from './KeyRule.js'

/**
 * timm's vgg stores its first two linear layers as convolutions, the first over the whole 7×7 map, with the same
 * values.
 */
export const vgg: ReadonlyArray<KeyRule> = [
  { from: /^pre_logits\.fc1\./, to: 'classifier.0.' },
  { from: /^pre_logits\.fc2\./, to: 'classifier.3.' },
  { from: /^head\.fc\./, to: 'classifier.6.' }
]
