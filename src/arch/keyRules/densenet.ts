import type { KeyRule } from './KeyRule.js'

/** torchvision's densenet until its layers' names lost a dot. */
export const densenet: ReadonlyArray<KeyRule> = [{ from: /(\.denselayer\d+\.(?:norm|conv))\.([12]\.)/, to: '$1$2' }]
