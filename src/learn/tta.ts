/**
 * `tta`: predictions of a set, blended with those of zoomed and flipped views (test-time augmentation).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { cropPad, type Pixels, type Resize, type Task, Transform, ttaViews } from '../data/index.js'
import { applyTransforms } from '../data/pixel/index.js'
import type { GraftError } from '../GraftError.js'
import { averageViews, blendedLosses, blendTta } from '../interpret/index.js'
import type { HasFiles, HasImages } from '../io/index.js'
import { activationOf } from '../recipe/index.js'
import type { HasEngine } from './Env.js'
import { askedOf, type PredictedSet, type Predictions, predictViews, setOf, type Views } from './getPreds.js'
import type { Learner } from './Learner.js'
import { settingError } from './LearnError.js'
import { batchingOf } from './phase.js'

/**
 * How much of what.
 *
 * @since 0.1.0
 */
export interface TtaOptions {
  /** The plain predictions' part, from 0 to 1. Default 0.4. */
  readonly beta?: number
  /** How far the views are zoomed into, from 1. Default 1.35. */
  readonly scale?: number
  /** Default `valid`. */
  readonly set?: Exclude<PredictedSet, 'test'>
  /** Default false. */
  readonly withLoss?: boolean
}

/**
 * Blended predictions, and what they are blended of.
 *
 * @since 0.1.0
 */
export interface TtaPredictions extends Predictions {
  readonly plain: Rows
  /** The mean over the eight views. */
  readonly average: Rows
}

type Rows = ReadonlyArray<ReadonlyArray<number>>

const checked = ({ beta = 0.4, scale = 1.35 }: TtaOptions, task: Task): E.Either<GraftError, void> =>
  task._tag === 'Segmentation'
    ? E.left(settingError('tta', 'a network that says one thing of an image', task._tag, 'use getPreds or predictMask'))
    : !(beta >= 0 && beta <= 1)
      ? E.left(settingError('tta.beta', 'a number from 0 to 1', String(beta), 'leave it out for 0.4'))
      : !(scale >= 1 && scale <= 100)
        ? E.left(settingError('tta.scale', 'a number from 1 to 100', String(scale), 'leave it out for 1.35'))
        : E.right(undefined)

/** Each view's transforms, drawn for each image from the data's seed. */
const waysOf = (l: Learner, scale: number | undefined): ReadonlyArray<Views> => {
  const { transforms } = l.data.spec
  const { seed } = batchingOf(l)
  return ttaViews({ transforms, ...(scale === undefined ? {} : { scale }) }).map(
    (view, k) => (i) => Transform.drawAll(seed, 'tta', k, i)(view)
  )
}

/**
 * Predictions of a set after the loss's activation, `beta` parts (0.4) of them the plain ones and the rest the average
 * over eight views: zoomed `scale` times (1.35) into each corner, as it is and flipped, with the data's training
 * transforms other than crops, flips and zooms, drawn from its seed (fastai's `TTA`). Losses are those of the blend.
 * Errors: `SettingError` for segmentation and for numbers out of range, and those of `getPreds`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, tta, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(tta({ beta: 1 })),
 *   RTE.map(({ preds, plain, average }) => [preds.length, preds.flat().every((p, i) => p === plain.flat()[i]), average.length])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right([3, true, 3]))
 *
 * @since 0.1.0
 */
export const tta =
  (options: TtaOptions = {}) =>
  (l: Learner): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, TtaPredictions> =>
    pipe(
      RTE.fromEither(checked(options, l.data.task)),
      RTE.chain(() => RTE.fromEither(setOf(l, options.set ?? 'valid'))),
      RTE.map(askedOf(l)),
      RTE.chain((of) => predictViews(of, [undefined, ...waysOf(l, options.scale)])),
      RTE.map(([first, ...views]) => {
        const { preds: plain, targets, files } = first!
        const average = averageViews(views.map(({ preds }) => preds))
        const preds = blendTta(options.beta)(plain, average)
        const losses = options.withLoss === true ? blendedLosses(activationOf(l.settings.loss))(preds, targets) : null
        return { preds, targets, losses, files, plain, average }
      })
    )

/** Activated outputs of pictures, a row each. */
export type Asking = (pixels: ReadonlyArray<Pixels>) => E.Either<GraftError, Rows>

/** Asks nine times instead of once; the pictures are scaled, and not yet cut. */
export const ttaOfPixels = (
  options: Pick<TtaOptions, 'beta' | 'scale'>,
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
  })(checked(options, task))
