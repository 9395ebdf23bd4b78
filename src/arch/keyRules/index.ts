import { densenet } from './densenet.js'
import type { KeyRule } from './KeyRule.js'
import { mobilenet } from './mobilenet.js'
import { vgg } from './vgg.js'

/**
 * What other libraries, and older versions, call the keys of graft's architectures.
 *
 * @internal
 */
export const keyRules: ReadonlyArray<KeyRule> = [...mobilenet, ...vgg, ...densenet]
