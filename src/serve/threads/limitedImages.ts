/** Images of uploads: only raster formats, and no more pixels than allowed, by their headers. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../../data/index.js'
import type { ImageHeader, Images } from '../../io/index.js'
import { contentTooLarge, type ServeError, unsupportedMediaType } from '../ServeError.js'

/** Formats of which the header bounds the work; an SVG of a kilobyte can take minutes to draw. */
const raster = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'bmp', 'netpbm', 'heif', 'avif', 'ppm']

const refusal = (name: string, { format, height, width }: ImageHeader, maxPixels: number): ServeError | null => {
  if (!raster.includes(format))
    return unsupportedMediaType(name, 'a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF image', format, 'convert it to PNG')
  return height * width > maxPixels
    ? contentTooLarge(name, `at most ${maxPixels} pixels`, `${width} x ${height}`, 'send a smaller image')
    : null
}

/** Checks the header of an image before it is decoded. */
export const checkHeader =
  (images: Images, maxPixels: number) =>
  (name: string, bytes: Uint8Array): TE.TaskEither<DataError | ServeError, void> =>
    pipe(
      images.header(name, bytes),
      TE.chainEitherKW((header) => {
        const refused = refusal(name, header, maxPixels)
        return refused === null ? { _tag: 'Right', right: undefined } : { _tag: 'Left', left: refused }
      })
    )
