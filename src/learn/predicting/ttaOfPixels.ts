/**
 * Test-time augmentation of single pictures: a network is asked of each as it is, and of views of it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { cropPad, type Pixels, type Resize, type Task, Transform, ttaViews } from '../../data/index.js'
import { applyTransforms } from '../../data/pixel/index.js'
import type { GraftError } from '../../GraftError.js'
import { averageViews, blendTta } from '../../interpret/index.js'
import { settingError } from '../LearnError.js'

/**
 * How the plain predictions and those of the views are blended.
 *
 * @since 0.1.0
 */
export interface TtaBlend {
  /** The plain predictions' part, from 0 to 1. Default 0.4. */
  readonly beta?: number
  /** How far the views are zoomed into, from 1. Default 1.35. */
  readonly scale?: number
}

export type Rows = ReadonlyArray<ReadonlyArray<number>>

export const checkedBlend = ({ beta = 0.4, scale = 1.35 }: TtaBlend, task: Task): E.Either<GraftError, void> =>
  task._tag === 'Segmentation' || task._tag === 'ImageRegression'
    ? E.left(
        settingError(
          'tta',
          'a network that says one thing of an image',
          task._tag,
          'use getPreds, predictMask or predictImage'
        )
      )
    : !(beta >= 0 && beta <= 1)
      ? E.left(settingError('tta.beta', 'a number from 0 to 1', String(beta), 'leave it out for 0.4'))
      : !(scale >= 1 && scale <= 100)
        ? E.left(settingError('tta.scale', 'a number from 1 to 100', String(scale), 'leave it out for 1.35'))
        : E.right(undefined)

/** Activated outputs of pictures, a row each. */
export type Asking = (pixels: ReadonlyArray<Pixels>) => E.Either<GraftError, Rows>

/** Asks nine times instead of once; the pictures are scaled, and not yet cut. */
export const ttaOfPixels = (
  options: TtaBlend,
  { sides, resize }: { readonly sides: readonly [height: number, width: number]; readonly resize: Resize },
  task: Task
): E.Either<GraftError, (ask: Asking) => Asking> =>
  E.map(() => (ask: Asking) => (pixels: ReadonlyArray<Pixels>) => {
    const views = ttaViews(options).map((view) =>
      applyTransforms(Transform.drawAll(0)(view), { size: O.some(sides), resize })
    )
    return pipe(
      E.sequenceArray([cropPad(sides), ...views].map((look) => ask(pixels.map(look)))),
      E.map(([plain, ...augmented]) => blendTta(options.beta)(plain!, averageViews(augmented)))
    )
  })(checkedBlend(options, task))
