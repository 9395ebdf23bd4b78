/** Preprocessing of images for a network: decoding, resizing, normalisation. */
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, normaliseInto, type Pixels, type Resize, uprightSides } from '../../data/index.js'
import { type PointFrame, pointFrame } from '../../data/pixel/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasImages, ImageHeader, View } from '../../io/index.js'
import { showShape, sizeOf } from '../../model/index.js'
import { settingError } from '../LearnError.js'
import type { Embedder, Predictor } from './Predictor.js'

/**
 * An image as a file, bytes or pixels. Files and bytes are resized to the network's input size; pixels must already
 * have it, and three channels.
 *
 * @category prediction
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
          'resize them, or pass the file or its bytes'
        )
      )
}

/** An image scaled for a network, with the header of its file if it was decoded. */
export type ScaledPicture = Pixels & { readonly header?: ImageHeader }

/** An image resized for a network, not yet normalised; with `cut: false` it is scaled but not cropped. */
export const pixelsOf =
  (p: Embedder, picture: Picture, { cut = true }: { readonly cut?: boolean } = {}) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, ScaledPicture> => {
    const [channels, height, width] = p.plan.input as readonly [number, number, number]
    if (channels !== 3)
      return TE.left(
        settingError(
          'predict',
          'a network of 3 input channels',
          `${channels}`,
          'images have three channels: red, green and blue'
        )
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

/** The way back from the network's coordinates to the pixels of an image that was scaled, then transformed. */
export const frameOf =
  ({ plan, resize, decoding }: Predictor, { header, ...scaled }: ScaledPicture) =>
  (transforms: View): PointFrame => {
    const sides = plan.input.slice(1) as unknown as readonly [number, number]
    const { orientation } = decoding
    const stored = header ?? { ...scaled, orientation: 1 }
    return pointFrame({
      own: uprightSides(orientation === 'apply' ? stored.orientation : 1, [stored.height, stored.width]),
      decoded: { size: header === undefined ? O.none : O.some(sides), resize },
      transforms,
      sides,
      resize
    })
  }

/** The resize method of a network: squish if the output is scaled back to the whole image. */
export const resizeFor = ({ task, resize }: Predictor): Resize =>
  task._tag === 'Segmentation' || task._tag === 'ImageRegression' ? 'squish' : resize

/** A normalised batch of images. */
export const inputOf = (p: Embedder, pixels: ReadonlyArray<Pixels>): Float32Array => {
  const size = p.plan.input.reduce((a, b) => a * b, 1)
  const x = new Float32Array(pixels.length * size)
  const into = normaliseInto(p.stats)
  pixels.forEach((image, i) => into(x, i * size, image.data))
  return x
}
