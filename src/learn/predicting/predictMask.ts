/**
 * Segmentation of images: the class of every pixel, and a visualisation.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { nearestPixels, type Pixels } from '../../data/index.js'
import { readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { argMax } from '../../interpret/index.js'
import { overlayMask } from '../../interpret/draw/index.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { finiteOutputs } from '../loop/finite.js'
import { settingError } from '../LearnError.js'
import { inputOf, nameOf, type Picture, pixelsOf, resizeFor } from './networkInput.js'
import type { Predictor } from './Predictor.js'

type Env = HasEngine & HasFiles & HasImages

/**
 * An image at its own size, the class index of each pixel (one channel), and the image with the mask overlaid.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Segmented {
  readonly picture: Pixels
  readonly mask: Pixels
  readonly overlay: Pixels
}

/** An image at its own size, and in a form that `pixelsOf` accepts. */
export const whole =
  (picture: Picture, decoding: Predictor['decoding']) =>
  (env: Env): TE.TaskEither<GraftError, { readonly content: Uint8Array | Pixels; readonly pixels: Pixels }> => {
    if (typeof picture === 'object' && 'channels' in picture) return TE.right({ content: picture, pixels: picture })
    const bytes: TE.TaskEither<GraftError, Uint8Array> =
      typeof picture === 'string' ? env.files.read(picture) : TE.right(picture)
    return pipe(
      bytes,
      TE.chainW((content) =>
        pipe(
          env.images.decode(nameOf(picture), content, { size: O.none, resize: 'squish', decoding }),
          TE.map((pixels) => ({ content, pixels }))
        )
      )
    )
  }

/** An image at its own size, decoded as a network's images are. */
export const wholePicture = (
  picture: Picture,
  { decoding }: Predictor
): RTE.ReaderTaskEither<Env, GraftError, Pixels> =>
  pipe(
    whole(picture, decoding),
    RTE.map(({ pixels }) => pixels)
  )

/** The network's output for an image squished to its size, `[height, width, outputs]`. */
export const outputsFor = (
  p: Predictor,
  content: Uint8Array | Pixels,
  image: string,
  env: Env
): TE.TaskEither<GraftError, Float32Array> =>
  pipe(
    pixelsOf({ ...p, resize: resizeFor(p) }, content)(env),
    TE.chainEitherKW((pixels) =>
      pipe(
        readyInference(env.engine)(p.plan, p.state),
        E.chainW((network) => network.predict(inputOf(p, [pixels]), 1)),
        E.chainW(finiteOutputs([image]))
      )
    )
  )

const maskFrom = (p: Predictor, outputs: Float32Array): Pixels => {
  const [classes, height, width] = p.plan.output as readonly [number, number, number]
  const data = Uint8Array.from({ length: height * width }, (_, i) => argMax(outputs, i * classes, classes))
  return { height, width, channels: 1, data }
}

/**
 * Segments an image. The input is squished to the network's size, and the mask is scaled back to the image's own size
 * by nearest neighbour. Errors: `SettingError` for a network whose output is not a mask, or with more than 256 classes;
 * and those of reading the image.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictorOf, segment, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => segment(blank)(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * // a classifier's output is not a mask
 * assert.ok(E.isLeft(result) && result.left._tag === 'SettingError')
 *
 * @category prediction
 * @since 0.1.0
 */
export const segment =
  (picture: Picture) =>
  (p: Predictor): RTE.ReaderTaskEither<Env, GraftError, Segmented> =>
  (env) => {
    if (p.task._tag !== 'Segmentation' || p.task.codes.length > 256)
      return TE.left(
        settingError('segment', 'a network of segmentation, of up to 256 classes', p.task._tag, 'use predict')
      )
    return pipe(
      whole(picture, p.decoding)(env),
      TE.bindW('outputs', ({ content }) => outputsFor(p, content, nameOf(picture), env)),
      TE.map(({ pixels, outputs }) => {
        const mask = nearestPixels([pixels.height, pixels.width])(maskFrom(p, outputs))
        return { picture: pixels, mask, overlay: overlayMask()(mask)(pixels) }
      })
    )
  }

/**
 * The mask of `segment` alone: the class of every pixel, as an image of one channel at the input image's own size.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictMask, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => predictMask(blank)(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isLeft(result) && result.left._tag === 'SettingError')
 *
 * @category prediction
 * @since 0.1.0
 */
export const predictMask =
  (picture: Picture) =>
  (p: Predictor): RTE.ReaderTaskEither<Env, GraftError, Pixels> =>
    pipe(
      segment(picture)(p),
      RTE.map(({ mask }) => mask)
    )
