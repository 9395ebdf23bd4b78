/**
 * Pictures as a network takes them: decoded, resized, normalised.
 */
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, normaliseInto, type Pixels, type Resize } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import { showShape, sizeOf } from '../../model/index.js'
import { settingError } from '../LearnError.js'
import type { Predictor } from './Predictor.js'

/**
 * A picture: a file, its bytes, or its pixels; files and bytes are brought to the network's height and width, pixels
 * must have them, and three channels, already.
 *
 * @since 0.1.0
 */
export type Picture = string | Uint8Array | Pixels

export const nameOf = (picture: Picture): string => (typeof picture === 'string' ? picture : 'image')

const fittingPixels = (pixels: Pixels, input: readonly [number, number, number]): TE.TaskEither<GraftError, Pixels> => {
  const found = [pixels.channels, pixels.height, pixels.width]
  return showShape(found) === showShape(input) && pixels.data.length === sizeOf(input)
    ? TE.right(pixels)
    : TE.left(
        dataError.mixedSizes(
          'image',
          `pixels of ${showShape(input)}`,
          `${showShape(found)} with ${pixels.data.length} samples`,
          'resize them, or give the file or its bytes'
        )
      )
}

/** A picture as a network sees it, not yet normalised; `cut: false`: scaled alone. */
export const pixelsOf =
  (p: Predictor, picture: Picture, { cut = true }: { readonly cut?: boolean } = {}) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Pixels> => {
    const [channels, height, width] = p.plan.input as readonly [number, number, number]
    if (channels !== 3)
      return TE.left(
        settingError('predict', 'a network of 3 input channels', `${channels}`, 'pictures are red, green and blue')
      )
    if (typeof picture === 'object' && 'channels' in picture) return fittingPixels(picture, [channels, height, width])
    const bytes = typeof picture === 'string' ? env.files.read(picture) : TE.right(picture)
    return pipe(
      bytes as TE.TaskEither<GraftError, Uint8Array>,
      TE.chainW((content) =>
        env.images.decode(nameOf(picture), content, {
          size: O.some([height, width]),
          resize: p.resize,
          cut,
          decoding: p.decoding
        })
      )
    )
  }

/** How a picture is brought to a network's size: squished where what comes out goes back to all of the picture. */
export const resizeFor = ({ task, resize }: Predictor): Resize =>
  task._tag === 'Segmentation' || task._tag === 'ImageRegression' ? 'squish' : resize

/** Pictures side by side, normalised. */
export const inputOf = (p: Predictor, pixels: ReadonlyArray<Pixels>): Float32Array => {
  const size = p.plan.input.reduce((a, b) => a * b, 1)
  const x = new Float32Array(pixels.length * size)
  const into = normaliseInto(p.stats)
  pixels.forEach((image, i) => into(x, i * size, image.data))
  return x
}
