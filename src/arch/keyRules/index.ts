import { convnext } from './convnext.js'
import { densenet } from './densenet.js'
import { efficientnet } from './efficientnet.js'
import type { KeyRule } from './KeyRule.js'
import { mobilenet } from './mobilenet.js'
import { vgg } from './vgg.js'

/**
 * Rules that translate the keys of other libraries and of older versions to those of graft's architectures.
 *
 * @internal
 */
export const keyRules: ReadonlyArray<KeyRule> = [...mobilenet, ...vgg, ...densenet, ...efficientnet, ...convnext]
