/**
 * `predictImage`: the output image of an image-to-image network.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pixels } from '../../data/index.js'
import { applyTransforms } from '../../data/pixel/index.js'
import type { GraftError } from '../../GraftError.js'
import { activate } from '../../interpret/index.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { settingError } from '../LearnError.js'
import { nameOf, type Picture } from './networkInput.js'
import type { Predictor } from './Predictor.js'
import { outputsFor, whole } from './predictMask.js'

/** Converts outputs in [0, 1] to 8 bits; values outside are clamped, as in fastai. */
const picturedBy = (p: Predictor, outputs: Float32Array): Pixels => {
  const [channels, height, width] = p.plan.output as readonly [number, number, number]
  const samples = activate(p.activation, channels)(outputs)
  return { height, width, channels, data: new Uint8Array(Uint8ClampedArray.from(samples, (v) => v * 255).buffer) }
}

/**
 * Predicts an image from an image. The input is squished to the network's size; the output is clamped to [0, 1] and
 * scaled back bilinearly to the input image's own size (`at: 'picture'`, the default), or keeps its size (`at:
 * 'network'`, for networks that enlarge). It has the channels of the training targets, 8 bits each. Errors:
 * `SettingError` for a network whose output is not an image, and those of reading the image.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictImage, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => predictImage(blank)(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * // a classifier's output is not an image
 * assert.ok(E.isLeft(result) && result.left._tag === 'SettingError')
 *
 * @category prediction
 * @since 0.1.0
 */
export const predictImage =
  (picture: Picture, { at = 'picture' }: { readonly at?: 'picture' | 'network' } = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Pixels> =>
  (env) =>
    p.task._tag === 'ImageRegression'
      ? pipe(
          whole(picture, p.decoding)(env),
          TE.bindW('outputs', ({ content }) => outputsFor(p, content, nameOf(picture), env)),
          TE.map(({ pixels: { height, width }, outputs }) => {
            const size = at === 'picture' ? O.some([height, width] as const) : O.none
            return applyTransforms([], { size, resize: 'squish' })(picturedBy(p, outputs))
          })
        )
      : TE.left(settingError('predictImage', 'an image-to-image network', p.task._tag, 'use predict'))
