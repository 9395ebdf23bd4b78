/**
 * `Head`: the network after the cut, as a choice. The plan elaborates it once the body's channels and the task's
 * number of classes are known.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import type { Layer } from './Layer.js'
import { defaultUnet, type UnetOptions } from './Unet.js'

/**
 * fastai's `create_head` arguments, in its order, and how the linear layers start.
 *
 * @since 0.1.0
 */
export interface HeadOptions {
  /** Widths of the hidden linear layers; `[]` is a single block. */
  readonly linFtrs: ReadonlyArray<number>
  /**
   * Dropout in [0, 1]: one number (or a list of one) gives the last block `ps` and every other `ps/2`; a longer list
   * gives each block its own.
   */
  readonly ps: number | ReadonlyArray<number>
  /** Pool with maxima and averages side by side (doubling the features), or averages alone. */
  readonly concatPool: boolean
  /** A batch norm after the last linear layer. */
  readonly bnFinal: boolean
  /** How its linear layers start: Kaiming normal with zero bias, or torch's default. */
  readonly init: 'kaimingNormal' | 'torchDefault'
}

export type Head =
  | ({ readonly _tag: 'LinearHead' } & HeadOptions)
  /** A network of the user's own, used as it is. */
  | { readonly _tag: 'CustomHead'; readonly network: Layer }
  /** The decoder of a U-Net, which crosses the body's stages. */
  | ({ readonly _tag: 'UnetHead' } & UnetOptions)
  /** None to add: the body's network is whole, with `body` and `head` in its paths. What a U-Net is once it is resolved. */
  | { readonly _tag: 'WholeHead' }

/**
 * The reference's defaults: one hidden layer of 512, `ps` 0.5, concat pool, no final batch norm, Kaiming normal.
 *
 * @since 0.1.0
 */
export const defaultHead: HeadOptions = {
  linFtrs: [512],
  ps: 0.5,
  concatPool: true,
  bnFinal: false,
  init: 'kaimingNormal'
}

/**
 * fastai's head: pool, flatten, then for each block batch norm, dropout (left out when 0), linear and, in all but the
 * last, ReLU. What is left out takes `defaultHead`'s value.
 *
 * @example
 * import { head } from 'graft-vision'
 *
 * assert.deepStrictEqual(head({ ps: 0.2 }), {
 *   _tag: 'LinearHead', linFtrs: [512], ps: 0.2, concatPool: true, bnFinal: false, init: 'kaimingNormal'
 * })
 *
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
 * A network of one's own after the cut, used as it is and initialised as its layers say. It must take the body's output
 * and give what the task wants, which a plan checks: `ShapeError`.
 *
 * @example
 * import { adaptiveAvgPool2d, classification, customHead, cut, flatten, linear, numbered, plan } from 'graft-vision'
 * import { resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const mine = customHead(numbered(adaptiveAvgPool2d(1), flatten, linear(512, 2)))
 * const checked = pipe(resnet18, cut, withHead(mine), plan({ input: [3, 32, 32], task: classification(['a', 'b']) }))
 * assert.deepStrictEqual(pipe(checked, E.map((p) => p.output)), E.right([2]))
 *
 * @since 0.1.0
 */
export const customHead = (network: Layer): Head => ({ _tag: 'CustomHead', network })

/**
 * The decoder of a U-Net (Ronneberger et al. 2015; fastai's `DynamicUnet`): the body is its encoder, and whatever the
 * body halves its map at is crossed once, found from the plan's shapes at any depth. It gives as many channels as the
 * task has classes, at the size of the image. What is left out takes `defaultUnet`'s value.
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
 * @since 0.1.0
 */
export const unet = (options: Partial<UnetOptions> = {}): Head => ({
  _tag: 'UnetHead',
  ...defaultUnet,
  ...given(options)
})

/**
 * No head to add: the body's network is a whole model's, its parts named `body.…` and `head.…`. A resolved U-Net is one,
 * since its decoder nests its encoder.
 *
 * @since 0.1.0
 */
export const wholeHead: Head = { _tag: 'WholeHead' }

/**
 * Reads a head: what to make of fastai's, of one's own, of a U-Net's decoder, and of none.
 *
 * @example
 * import { customHead, foldHead, head, linear } from 'graft-vision'
 *
 * const blocks = foldHead(({ linFtrs }) => linFtrs.length + 1, () => 0, () => 0, () => 0)
 * assert.deepStrictEqual([head(), head({ linFtrs: [] }), customHead(linear(8, 2))].map(blocks), [2, 1, 0])
 *
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
 * Structural equality of options or network.
 *
 * @since 0.1.0
 */
export const eqHead: Eq<Head> = eqValue()

/** What differs from the defaults, as it is written. */
const chosen = <A extends object>(options: A, defaults: A): string => {
  const entries = Object.entries(defaults).flatMap(([k, v]) => {
    const value = options[k as keyof A]
    return eqValue<unknown>().equals(v, value) ? [] : [[k, value]]
  })
  return entries.length === 0 ? '' : showValue(Object.fromEntries(entries))
}

/**
 * The call that makes it, with only what differs from the defaults: `head({ ps: 0.2 })`.
 *
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
