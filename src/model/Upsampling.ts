/**
 * `Upsampling`: layers without parameters that enlarge a feature map, or smooth an enlarged one.
 *
 * @category layers
 * @since 0.1.0
 */
import { bare, sides, size } from './LayerKind.js'
import { type Pair, pair } from './Shape.js'

export type Upsampling =
  | { readonly _tag: 'PixelShuffle'; readonly scale: number }
  | { readonly _tag: 'Blur' }
  | { readonly _tag: 'ResizeNearest'; readonly outputSize: Pair }

/**
 * Moves channels to pixels: `[C·scale², H, W]` → `[C, scale·H, scale·W]`. Output channel c interleaves the input
 * channels from `c·scale²` on, row by row (torch.nn.PixelShuffle; Shi et al. 2016).
 *
 * @example
 * import { arch, nn, plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const planned = plan({ input: [8, 3, 5] })(arch({ name: 'shuffle', network: nn.pixelShuffle(2) }))
 * assert.deepStrictEqual(pipe(planned, E.map((p) => p.output)), E.right([2, 6, 10]))
 *
 * @category layers
 * @since 0.1.0
 */
export const pixelShuffle = (scale: number): Upsampling => ({ _tag: 'PixelShuffle', scale })

/**
 * A 2×2 average with stride 1. The top and left edges are replicated, so the size does not change. Removes the
 * checkerboard pattern of a pixel shuffle (Sugawara et al. 2018; fastai's `PixelShuffle_ICNR(blur)`).
 *
 * @category layers
 * @since 0.1.0
 */
export const blur: Upsampling = { _tag: 'Blur' }

/**
 * Resizes to `h`×`w` by nearest neighbour: row i of the output is row ⌊i·H/h⌋ of the input (torch's
 * `interpolate(mode='nearest')`).
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.resizeNearest(7), { _tag: 'ResizeNearest', outputSize: [7, 7] })
 *
 * @category layers
 * @since 0.1.0
 */
export const resizeNearest = (outputSize: number | Pair): Upsampling => ({
  _tag: 'ResizeNearest',
  outputSize: pair(outputSize)
})

export const upsamplingKinds = {
  PixelShuffle: /*#__PURE__*/ bare('upsampling', { scale: size }),
  Blur: /*#__PURE__*/ bare('upsampling', {}),
  ResizeNearest: /*#__PURE__*/ bare('upsampling', { outputSize: sides })
}
