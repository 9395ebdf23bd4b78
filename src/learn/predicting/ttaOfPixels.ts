/** Test-time augmentation of single images: predicts each image and its views. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { cropPad, type Pixels, type Resize, type Task, Transform, ttaViews } from '../../data/index.js'
import { applyTransforms } from '../../data/pixel/index.js'
import type { GraftError } from '../../GraftError.js'
import { averageViews, blendTta } from '../../interpret/index.js'
import type { View } from '../../io/index.js'
import { settingError } from '../LearnError.js'

/**
 * Options of test-time augmentation.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface TtaBlend {
  /** Weight of the plain predictions, in [0, 1]. Default 0.4. */
  readonly beta?: number
  /** Zoom of the views, at least 1. Default 1.35. */
  readonly scale?: number
}

export type Rows = ReadonlyArray<ReadonlyArray<number>>

export const checkedBlend = ({ beta = 0.4, scale = 1.35 }: TtaBlend, task: Task): E.Either<GraftError, void> =>
  task._tag === 'Segmentation' || task._tag === 'ImageRegression'
    ? E.left(
        settingError(
          'tta',
          'a network with one prediction per image',
          task._tag,
          'use getPreds, predictMask or predictImage'
        )
      )
    : !(beta >= 0 && beta <= 1)
      ? E.left(settingError('tta.beta', 'a number from 0 to 1', String(beta), 'leave it out for 0.4'))
      : !(scale >= 1 && scale <= 100)
        ? E.left(settingError('tta.scale', 'a number from 1 to 100', String(scale), 'leave it out for 1.35'))
        : E.right(undefined)

/** Returns the activated outputs of images, one row each; of points, in the pixels before the view. */
export type Asking = (pixels: ReadonlyArray<Pixels>, view: View) => E.Either<GraftError, Rows>

/** Predicts each image nine times. The images are scaled but not yet cropped. */
export const ttaOfPixels = (
  options: TtaBlend,
  { sides, resize }: { readonly sides: readonly [height: number, width: number]; readonly resize: Resize },
  task: Task
): E.Either<GraftError, (ask: Asking) => Asking> =>
  E.map(() => (ask: Asking) => (pixels: ReadonlyArray<Pixels>) => {
    const views = ttaViews(options).map((view) => Transform.drawAll(0)(view))
    const looks = views.map((view) => applyTransforms(view, { size: O.some(sides), resize }))
    return pipe(
      E.sequenceArray([cropPad(sides), ...looks].map((look, i) => ask(pixels.map(look), views[i - 1] ?? []))),
      E.map(([plain, ...augmented]) => blendTta(options.beta)(plain!, averageViews(augmented)))
    )
  })(checkedBlend(options, task))
