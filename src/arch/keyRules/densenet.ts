import type { KeyRule } from './KeyRule.js'

/** Older versions of torchvision's densenet, whose layer names contained one more dot. */
export const densenet: ReadonlyArray<KeyRule> = [{ from: /(\.denselayer\d+\.(?:norm|conv))\.([12]\.)/, to: '$1$2' }]
