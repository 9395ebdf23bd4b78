/**
 * `tta`: predictions of a set with test-time augmentation.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Task, Transform, ttaViews } from '../../data/index.js'
import { framedPoints, type PointFrame } from '../../data/pixel/index.js'
import type { GraftError } from '../../GraftError.js'
import { averageViews, blendedLosses, blendTta } from '../../interpret/index.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import { activationOf } from '../../recipe/index.js'
import type { HasEngine } from '../Env.js'
import { askedOf, type PredictedSet, type Predictions, predictViews, setOf, type Views } from './getPreds.js'
import type { Learner } from '../learner/Learner.js'
import { batchingOf } from '../loop/training.js'
import { checkedBlend, type Rows, type TtaBlend } from './ttaOfPixels.js'

/**
 * Options of `tta`.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface TtaOptions extends TtaBlend {
  /** Default `valid`. */
  readonly set?: Exclude<PredictedSet, 'test'>
  /** Default false. */
  readonly withLoss?: boolean
}

/**
 * Predictions with test-time augmentation, and the averages they are made of.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface TtaPredictions extends Predictions {
  readonly plain: Rows
  /** The mean over the eight views. */
  readonly average: Rows
}

/** Points as losses see them: in the network's coordinates. */
const framedRows = (
  task: Task,
  frames: ReadonlyArray<PointFrame>,
  preds: Rows,
  targets: Predictions['targets']
): readonly [preds: Rows, targets: Predictions['targets']] =>
  task._tag === 'Points'
    ? [
        preds.map((row, i) => framedPoints(task, frames[i]!)(row)),
        targets.map((row, i) => framedPoints(task, frames[i]!)([row].flat()))
      ]
    : [preds, targets]

/** The transforms of each view, drawn for each image from the data's seed. */
const waysOf = (l: Learner, scale: number | undefined): ReadonlyArray<Views> => {
  const { transforms } = l.data.spec
  const { seed } = batchingOf(l)
  return ttaViews({ transforms, ...(scale === undefined ? {} : { scale }) }).map(
    (view, k) => (i) => Transform.drawAll(seed, 'tta', k, i)(view)
  )
}

/**
 * Predictions of a set with test-time augmentation, after the loss's activation: `beta` (0.4) times the plain
 * predictions plus 1 − `beta` times the average over eight views. The views are zoomed `scale` (1.35) times into each
 * corner, plain and flipped, with the training transforms other than crops, flips and zooms, drawn from the data's seed
 * (fastai's `TTA`). Points are mapped back to the image before they are averaged. Losses are computed from the result. Errors: `SettingError` for segmentation and for options out of
 * range, and those of `getPreds`.
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
 * @category prediction
 * @since 0.1.0
 */
export const tta =
  (options: TtaOptions = {}) =>
  (l: Learner): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, TtaPredictions> =>
    pipe(
      RTE.fromEither(checkedBlend(options, l.data.task)),
      RTE.chain(() => RTE.fromEither(setOf(l, options.set ?? 'valid'))),
      RTE.map(askedOf(l)),
      RTE.chain((of) => predictViews(of, [undefined, ...waysOf(l, options.scale)])),
      RTE.map(([first, ...views]) => {
        const { preds: plain, targets, files, frames } = first!
        const average = averageViews(views.map(({ preds }) => preds))
        const preds = blendTta(options.beta)(plain, average)
        const losses =
          options.withLoss === true
            ? blendedLosses(activationOf(l.settings.loss))(...framedRows(l.data.task, frames, preds, targets))
            : null
        return { preds, targets, losses, files, plain, average }
      })
    )
