/**
 * `Head`: the choice of layers after the cut. The plan builds them once the body's channels and the task's number of
 * outputs are known.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import type { Layer } from './Layer.js'
import { defaultUnet, type UnetOptions } from './Unet.js'

/**
 * Arguments of fastai's `create_head`, in its order, and the initialisation of the linear layers.
 *
 * @category models
 * @since 0.1.0
 */
export interface HeadOptions {
  /** Widths of the hidden linear layers; `[]` gives a single block. */
  readonly linFtrs: ReadonlyArray<number>
  /**
   * Dropout probability in [0, 1]. A number (or a list of one) applies to the last block, and half of it to the others;
   * a longer list has one entry per block.
   */
  readonly ps: number | ReadonlyArray<number>
  /** Concatenate max and average pooling (twice the features) instead of average pooling alone. */
  readonly concatPool: boolean
  /** Add a batch norm after the last linear layer. */
  readonly bnFinal: boolean
  /**
   * Pooling of a body whose output is tokens: the class token, the mean of the other tokens, or both side by side; null:
   * as the architecture itself does. Bodies that end in a feature map are pooled as `concatPool` says.
   */
  readonly pool: TokenPool | null
  /** Initialisation of the linear layers: Kaiming normal with zero bias, or torch's default. */
  readonly init: 'kaimingNormal' | 'torchDefault'
}

/**
 * How a head pools tokens.
 *
 * @category models
 * @since 0.1.0
 */
export type TokenPool = 'classToken' | 'mean' | 'both'

export type Head =
  | ({ readonly _tag: 'LinearHead' } & HeadOptions)
  /** A user-defined network, used unchanged. */
  | { readonly _tag: 'CustomHead'; readonly network: Layer }
  /** A U-Net decoder, with skip connections from the body. */
  | ({ readonly _tag: 'UnetHead' } & UnetOptions)
  /** Nothing to add: the network already contains `body` and `head`, as a resolved U-Net does. */
  | { readonly _tag: 'WholeHead' }

/**
 * fastai's defaults: one hidden layer of 512, `ps` 0.5, concat pooling, no final batch norm, Kaiming normal.
 *
 * @since 0.1.0
 */
export const defaultHead: HeadOptions = {
  linFtrs: [512],
  ps: 0.5,
  concatPool: true,
  bnFinal: false,
  pool: null,
  init: 'kaimingNormal'
}

/**
 * fastai's head: pooling, flatten, then for each block batch norm, dropout (omitted when 0), linear and, in all but the
 * last, ReLU. Options default to `defaultHead`.
 *
 * @example
 * import { head } from 'graft-vision'
 *
 * assert.deepStrictEqual(head({ ps: 0.2 }), {
 *   _tag: 'LinearHead', linFtrs: [512], ps: 0.2, concatPool: true, bnFinal: false, pool: null, init: 'kaimingNormal'
 * })
 *
 * @category models
 * @since 0.1.0
 */
export const head = (options: Partial<HeadOptions> = {}): Head => ({
  _tag: 'LinearHead',
  ...defaultHead,
  ...given(options)
})

const given = <A extends object>(options: A): A =>
  Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as A

/**
 * A user-defined head, used unchanged and initialised as its layers say. It must accept the body's output and return
 * the task's outputs; checked when planning: `ShapeError`.
 *
 * @example
 * import { classification, customHead, cut, nn, plan } from 'graft-vision'
 * import { resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const mine = customHead(nn.numbered(nn.adaptiveAvgPool2d(1), nn.flatten, nn.linear(512, 2)))
 * const checked = pipe(resnet18, cut, withHead(mine), plan({ input: [3, 32, 32], task: classification(['a', 'b']) }))
 * assert.deepStrictEqual(pipe(checked, E.map((p) => p.output)), E.right([2]))
 *
 * @category models
 * @since 0.1.0
 */
export const customHead = (network: Layer): Head => ({ _tag: 'CustomHead', network })

/**
 * A U-Net decoder (Ronneberger et al. 2015; fastai's `DynamicUnet`). The body is the encoder; wherever it halves its
 * feature map, at any depth, a skip connection is added. Outputs one channel per class at the size of the image.
 * Options default to `defaultUnet`.
 *
 * @example
 * import { cut, plan, resnet18, segmentation, unet, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cut, withHead(unet({ blur: true })))
 * const planned = plan({ input: [3, 96, 80], task: segmentation(['void', 'road', 'car']) })(model)
 * assert.deepStrictEqual(pipe(planned, E.map((p) => p.output)), E.right([3, 96, 80]))
 *
 * @category models
 * @since 0.1.0
 */
export const unet = (options: Partial<UnetOptions> = {}): Head => ({
  _tag: 'UnetHead',
  ...defaultUnet,
  ...given(options)
})

/**
 * No head to add: the body's network is already a whole model, with paths `body.…` and `head.…`. A resolved U-Net is
 * one, because its decoder contains its encoder.
 *
 * @since 0.1.0
 */
export const wholeHead: Head = { _tag: 'WholeHead' }

/**
 * Folds a head: one function for each case.
 *
 * @example
 * import { customHead, Fold, head, nn } from 'graft-vision'
 *
 * const blocks = Fold.head(({ linFtrs }) => linFtrs.length + 1, () => 0, () => 0, () => 0)
 * assert.deepStrictEqual([head(), head({ linFtrs: [] }), customHead(nn.linear(8, 2))].map(blocks), [2, 1, 0])
 *
 * @category folds
 * @since 0.1.0
 */
export const foldHead =
  <B>(
    onLinear: (options: HeadOptions) => B,
    onCustom: (network: Layer) => B,
    onUnet: (options: UnetOptions) => B,
    onWhole: () => B
  ) =>
  (h: Head): B => {
    switch (h._tag) {
      case 'LinearHead':
        return onLinear(h)
      case 'CustomHead':
        return onCustom(h.network)
      case 'UnetHead':
        return onUnet(h)
      case 'WholeHead':
        return onWhole()
    }
  }

/**
 * Structural equality of the options or the network.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqHead: Eq<Head> = eqValue()

/** Shows the options that differ from the defaults. */
const chosen = <A extends object>(options: A, defaults: A): string => {
  const entries = Object.entries(defaults).flatMap(([k, v]) => {
    const value = options[k as keyof A]
    return eqValue<unknown>().equals(v, value) ? [] : [[k, value]]
  })
  return entries.length === 0 ? '' : showValue(Object.fromEntries(entries))
}

/**
 * Shows the call that makes it, with the options that differ from the defaults: `head({ ps: 0.2 })`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showHead: Show<Head> = {
  show: foldHead(
    (options) => `head(${chosen(options, defaultHead)})`,
    () => 'customHead(...)',
    (options) => `unet(${chosen(options, defaultUnet)})`,
    () => 'wholeHead'
  )
}
