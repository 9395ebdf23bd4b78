import { conv2d } from './Conv2d.js'
import type { Init } from './Init.js'
import { type Layer, named, sequential } from './Layer.js'
import type { Pair } from './Shape.js'
import { tokens } from './Tokens.js'

/**
 * Patches of an image as tokens (Dosovitskiy et al. 2020): a convolution whose kernel size and stride are the side of
 * the patches in pixels, with timm's name, `proj`, then `tokens`: `[inChannels, H, W]` → `[H/patch · W/patch, channels]`.
 *
 * @example
 * import { arch, nn, plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const patches = arch({ name: 'patches', network: nn.patchEmbed(3, 384, 16) })
 * assert.deepStrictEqual(pipe(patches, plan({ input: [3, 224, 224] }), E.map((p) => p.output)), E.right([196, 384]))
 *
 * @category layers
 * @since 0.1.0
 */
export const patchEmbed = (
  inChannels: number,
  channels: number,
  patch: number | Pair,
  options: { readonly bias?: boolean; readonly weightInit?: Init; readonly biasInit?: Init } = {}
): Layer => sequential(named('proj', conv2d(inChannels, channels, patch, { stride: patch, ...options })), tokens)
