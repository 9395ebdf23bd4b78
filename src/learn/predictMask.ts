/**
 * `predictMask`: the class of every pixel of a picture.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { nearestPixels, type Pixels } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { argMax } from '../interpret/index.js'
import type { HasFiles, HasImages } from '../io/index.js'
import type { HasEngine } from './Env.js'
import { settingError } from './LearnError.js'
import { inputOf, nameOf, type Picture, pixelsOf, type Predictor, programOf } from './predict.js'

type Env = HasEngine & HasFiles & HasImages

/** A picture that can be decoded, and the size it has. */
const sized =
  (picture: Picture) =>
  (env: Env): TE.TaskEither<GraftError, { readonly picture: Picture; readonly sides: readonly [number, number] }> => {
    if (typeof picture === 'object' && 'channels' in picture)
      return TE.right({ picture, sides: [picture.height, picture.width] })
    const bytes: TE.TaskEither<GraftError, Uint8Array> =
      typeof picture === 'string' ? env.files.read(picture) : TE.right(picture)
    return pipe(
      bytes,
      TE.chainW((content) =>
        pipe(
          env.images.header(nameOf(picture), content),
          TE.map(({ height, width }) => ({ picture: content, sides: [height, width] as const }))
        )
      )
    )
  }

const maskOf = (p: Predictor, pixels: Pixels, env: Env): E.Either<GraftError, Pixels> =>
  pipe(
    programOf(p, env),
    E.chainW((program) => {
      const outputs = program.predict(inputOf(p, [pixels]), 1)
      program.dispose()
      return outputs
    }),
    E.map((outputs) => {
      const [classes, height, width] = p.plan.output as readonly [number, number, number]
      const data = Uint8Array.from({ length: height * width }, (_, i) => argMax(outputs, i * classes, classes))
      return { height, width, channels: 1, data }
    })
  )

/**
 * The class of every pixel, as an image of one channel at the picture's own size: the whole picture is squished to the
 * network's size, and what the network says goes back by the nearest pixel. Errors: `SettingError` for a network that
 * gives no mask or more than 256 classes, and those of reading the picture.
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
 * @since 0.1.0
 */
export const predictMask =
  (picture: Picture) =>
  (p: Predictor): ReaderTaskEither<Env, GraftError, Pixels> =>
  (env) => {
    if (p.task._tag !== 'Segmentation' || p.task.codes.length > 256)
      return TE.left(
        settingError('predictMask', 'a network of segmentation, of up to 256 classes', p.task._tag, 'use predict')
      )
    return pipe(
      sized(picture)(env),
      TE.chain(({ picture: content, sides }) =>
        pipe(
          pixelsOf({ ...p, resize: 'squish' }, content)(env),
          TE.chainEitherKW((pixels) => maskOf(p, pixels, env)),
          TE.map(nearestPixels(sides))
        )
      )
    )
  }
