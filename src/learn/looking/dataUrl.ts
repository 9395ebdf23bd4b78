import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { Pixels } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Shown } from '../../interpret/draw/index.js'
import type { HasImages } from '../../io/index.js'

/** An image as part of a grid: a PNG in a data URL. */
export const dataUrl = (pixels: Pixels): RTE.ReaderTaskEither<HasImages, GraftError, Shown> =>
  pipe(
    RTE.asks(({ images }: HasImages) => images),
    RTE.chainTaskEitherKW(({ encode }) => encode(pixels)),
    RTE.map((png) => ({
      image: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
      height: pixels.height,
      width: pixels.width
    }))
  )
