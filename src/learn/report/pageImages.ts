/** Images of pages: WebP in data URLs, as small as their purpose allows. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bilinearPixels, type Pixels } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { type HasFiles, type HasImages, parallel, webpOf } from '../../io/index.js'
import type { PageImage } from '../../page/index.js'
import type { Predictor } from '../predicting/Predictor.js'

const dataUrlOf =
  (quality: number) =>
  (pixels: Pixels): TE.TaskEither<GraftError, string> =>
    pipe(
      webpOf(quality)(pixels),
      TE.bimap(
        (e): GraftError => e,
        (bytes) => `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`
      )
    )

/** Pixels with a longer side of at most `most`. */
const within =
  (most: number) =>
  (pixels: Pixels): Pixels => {
    const scale = most / Math.max(pixels.height, pixels.width)
    if (scale >= 1) return pixels
    const side = (n: number): number => Math.max(1, Math.round(n * scale))
    return bilinearPixels([side(pixels.height), side(pixels.width)])(pixels)
  }

/** How large an image is shown: tiny ones would be hard to see. */
const shownSides = ({ height, width }: Pixels): Pick<PageImage, 'height' | 'width'> => {
  const scale = Math.max(1, Math.min(4, Math.floor(96 / Math.max(height, width))))
  return { height: height * scale, width: width * scale }
}

/** Pixels as an image of a page, with a longer side of at most `most`. */
export const pageImage =
  (caption: ReadonlyArray<string>, most = 224) =>
  (pixels: Pixels): TE.TaskEither<GraftError, PageImage> => {
    const scaled = within(most)(pixels)
    return pipe(
      dataUrlOf(75)(scaled),
      TE.map((src) => ({ src, ...shownSides(scaled), caption }))
    )
  }

/** A heat map to lay over an image. */
export const heatUrl = (pixels: Pixels): TE.TaskEither<GraftError, string> => dataUrlOf(60)(pixels)

/** An image to show as a thumbnail. */
export interface ThumbnailOf<A> {
  readonly file: string
  readonly caption: ReadonlyArray<string>
  readonly of: A
}

/** Thumbnails that were made, and how many were asked for. */
export interface Thumbnails<A> {
  readonly made: ReadonlyArray<{ readonly of: A; readonly image: PageImage }>
  readonly side: number
}

/** The more images, the smaller they are. */
const sideFor = (images: number): number => (images <= 300 ? 96 : images <= 1500 ? 64 : 48)

/** How many are decoded before the next look at the room that is left. */
const chunk = 64

/** Thumbnails in order, for as long as they fit into so many characters; images that cannot be read are left out. */
export const thumbnailsOf =
  <A>(wanted: ReadonlyArray<ThumbnailOf<A>>, room: number, p: Predictor) =>
  (env: HasFiles & HasImages): TE.TaskEither<GraftError, Thumbnails<A>> =>
  async () => {
    const side = sideFor(wanted.length)
    const one = ({ file, caption, of }: ThumbnailOf<A>) =>
      pipe(
        env.files.read(file),
        TE.chainW((bytes) =>
          env.images.decode(file, bytes, { size: O.some([side, side]), resize: p.resize, decoding: p.decoding })
        ),
        TE.mapLeft((e): GraftError => e),
        TE.chain((pixels) => dataUrlOf(60)(pixels)),
        TE.map((src) => ({ of, image: { src, height: side, width: side, caption } }))
      )
    const made: Array<Thumbnails<A>['made'][number]> = []
    let used = 0
    for (let at = 0; at < wanted.length && used < room; at += chunk) {
      const some = await parallel(env.images.workers, one)(wanted.slice(at, at + chunk))()
      for (const each of some) {
        if (E.isLeft(each)) continue
        used += each.right.image.src.length + 250
        if (used < room) made.push(each.right)
      }
    }
    return E.right({ made, side })
  }
